import { messageOf } from "@eddy/core/errors";
import { contentOf, getField, type Node, parseDocuments, YamlError } from "@eddy/goyaml";
import type { ObjectIdentifier } from "./edit-plan.ts";
import { decodeSource, type SourceText } from "./source-text.ts";

/** An object in a file: a document, or an item of a List. */
export interface FileObject {
  readonly id: ObjectIdentifier;
  /** What the document holds; a mapping where the document is an object at all. */
  readonly root: Node;
  /** In front of the paths of its fields: "" or `items[2].`. */
  readonly prefix: string;
}

/** A file that was read. Nodes are this file's own and may be changed. */
export interface YamlFile {
  readonly path: string;
  readonly source: SourceText;
  readonly documents: readonly Node[];
  readonly objects: readonly FileObject[];
}

/** Why a file cannot be edited. */
export interface UnreadableFile {
  readonly line: number;
  readonly reason: string;
}

/** Reads a file's documents. */
export function readYamlFile(path: string, bytes: Uint8Array): YamlFile | UnreadableFile {
  const source = decodeSource(bytes);
  if (source === undefined) return { line: 1, reason: "the file is not UTF-8" };
  try {
    const documents = parseDocuments(source.text, { file: path });
    return { path, source, documents, objects: documents.flatMap(objectsOf) };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { line: error.position?.line ?? 1, reason: messageOf(error) };
  }
}

/** Whether the file was read. */
export function isReadable(file: YamlFile | UnreadableFile): file is YamlFile {
  return "documents" in file;
}

function objectsOf(document: Node): FileObject[] {
  const root = contentOf(document);
  const id = identifierOf(root);
  const items = id.kind.endsWith("List") ? getField(root, "items") : undefined;
  if (items?.kind !== "sequence") return [{ id, root, prefix: "" }];
  return items.content.map((item, index) => ({ id: identifierOf(item), root: item, prefix: `items[${index}].` }));
}

function identifierOf(node: Node): ObjectIdentifier {
  const metadata = getField(node, "metadata");
  return {
    apiVersion: textOf(getField(node, "apiVersion")),
    kind: textOf(getField(node, "kind")),
    name: textOf(metadata && getField(metadata, "name")),
    namespace: textOf(metadata && getField(metadata, "namespace")),
  };
}

/** The text of a scalar, also behind an alias; "" for anything else. */
export function textOf(node: Node | undefined): string {
  return node === undefined ? "" : contentOf(node).value;
}

/** The mapping or sequence that a node is itself, not through an alias: what may be edited. */
export function ownNode(node: Node | undefined, kind: "mapping" | "sequence"): Node | undefined {
  return node?.kind === kind ? node : undefined;
}
