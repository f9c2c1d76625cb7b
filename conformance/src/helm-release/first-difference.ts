import { deepEqual, isObject, type Json } from "@eddy/core/json";

/** Where two values differ first, and how, for a reader. */
export function firstDifference(ours: Json | undefined, theirs: Json | undefined, path: string = ""): string {
  if (isObject(ours) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      if (!deepEqual(ours[key], theirs[key])) return firstDifference(ours[key], theirs[key], `${path}.${key}`);
    }
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
      if (!deepEqual(ours[index], theirs[index]))
        return firstDifference(ours[index], theirs[index], `${path}[${index}]`);
    }
  }
  return `${path}\n      ours:   ${show(ours)}\n      theirs: ${show(theirs)}`;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text;
}
