import type { Json } from "@eddy/core/json";
import { parseApiVersion, type KubeObject } from "@eddy/core/object";
import { dump } from "@eddy/goyaml";

/** What `-o` takes. */
export const outputFormats = ["json", "yaml", "wide", "name"] as const;

/** Formats that print the objects themselves. */
export type ObjectFormat = "json" | "yaml" | "name";

/** Whether a format prints objects and not a table. */
export function isObjectFormat(format: string | undefined): format is ObjectFormat {
  return format === "json" || format === "yaml" || format === "name";
}

/** Objects as `kubectl get` prints them: one by itself when `single`, else in a `List`, and without `managedFields`. */
export function formatObjects(objects: readonly KubeObject[], format: ObjectFormat, single: boolean): string {
  if (format === "name") return objects.map((object) => `${resourceName(object)}\n`).join("");
  const items = objects.map(withoutManagedFields);
  const [first] = items;
  const value = single && first ? first : { apiVersion: "v1", items, kind: "List", metadata: {} };
  return format === "json" ? `${JSON.stringify(value, undefined, 4)}\n` : dump(value as unknown as Json);
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function resourceName(object: KubeObject): string {
  const { group } = parseApiVersion(object.apiVersion);
  return `${object.kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${object.metadata.name}`;
}

/** One object as a document of a YAML stream, as `--export` and `export` print it. */
export function formatDocument(object: KubeObject): string {
  return `---\n${dump(object as unknown as Json)}`;
}
