import type { Json, JsonObject } from "@eddy/core/json";

/** Assigns without ever reaching the prototype, whatever the key. */
export function setMember(target: JsonObject, key: string, value: Json | undefined): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
