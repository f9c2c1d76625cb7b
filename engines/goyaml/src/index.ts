/**
 * Reads and writes YAML byte for byte as go-yaml v2 and v3 do.
 *
 * Entry points: `parseDocuments` and `encodeNode` (nodes with comments and styles, v3), `load` and `dump` (plain values, as
 * sigs.k8s.io/yaml reads and writes them).
 */
export { decode, type DecodeOptions } from "./decode.ts";
export { dump, dumpDocuments, type DumpOptions } from "./dump.ts";
export { encodeDocuments, encodeNode, type EncodeNodeOptions } from "./encode-node.ts";
export { load, loadDocuments, type LoadedDocument, type LoadOptions } from "./load.ts";
export { contentOf, copyNode, fieldEntries, getField, getPath, removeField, setField } from "./mapping.ts";
export { sortNatural } from "./natural-order.ts";
export { makeNode, nodeOf, stringNode } from "./node-of.ts";
export type { Node, NodeKind, NodeStyle } from "./node.ts";
export { parseDocuments, type ParseDocumentsOptions } from "./parse-documents.ts";
export { YamlError, type YamlErrorOptions } from "./yaml-error.ts";
