import { compareText, type Json } from "@eddy/core/json";

/**
 * JSON as TUF signs it: keys sorted, no space, only `"` and `\` escaped, whole numbers. Source: OLPC canonical JSON.
 * @throws Error for a number that is not whole.
 */
export function canonicalJson(value: Json | undefined): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (typeof value === "number" || typeof value === "bigint") {
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new Error("canonical JSON has whole numbers only");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value ?? {}).sort(([left], [right]) => compareText(left, right));
  return `{${members.map(([key, member]) => `${canonicalJson(key)}:${canonicalJson(member)}`).join(",")}}`;
}
