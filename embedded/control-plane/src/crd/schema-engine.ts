/** The schema engine, loaded when the first definition or custom object needs it: a start without custom kinds does not pay for it. */
import type * as Schema from "@eddy/schema";
import { StatusError } from "../status-error.ts";

type SchemaEngine = typeof Schema;

let loaded: SchemaEngine | undefined;
let loading: Promise<SchemaEngine> | undefined;

/** Loads the engine once. */
export function loadSchemaEngine(): Promise<SchemaEngine> {
  loading ??= import("@eddy/schema").then((engine) => (loaded = engine));
  return loading;
}

/** The engine, for code that cannot wait. @throws StatusError 503 before it is loaded. */
export function schemaEngine(): SchemaEngine {
  if (!loaded)
    throw new StatusError(503, "ServiceUnavailable", "the schema engine is not loaded yet", { retryAfterSeconds: 1 });
  return loaded;
}
