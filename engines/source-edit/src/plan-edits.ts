import { Buffer } from "node:buffer";
import type { FileTree } from "@eddy/core/tree";
import { editAnnotations } from "./edit-annotations.ts";
import { editImage } from "./edit-image.ts";
import { editKustomization } from "./edit-kustomization.ts";
import { editMarkers, hasMarker, readMarked, setterValues } from "./edit-markers.ts";
import type { EditPlan, EditRefusal, EditScope, ObjectTarget, ScalarChange, SourceEdit } from "./edit-plan.ts";
import { findNode, formatFieldPath, parseFieldPath } from "./field-path.ts";
import { FileEditor } from "./file-editor.ts";
import { sourceFiles } from "./source-files.ts";
import { type FileObject, isReadable, readYamlFile } from "./yaml-file.ts";

const defaultMaxFileBytes = 8 * 1024 * 1024;

/**
 * What becomes of a tree by some edits. A file that cannot be read is left alone: with a refusal, unless only markers were looked
 * for, since templates of charts hold them too. Pure; the same tree and edits give the same plan, and a plan's result gives an empty one.
 * @throws EddyError OCI_NAME or FIELD_PATH (terminal) for an image or path that is none
 */
export function planEdits(tree: FileTree, edits: readonly SourceEdit[], scope: EditScope = {}): EditPlan {
  const files = new Map<string, Uint8Array>();
  const changes: ScalarChange[] = [];
  const refusals: EditRefusal[] = [];
  const matched = new Set<SourceEdit>();
  const onlyMarkers = edits.every(({ kind }) => kind === "markers");
  for (const path of sourceFiles(tree, scope.paths)) {
    const bytes = onlyMarkers ? readMarked(tree, path, scope.unmarked) : tree.read(path);
    const relevant = bytes === undefined ? [] : edits.filter((edit) => mayConcern(edit, path, bytes));
    if (bytes === undefined || relevant.length === 0) continue;
    const edited = editFile(path, bytes, relevant, matched, scope.maxFileBytes ?? defaultMaxFileBytes);
    if (edited.bytes) files.set(path, edited.bytes);
    changes.push(...edited.changes);
    refusals.push(...edited.refusals);
  }
  return { files, changes, refusals, unmatched: edits.filter((edit) => !matched.has(edit)) };
}

function editFile(
  path: string,
  bytes: Uint8Array,
  edits: readonly SourceEdit[],
  matched: Set<SourceEdit>,
  maxFileBytes: number,
): ReturnType<FileEditor["finish"]> {
  const refuse = (line: number, reason: string): ReturnType<FileEditor["finish"]> => {
    const isAsked = edits.some(({ kind }) => kind !== "markers");
    return { changes: [], refusals: isAsked ? [{ file: path, line, field: "", reason }] : [] };
  };
  if (bytes.length > maxFileBytes)
    return refuse(1, `the file has ${bytes.length} bytes, at most ${maxFileBytes} are read`);
  const file = readYamlFile(path, bytes);
  if (!isReadable(file)) return refuse(file.line, file.reason);
  const editor = new FileEditor(file);
  for (const edit of edits) if (applyEdit(editor, edit)) matched.add(edit);
  return editor.finish();
}

/** Whether the file has what the edit is about. */
function applyEdit(editor: FileEditor, edit: SourceEdit): boolean {
  if (edit.kind === "markers") return editMarkers(editor, setterValues(edit.images)).size > 0;
  const objects = editor.file.objects;
  if (edit.kind === "kustomization-image") return objects.some((object) => editKustomization(editor, object, edit));
  return objects
    .filter((object) => isTarget(object, edit.object))
    .map((object) => {
      if (edit.kind === "image") return editImage(editor, object, edit);
      return edit.kind === "annotations" ? editAnnotations(editor, object, edit) : editField(editor, object, edit);
    })
    .includes(true);
}

function editField(editor: FileEditor, object: FileObject, edit: Extract<SourceEdit, { kind: "field" }>): boolean {
  const path = parseFieldPath(edit.path);
  const found = findNode(object.root, path);
  if (found === undefined) return false;
  const field = object.prefix + formatFieldPath(path);
  editor.setScalar(found.node, edit.value, { object: object.id, field }, { inFlow: found.inFlow });
  return true;
}

function isTarget({ id }: FileObject, target: ObjectTarget): boolean {
  if (id.kind.toLowerCase() !== target.kind.toLowerCase() || id.name !== target.name) return false;
  if (target.namespace !== undefined && id.namespace !== "" && id.namespace !== target.namespace) return false;
  const slash = id.apiVersion.indexOf("/");
  return target.group === undefined || target.group === id.apiVersion.slice(0, Math.max(0, slash));
}

/** A cheap look that spares reading most files. */
function mayConcern(edit: SourceEdit, path: string, bytes: Uint8Array): boolean {
  const contains = (text: string): boolean => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text);
  if (edit.kind === "markers") return hasMarker(bytes);
  if (edit.kind === "kustomization-image") return edit.file === path;
  return (edit.object.file ?? path) === path && contains(edit.object.name);
}
