import { Buffer } from "node:buffer";
import { isObject } from "@eddy/core/json";
import type { FileTree } from "@eddy/core/tree";
import type { Node } from "@eddy/goyaml";
import type { MarkedImage } from "./edit-plan.ts";
import { formatFieldPath, type PathStep } from "./field-path.ts";
import type { FileEditor } from "./file-editor.ts";
import type { FileObject } from "./yaml-file.ts";

/** What every file with a marker contains; others need not be read. Source: image-automation-controller `ScreeningLocalReader`. */
const markerToken = '"$imagepolicy"';

/** The bytes of a file that may have a marker; undefined for one that has none. `unmarked`: see `EditScope`. */
export function readMarked(tree: FileTree, path: string, unmarked: Set<string> | undefined): Uint8Array | undefined {
  const identity = unmarked && tree.identityOf?.(path);
  if (identity !== undefined && unmarked?.has(identity)) return undefined;
  const bytes = tree.read(path);
  if (bytes !== undefined && hasMarker(bytes)) return bytes;
  if (identity !== undefined) unmarked?.add(identity);
  return undefined;
}

/** Whether bytes hold what every marker begins with. */
export function hasMarker(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(markerToken);
}

/** A scalar with a marker. */
export interface MarkedScalar {
  readonly node: Node;
  readonly setter: string;
  readonly field: string;
  readonly inFlow: boolean;
}

/**
 * The setter that a scalar's comments name: `namespace:name`, with `:tag`, `:name` or `:digest` behind it where only a part is meant.
 * Source: kyaml `fieldmeta.FieldMeta.Read` (line comment, then head comment; JSON with text values only).
 */
export function setterOf(node: Node): string | undefined {
  for (const comment of [node.lineComment, node.headComment]) {
    if (comment === "") continue;
    return parseMarker(comment.replace(/^#+/, ""));
  }
  return undefined;
}

function parseMarker(text: string): string | undefined {
  if (!text.includes(markerToken)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !Object.values(value).every((member) => typeof member === "string")) return undefined;
    const setter = value["$imagepolicy"];
    return typeof setter === "string" && setter !== "" ? setter : undefined;
  } catch {
    return undefined;
  }
}

/** The scalars of an object that have a marker, in the order of the text. Aliases are not followed. */
export function* markedScalars({ root, prefix }: FileObject): Generator<MarkedScalar> {
  const visit = function* (node: Node, path: PathStep[], inFlow: boolean): Generator<MarkedScalar> {
    const flow = inFlow || node.style.flow === true;
    if (node.kind === "mapping") {
      for (let index = 0; index + 1 < node.content.length; index += 2) {
        const [key, value] = [node.content[index], node.content[index + 1]];
        if (key !== undefined && value !== undefined) yield* visit(value, [...path, key.value], flow);
      }
    } else if (node.kind === "sequence") {
      for (const [index, item] of node.content.entries()) yield* visit(item, [...path, index], flow);
    } else if (node.kind === "scalar") {
      const setter = setterOf(node);
      if (setter !== undefined) yield { node, setter, field: prefix + formatFieldPath(path), inFlow: flow };
    }
  };
  yield* visit(root, [], false);
}

/** By setter, what a marked scalar takes. Source: image-automation-controller v1.2.4 `UpdateWithSetters`. */
export function setterValues(images: readonly MarkedImage[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { namespace, policy, name, tag, digest = "" } of images) {
    const setter = `${namespace}:${policy}`;
    values.set(setter, `${name}:${tag}${digest === "" ? "" : `@${digest}`}`);
    values.set(`${setter}:name`, name);
    values.set(`${setter}:tag`, tag);
    values.set(`${setter}:digest`, digest);
  }
  return values;
}

/** Sets every marked scalar of a file; answers which setters were found, whether their scalars changed or not. */
export function editMarkers(editor: FileEditor, values: ReadonlyMap<string, string>): Set<string> {
  const found = new Set<string>();
  for (const object of editor.file.objects) {
    for (const { node, setter, field, inFlow } of markedScalars(object)) {
      const value = values.get(setter);
      if (value === undefined) continue;
      found.add(setter);
      editor.setScalar(node, value, { object: object.id, field, setter }, { inFlow });
    }
  }
  return found;
}
