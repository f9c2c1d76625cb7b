/**
 * Reads and writes YAML byte for byte as go-yaml v2 and v3 do.
 *
 * Entry points: `parseDocuments` and `encodeNode` (nodes with comments and styles, v3), `load` and `dump` (plain values, as
 * sigs.k8s.io/yaml reads and writes them).
 */
export type { Node, NodeKind, NodeStyle } from "./node.ts";
