import { isObject, type Json } from "@eddy/core/json";
import { type Node, parseDocuments, YamlError } from "@eddy/goyaml";
import { type BuildBudget, stepsPerByte } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { expandAliases } from "../node/anchors.ts";
import { field, isMissingOrNull, isNilOrEmpty, textOf } from "../node/fields.ts";
import { jsonOf } from "../node/json.ts";
import type { OpenApiSchema } from "../schema/schema.ts";
import { absorbBuildAnnotations } from "./build-annotations.ts";
import { BuildObject } from "./build-object.ts";

/** What objects are read for. */
export interface ReadContext {
  schema: OpenApiSchema;
  budget: BuildBudget;
}

/**
 * The objects in a text of YAML or JSON: lists are unpacked, aliases expanded, empty documents left out.
 * @throws KustomizeError with file and line for malformed YAML and for documents that are no objects
 */
export function readObjects(text: string, file: string, { schema, budget }: ReadContext): BuildObject[] {
  try {
    const nodes = unpackLists(validNodes(readNodes(text, file, budget), file), file, budget);
    return nodes.map((node) => absorbBuildAnnotations(new BuildObject(node, schema, file)));
  } catch (cause) {
    if (!(cause instanceof KustomizeError) || cause.position?.file !== undefined) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new KustomizeError(cause.message, { position: { ...cause.position, file }, cause, ...hint });
  }
}

/** Levels of nesting in an object; upstream reads 10,000, no object has a hundred. */
const maxDepth = 1_000;

const separator = /\n---.*\n/g;

/** The pieces of a stream and their first lines; of each piece only the first document counts, as upstream reads. */
function splitStream(text: string): { text: string; line: number }[] {
  const unix = text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
  if (!unix.includes("\n---")) return unix === "" ? [] : [{ text: unix, line: 1 }];
  const pieces: { text: string; line: number }[] = [];
  let [start, line] = [0, 1];
  for (const match of unix.matchAll(separator)) {
    const rest = match[0].slice(4).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      throw new KustomizeError(`invalid document separator: ${match[0].trim()}`, { position: { line: line + 1 } });
    }
    const piece = `${unix.slice(start, match.index)}\n`;
    pieces.push({ text: piece, line });
    line += countLines(piece) + 1;
    start = match.index + match[0].length;
  }
  pieces.push({ text: unix.slice(start), line });
  return pieces;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

function readNodes(text: string, file: string, budget: BuildBudget): Node[] {
  const pieces = splitStream(text);
  const nodes: Node[] = [];
  for (const piece of pieces) {
    const node = parsePiece(piece, file);
    if (node === undefined || isMissingOrNull(node)) continue;
    nodes.push(...(pieces.length === 1 ? unwrap(node) : [node]));
  }
  return text.includes("&") || text.includes("<<") ? nodes.map((node) => expandAliases(node, budget)) : nodes;
}

function parsePiece(piece: { text: string; line: number }, file: string): Node | undefined {
  try {
    return parseDocuments(piece.text, { file, maxDepth })[0]?.content[0];
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    const line = (cause.position?.line ?? 1) + piece.line - 1;
    throw new KustomizeError(`MalformedYAMLError: ${cause.message} in File: ${file}`, {
      position: { file, line },
      cause,
    });
  }
}

/** The items of a `List` or `ResourceList`. */
function unwrap(node: Node): Node[] {
  const kind = textOf(field(node, "kind"));
  const items = field(node, "items");
  if ((kind !== "List" && kind !== "ResourceList") || (!items && !field(node, "functionConfig"))) return [node];
  return items?.content ?? [];
}

function validNodes(nodes: Node[], file: string): Node[] {
  const objects = nodes.filter((node) => !isNilOrEmpty(node));
  for (const node of objects) checkMetadata(node, file);
  return objects;
}

/** Refuses what has no kind or no name. @throws KustomizeError */
export function checkMetadata(node: Node, file: string): void {
  const position = { position: { file, ...(node.line > 0 ? { line: node.line } : {}) } };
  const value = (name: string): string => {
    const found = field(node, name);
    return isNilOrEmpty(found) ? "" : textOf(found);
  };
  const metadata = field(node, "metadata");
  const named = field(metadata, "name");
  const name = isNilOrEmpty(named) ? "" : (named?.value ?? "");
  if (
    node.kind !== "mapping" ||
    (field(node, "apiVersion") === undefined && value("kind") === "" && isNilOrEmpty(metadata))
  ) {
    throw new KustomizeError("missing Resource metadata", position);
  }
  const kind = value("kind");
  if (kind === "") throw new KustomizeError(`missing kind in object "${name}"`, position);
  if (!kind.endsWith("List") && name === "")
    throw new KustomizeError(`missing metadata.name in object of kind ${kind}`, position);
}

/** Unpacks kinds that end in `List`; their items go behind everything else, as upstream's queue has it. */
function unpackLists(nodes: Node[], file: string, budget: BuildBudget): Node[] {
  if (!nodes.some((node) => field(node, "kind")?.value.endsWith("List"))) return nodes;
  const queue = [...nodes];
  const result: Node[] = [];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const kind = field(node, "kind")?.value ?? "";
    const items = kind.endsWith("List") ? itemsOf(node, kind) : undefined;
    if (items === undefined) result.push(node);
    else for (const item of items) queue.push(...validNodes(readItem(item, file, budget), file));
  }
  return result;
}

/** Lists in lists are written and read again at every level. */
function readItem(item: Json, file: string, budget: BuildBudget): Node[] {
  const text = JSON.stringify(item, bigintAsText);
  budget.step(text.length * stepsPerByte);
  return readNodes(text, file, budget);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function itemsOf(node: Node, kind: string): Json[] | undefined {
  const value = jsonOf(node);
  const items = isObject(value) ? value["items"] : undefined;
  if (items === undefined) return undefined;
  if (items === null) return [];
  if (!Array.isArray(items))
    throw new KustomizeError(`expected array in ${kind}/items`, { position: { line: node.line } });
  return items;
}
