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
  if (typeof ours === "string" && typeof theirs === "string") {
    let at = 0;
    while (ours[at] === theirs[at]) at++;
    const from = Math.max(0, at - 200);
    return `${path} at ${at}\n      ours:   ${show(ours.slice(from))}\n      theirs: ${show(theirs.slice(from))}`;
  }
  return `${path}\n      ours:   ${show(ours)}\n      theirs: ${show(theirs)}`;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
