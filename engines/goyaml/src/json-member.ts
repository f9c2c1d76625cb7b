import type { Json, JsonObject } from "@eddy/core/json";

/** Sets a member of an object that came from outside: `__proto__` is a name like any other. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
