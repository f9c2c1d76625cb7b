import { setMember, type Json, type JsonObject } from "@eddy/core/json";

/** A container and the key in it that a JSON pointer names. */
export interface PointerTarget {
  container: JsonObject | Json[];
  key: string;
}

function unescape(part: string): string {
  return part.includes("~") ? part.replace(/~1|~0/g, (escape) => (escape === "~1" ? "/" : "~")) : part;
}

function asContainer(value: Json | undefined): JsonObject | Json[] | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}

/** Walks to what holds the pointer's last part; undefined where the way is missing, and for the root itself. */
export function findTarget(document: Json, pointer: string): PointerTarget | undefined {
  const parts = pointer.split("/");
  if (parts.length < 2) return undefined;
  let container = asContainer(document);
  for (const part of parts.slice(1, -1)) {
    if (container === undefined) return undefined;
    const found = getMember({ container, key: unescape(part) });
    container = "value" in found ? asContainer(found.value) : undefined;
  }
  return container === undefined ? undefined : { container, key: unescape(parts.at(-1) as string) };
}

/** A value, undefined for an object's missing key; or what is wrong with an index. */
export type Found = { value: Json | undefined } | { problem: string };

/** An index as Go reads it; negative ones count from the end. `length` is where an element may be added. */
function indexOf(key: string, length: number): number | string {
  if (!/^[+-]?\d+$/.test(key)) return `value was not a proper array index: '${key}'`;
  const index = Number(key);
  if (index >= length || index < -length) return `Unable to access invalid index: ${index}`;
  return index < 0 ? index + length : index;
}

/** Reads the target; missing object keys are no problem, wrong indexes are. */
export function getMember({ container, key }: PointerTarget): Found {
  if (!Array.isArray(container)) return { value: Object.hasOwn(container, key) ? container[key] : undefined };
  const index = indexOf(key, container.length);
  return typeof index === "string" ? { problem: index } : { value: container[index] as Json };
}

/** Adds: sets an object's key, inserts into an array (`-` at the end). Returns what is wrong, if anything. */
export function addMember({ container, key }: PointerTarget, value: Json): string | undefined {
  if (!Array.isArray(container)) return void setMember(container, key, value);
  const index = key === "-" ? container.length : indexOf(key, container.length + 1);
  if (typeof index === "string") return index;
  container.splice(index, 0, value);
  return undefined;
}

/** Sets an object's key, whether or not it is there, or an array's existing element. */
export function replaceMember({ container, key }: PointerTarget, value: Json): string | undefined {
  if (!Array.isArray(container)) return void setMember(container, key, value);
  const index = indexOf(key, container.length);
  if (typeof index === "string") return index;
  container[index] = value;
  return undefined;
}

/** Takes away what must be there. */
export function removeMember({ container, key }: PointerTarget): string | undefined {
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, key) || container[key] === undefined)
      return `Unable to remove nonexistent key: ${key}`;
    delete container[key];
    return undefined;
  }
  const index = indexOf(key, container.length);
  if (typeof index === "string") return index;
  container.splice(index, 1);
  return undefined;
}
