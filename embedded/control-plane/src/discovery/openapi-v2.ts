/**
 * `/openapi/v2`: all kinds in one document, as JSON or in gnostic's protobuf, which kubectl asks for to validate `List`
 * files and in old versions of `explain`. Definitions only: no client reads the paths. Source: gnostic openapiv2/OpenAPIv2.proto.
 */
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { schemaNameOf } from "../apply/resource-schema.ts";
import { kubernetesVersion } from "../data/pack.ts";
import type { ApiRequest, ApiResponse } from "../http/api-request.ts";
import type { Registry } from "../resources/registry.ts";
import { taggedResponse } from "./discovery.ts";
import { builtInSchemas, customSchemas } from "./openapi.ts";

const protobufType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/** A v3 schema in the words of v2: references point elsewhere, and a reference stands alone. */
function toV2(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toV2);
  if (!isObject(schema)) return schema;
  const all = schema["allOf"];
  const only = Array.isArray(all) && all.length === 1 ? all[0] : undefined;
  const ref = schema["$ref"] ?? (isObject(only) ? only["$ref"] : undefined);
  if (typeof ref === "string") {
    const description = schema["description"];
    return {
      ...(description === undefined ? {} : { description }),
      $ref: ref.replace("#/components/schemas/", "#/definitions/"),
    };
  }
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key !== "nullable" && key !== "oneOf" && key !== "anyOf" && key !== "not") result[key] = toV2(value as Json);
  }
  return result;
}

function definitions(registry: Registry): JsonObject {
  const names = new Set<string>();
  let customs: JsonObject = {};
  for (const info of registry.all()) {
    if (info.custom) customs = { ...customs, ...customSchemas(info) };
    else if (info.struct) names.add(schemaNameOf(info.struct)).add(`${schemaNameOf(info.struct)}List`);
  }
  return toV2({ ...builtInSchemas(names), ...customs }) as JsonObject;
}

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
};
const field = (number: number, content: Uint8Array): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
const flag = (number: number): Buffer => Buffer.concat([varint(number * 8), Buffer.from([1])]);
/** gnostic's Any: YAML text, of which JSON is a part. */
const any = (number: number, value: Json): Buffer => field(number, text(2, `${JSON.stringify(value)}\n`));

const stringFields: Readonly<Record<string, number>> = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 };

function encodeMember(key: string, value: Json): Buffer[] {
  const number = stringFields[key];
  if (number !== undefined && typeof value === "string") return [text(number, value)];
  if (key === "default") return [any(5, value)];
  if (key === "required" && Array.isArray(value)) return value.map((name) => text(19, String(name)));
  if (key === "enum" && Array.isArray(value)) return value.map((item) => any(20, item));
  if (key === "additionalProperties") return [field(21, isObject(value) ? field(1, encodeSchema(value)) : flag(2))];
  if (key === "type") return [field(22, text(1, String(value)))];
  if (key === "items" && isObject(value)) return [field(23, field(1, encodeSchema(value)))];
  if (key === "properties" && isObject(value)) return [field(25, encodeNamed(value))];
  if (key.startsWith("x-")) return [field(31, Buffer.concat([text(1, key), any(2, value)]))];
  return [];
}

const encodeSchema = (schema: JsonObject): Buffer =>
  Buffer.concat(Object.entries(schema).flatMap(([key, value]) => encodeMember(key, value as Json)));

const encodeNamed = (schemas: JsonObject): Buffer =>
  Buffer.concat(
    Object.entries(schemas).map(([name, schema]) =>
      field(1, Buffer.concat([text(1, name), field(2, encodeSchema(schema as JsonObject))])),
    ),
  );

function encodeDocument(schemas: JsonObject): Buffer {
  const info = field(2, Buffer.concat([text(1, "Kubernetes"), text(2, kubernetesVersion)]));
  return Buffer.concat([text(1, "2.0"), info, field(8, Buffer.alloc(0)), field(9, encodeNamed(schemas))]);
}

const built = new WeakMap<Registry, { revision: number; protobuf?: Buffer; json?: string }>();

/** Answers `/openapi/v2`; made when first asked for, and again when the kinds change. */
export function serveOpenApiV2(registry: Registry, request: ApiRequest): ApiResponse {
  let known = built.get(registry);
  if (known?.revision !== registry.revision) built.set(registry, (known = { revision: registry.revision }));
  if ((request.headers["accept"] ?? "").includes(protobufType)) {
    known.protobuf ??= encodeDocument(definitions(registry));
    return {
      status: 200,
      headers: { "content-type": protobufType.replace("@", "."), vary: "Accept" },
      body: known.protobuf,
    };
  }
  known.json ??= JSON.stringify({
    swagger: "2.0",
    info: { title: "Kubernetes", version: kubernetesVersion },
    paths: {},
    definitions: definitions(registry),
  });
  return taggedResponse(request, known.json, "application/json");
}
