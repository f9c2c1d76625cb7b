/** What a field of an index holds. `anything` is kept as it is. */
export type FieldKind = "text" | "texts" | "flag" | "map" | "time" | "anything" | Fields;

/** The fields of a struct, by name, in the order in which Go declares and writes them. */
export type Fields = readonly Field[];

/** One field. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** The kind is that of a list's items. */
  readonly isList?: true;
  /** The struct that Go embeds and that has the field: errors name it, and sigs.k8s.io/yaml makes no text of its scalars. */
  readonly embedded?: string;
  /** Written even when it is empty. */
  readonly always?: true;
}

const maintainer: Fields = [
  { name: "name", kind: "text" },
  { name: "email", kind: "text" },
  { name: "url", kind: "text" },
];

const dependency: Fields = [
  { name: "name", kind: "text", always: true },
  { name: "version", kind: "text" },
  { name: "repository", kind: "text", always: true },
  { name: "condition", kind: "text" },
  { name: "tags", kind: "texts" },
  { name: "enabled", kind: "flag" },
  { name: "import-values", kind: "anything", isList: true },
  { name: "alias", kind: "text" },
];

const metadata: Fields = [
  { name: "name", kind: "text" },
  { name: "home", kind: "text" },
  { name: "sources", kind: "texts" },
  { name: "version", kind: "text" },
  { name: "description", kind: "text" },
  { name: "keywords", kind: "texts" },
  { name: "maintainers", kind: maintainer, isList: true },
  { name: "icon", kind: "text" },
  { name: "apiVersion", kind: "text" },
  { name: "condition", kind: "text" },
  { name: "tags", kind: "text" },
  { name: "appVersion", kind: "text" },
  { name: "deprecated", kind: "flag" },
  { name: "annotations", kind: "map" },
  { name: "kubeVersion", kind: "text" },
  { name: "dependencies", kind: dependency, isList: true },
  { name: "type", kind: "text" },
];

/** One version of a chart in an index: the chart's metadata and where it is. Source: helm pkg/repo/v1 `ChartVersion`. */
export const versionFields: Fields = [
  ...metadata.map((field) => ({ ...field, embedded: "Metadata" })),
  { name: "urls", kind: "texts", always: true },
  { name: "created", kind: "time", always: true },
  { name: "removed", kind: "flag" },
  { name: "digest", kind: "text" },
  { name: "checksum", kind: "text" },
  { name: "engine", kind: "text" },
  { name: "tillerVersion", kind: "text" },
  { name: "url", kind: "text" },
];

/** An index without its entries. Source: helm pkg/repo/v1 `IndexFile`. */
export const headFields: Fields = [
  { name: "serverInfo", kind: "anything" },
  { name: "apiVersion", kind: "text", always: true },
  { name: "generated", kind: "time", always: true },
  { name: "publicKeys", kind: "texts" },
  { name: "annotations", kind: "map" },
];
