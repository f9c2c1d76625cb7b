import type { Json } from "@eddy/core/json";
import { YamlError } from "./yaml-error.ts";

/** Options of {@link dump}. */
export interface DumpOptions {
  /** Keep the order of the keys; otherwise they are in go-yaml's natural order. */
  keepOrder?: boolean;
}

/**
 * The YAML that sigs.k8s.io/yaml's Marshal prints for a JSON value, with a final line feed: keys in natural order, lists not
 * indented below their key, lines folded at 80 columns. It is Helm's toYaml before that trims the line feed.
 * @throws YamlError for what go-yaml refuses to read back, such as U+007F
 */
export function dump(value: Json, options: DumpOptions = {}): string {
  throw new YamlError(`Dump a ${typeof value}, ${options.keepOrder ? "kept" : "sorted"}: not built yet`);
}

/** Values as one stream, joined by `---` lines. */
export function dumpDocuments(values: readonly Json[], options: DumpOptions = {}): string {
  return values.map((value) => dump(value, options)).join("---\n");
}
