import { createHash } from "node:crypto";
import { isObject, type Json } from "@eddy/core/json";
import type { Node } from "@eddy/goyaml";
import { field } from "../node/fields.ts";
import { encodeGoJson } from "../node/go-json.ts";
import { jsonOf } from "../node/json.ts";
import { setName } from "../resource/metadata.ts";
import type { Transformer } from "./transformer.ts";

/** Adds to the names of generated objects a hash of what they hold. */
export function hashNames(): Transformer {
  return (set) => {
    for (const object of set.objects) {
      if (!object.needsHash) continue;
      const hash = hashObject(object.live);
      object.storePreviousId();
      setName(object.live, `${object.name}-${hash}`);
    }
    set.changed();
  };
}

const letters: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

/**
 * Ten characters that change with the content. Source: kustomize hasher. One difference: of kinds other than ConfigMap and Secret
 * (a generated object whose kind a patch changed) upstream hashes the nodes of its parser, with their lines and columns; this
 * hashes the JSON.
 */
export function hashObject(object: Node): string {
  const digest = createHash("sha256").update(encodeObject(object)).digest("hex");
  return digest.slice(0, 10).replace(/[013ae]/g, (letter) => letters[letter] ?? letter);
}

function encodeObject(object: Node): string {
  const kind = field(object, "kind")?.value ?? "";
  // Upstream looks for a field called "metadata/name", so the name never counts.
  const name = "";
  const data = valueOf(field(object, "data"));
  if (kind === "ConfigMap") return encodeGoJson(withMap({ kind, name, data }, "binaryData", object));
  if (kind === "Secret") {
    return encodeGoJson(withMap({ kind, type: valueOf(field(object, "type")), name, data }, "stringData", object));
  }
  return encodeGoJson(jsonOf(object));
}

function withMap(value: Record<string, Json>, name: string, object: Node): Json {
  const found = valueOf(field(object, name));
  return isObject(found) ? { ...value, [name]: found } : value;
}

function valueOf(node: Node | undefined): Json {
  if (node === undefined) return "";
  return node.kind === "scalar" ? node.value : numbersAsFloat(jsonOf(node));
}

function numbersAsFloat(value: Json): Json {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(numbersAsFloat);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, numbersAsFloat(member ?? null)]));
}
