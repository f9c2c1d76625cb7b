import { Buffer, isUtf8 } from "node:buffer";
import { compareText } from "@eddy/core/json";
import type { Node } from "@eddy/goyaml";
import { lookup } from "../node/lookup.ts";
import { setFields, stringScalar } from "../node/set-field.ts";

/** Adds pairs to `data`, or to `binaryData` where they are no UTF-8 text. */
export function addConfigMapData(node: Node, pairs: ReadonlyMap<string, Buffer>): void {
  const made: Record<"data" | "binaryData", [string, Node][]> = { data: [], binaryData: [] };
  for (const key of [...pairs.keys()].sort(compareText)) {
    const value = pairs.get(key) ?? Buffer.alloc(0);
    const name = isUtf8(value) ? "data" : "binaryData";
    made[name].push([key, stringScalar(name === "data" ? value.toString() : foldedBase64(value))]);
    // The field stands where the first of its keys comes.
    if (made[name].length === 1) lookup(node, [name], "mapping");
  }
  for (const name of ["data", "binaryData"] as const) {
    const mapping = made[name].length === 0 ? undefined : lookup(node, [name]);
    if (mapping !== undefined) setFields(mapping, made[name]);
  }
}

/** Adds pairs to `data` in base64. */
export function addSecretData(node: Node, pairs: ReadonlyMap<string, Buffer>): void {
  const mapping = lookup(node, ["data"], "mapping");
  if (mapping === undefined) return;
  const keys = [...pairs.keys()].sort(compareText);
  setFields(
    mapping,
    keys.map((key) => [key, stringScalar(foldedBase64(pairs.get(key) ?? Buffer.alloc(0)))]),
  );
}

/** Base64 in lines of 70 characters, each with a line feed where there is more than one. */
function foldedBase64(value: Buffer): string {
  const text = value.toString("base64");
  if (text.length < 70) return text;
  return (text.match(/.{1,70}/g) ?? []).map((line) => `${line}\n`).join("");
}
