/** Compiled schemas of custom kinds. Compiling is asynchronous, for the CEL and RE2 engines are loaded when a schema needs them. */
import type { JsonObject } from "@eddy/core/json";
import type { Validator } from "@eddy/schema";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { StatusError } from "../status-error.ts";
import { loadSchemaEngine } from "./schema-engine.ts";

const compiling = new WeakMap<JsonObject, Promise<Validator>>();
const compiled = new WeakMap<JsonObject, Validator>();

/** Compiles a schema once. @throws what the schema engine says of a bad pattern or rule. */
export function ensureValidator(openapi: JsonObject): Promise<Validator> {
  let running = compiling.get(openapi);
  if (!running) {
    running = loadSchemaEngine().then(async ({ createValidator }) => {
      const validator = await createValidator(openapi);
      compiled.set(openapi, validator);
      return validator;
    });
    running.catch(() => {});
    compiling.set(openapi, running);
  }
  return running;
}

/** Waits until objects of a resource, or definitions, can be decoded. @throws StatusError 500 for a schema that does not compile. */
export async function untilDecodable(info: ResourceInfo): Promise<void> {
  if (info.group === "apiextensions.k8s.io") await loadSchemaEngine();
  if (!info.custom || compiled.has(info.custom.openapi)) return;
  try {
    await ensureValidator(info.custom.openapi);
  } catch (error) {
    throw new StatusError(
      500,
      "InternalError",
      `compile the schema of ${info.custom.crd}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The compiled schema. @throws StatusError 503 while it is being compiled. */
export function validatorOf(info: ResourceInfo): Validator {
  const validator = info.custom && compiled.get(info.custom.openapi);
  if (!validator)
    throw new StatusError(
      503,
      "ServiceUnavailable",
      `the schema of ${info.resource}.${info.group} is not compiled yet`,
      { retryAfterSeconds: 1 },
    );
  return validator;
}
