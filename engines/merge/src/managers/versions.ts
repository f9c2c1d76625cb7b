import type { JsonObject } from "@eddy/core/json";
import type { ResourceSchema } from "./types.ts";

/** The object in a version: itself where it is in that version already. */
export function inVersion(schema: ResourceSchema, object: JsonObject, apiVersion: string): JsonObject {
  if (object.apiVersion === apiVersion) return object;
  return schema.convert?.(object, apiVersion) ?? { ...object, apiVersion };
}
