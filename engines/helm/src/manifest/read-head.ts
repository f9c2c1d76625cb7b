import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { decodeValue, loadYaml, textOf } from "../decode/decode-value.ts";
import type { GoField, GoStruct, GoType } from "../decode/go-type.ts";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import type { ManifestHead } from "./manifest.ts";

const text: GoType = { kind: "string" };
const texts: GoType = { kind: "map", of: text };

function field(key: string, type: GoType): GoField {
  return { key, type };
}

const metadata: GoStruct = {
  kind: "struct",
  name: "",
  goName: 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
  pointer: true,
  fields: { name: field("name", text), annotations: field("annotations", texts) },
};

function headType(goPackage: string): GoStruct {
  return {
    kind: "struct",
    name: "SimpleHead",
    goName: `${goPackage}.SimpleHead`,
    fields: { apiVersion: field("apiVersion", text), kind: field("kind", text), metadata: field("metadata", metadata) },
  };
}

const headTypes = new Map<string, GoStruct>(["util", "releaseutil"].map((name) => [name, headType(name)]));

/** Heads of long texts, which are mostly CRDs that no value changes: reading them again costs more than rendering. */
const remembered = new Map<string, ManifestHead>();
const rememberFrom = 2_000;
const maxRemembered = 32 * 1024 ** 2;
let rememberedLength = 0;

/**
 * What Helm reads of a document: all of it must be YAML.
 * @throws HelmError (terminal) that begins with `error converting YAML to JSON` or `error unmarshaling JSON`
 */
export function readHead(document: string, dialect: HelmDialect): ManifestHead {
  const known = document.length < rememberFrom ? undefined : remembered.get(document);
  if (known !== undefined) return known;
  const type = headTypes.get(dialectRules[dialect].manifestPackage) as GoStruct;
  const head = headOf(decodeValue(loadYaml(document), type));
  if (document.length >= rememberFrom) remember(document, head);
  return head;
}

function remember(document: string, head: ManifestHead): void {
  rememberedLength += document.length;
  if (rememberedLength > maxRemembered) {
    remembered.clear();
    rememberedLength = document.length;
  }
  remembered.set(document, head);
}

function headOf(data: JsonObject): ManifestHead {
  const meta: Json | undefined = data["metadata"];
  const inside = isObject(meta) ? meta : {};
  const annotations = inside["annotations"];
  return {
    apiVersion: textOf(data, "apiVersion"),
    kind: textOf(data, "kind"),
    name: textOf(inside, "name"),
    annotations: isObject(annotations) ? (annotations as Record<string, string>) : undefined,
  };
}
