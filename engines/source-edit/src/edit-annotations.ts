import { getField, type Node } from "@eddy/goyaml";
import type { SourceEdit } from "./edit-plan.ts";
import { formatFieldPath } from "./field-path.ts";
import type { EditPlace, FileEditor } from "./file-editor.ts";
import type { FileObject } from "./yaml-file.ts";

type AnnotationsEdit = Extract<SourceEdit, { kind: "annotations" }>;

/** Sets and removes annotations of an object; the map is made where there is none, and goes with its last entry. */
export function editAnnotations(editor: FileEditor, object: FileObject, edit: AnnotationsEdit): boolean {
  const metadata = getField(object.root, "metadata");
  const place = (key?: string): EditPlace => {
    const field = formatFieldPath(["metadata", "annotations", ...(key === undefined ? [] : [key])]);
    return { object: object.id, field: object.prefix + field };
  };
  if (metadata?.kind !== "mapping") {
    editor.refuse(object.root, place(), "the object has no metadata of its own");
    return true;
  }
  const wanted = Object.entries(edit.annotations);
  const set = wanted.filter((entry): entry is [string, string] => entry[1] !== null);
  const annotations = getField(metadata, "annotations");
  if (annotations === undefined) {
    if (set.length > 0) editor.addMapping(metadata, "annotations", set, place());
  } else if (annotations.kind === "scalar" && annotations.tag === "!!null") {
    if (set.length === 0) return true;
    editor.removeField(metadata, "annotations", place(), annotations.value);
    editor.addMapping(metadata, "annotations", set, place());
  } else if (annotations.kind !== "mapping") {
    editor.refuse(annotations, place(), "annotations are no map of their own");
  } else {
    const inFlow = metadata.style.flow === true || annotations.style.flow === true;
    removeEntries(editor, metadata, annotations, wanted, place);
    for (const [key, value] of set) setEntry(editor, annotations, key, value, place(key), inFlow);
  }
  return true;
}

function setEntry(
  editor: FileEditor,
  annotations: Node,
  key: string,
  value: string,
  place: EditPlace,
  inFlow: boolean,
): void {
  const node = getField(annotations, key);
  if (node === undefined) editor.addField(annotations, key, value, place);
  else editor.setScalar(node, value, place, { inFlow });
}

function removeEntries(
  editor: FileEditor,
  metadata: Node,
  annotations: Node,
  wanted: readonly (readonly [string, string | null])[],
  place: (key?: string) => EditPlace,
): void {
  const gone = wanted.filter(([key, value]) => value === null && getField(annotations, key) !== undefined);
  const isAll = gone.length > 0 && gone.length * 2 === annotations.content.length && wanted.length === gone.length;
  const [first] = gone;
  if (isAll && first !== undefined && annotations.style.flow !== true) {
    const key = gone.length === 1 ? first[0] : undefined;
    editor.removeField(
      metadata,
      "annotations",
      place(key),
      key === undefined ? "" : (getField(annotations, key)?.value ?? ""),
    );
    return;
  }
  for (const [key] of gone) editor.removeField(annotations, key, place(key), getField(annotations, key)?.value ?? "");
}
