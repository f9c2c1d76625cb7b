import { getField, type Node } from "@eddy/goyaml";
import type { SourceEdit } from "./edit-plan.ts";
import { formatFieldPath, type PathStep } from "./field-path.ts";
import type { EditPlace, FileEditor } from "./file-editor.ts";
import { ownNode, textOf, type FileObject } from "./yaml-file.ts";

type KustomizationEdit = Extract<SourceEdit, { kind: "kustomization-image" }>;

/** An entry of a kustomization's `images`. */
export interface KustomizationImage {
  readonly name: string;
  readonly node: Node;
  readonly path: readonly PathStep[];
  readonly inFlow: boolean;
}

/** The path of `images` in an object: kustomize's own file, or Flux's Kustomization; undefined for any other object. */
export function imagesPath({ id, root }: FileObject): readonly string[] | undefined {
  if (id.apiVersion.startsWith("kustomize.toolkit.fluxcd.io/") && id.kind === "Kustomization")
    return ["spec", "images"];
  const isOwn = id.apiVersion.startsWith("kustomize.config.k8s.io/") || (id.kind === "" && id.apiVersion === "");
  return isOwn && root.kind === "mapping" ? ["images"] : undefined;
}

/** The entries of `images`, in the order of the text. */
export function kustomizationImages(object: FileObject): KustomizationImage[] {
  const path = imagesPath(object);
  if (path === undefined) return [];
  const list = ownNode(fieldAt(object.root, path), "sequence");
  return (list?.content ?? []).flatMap((node, index): KustomizationImage[] => {
    const name = textOf(getField(node, "name"));
    const inFlow = list?.style.flow === true || node.style.flow === true;
    return node.kind === "mapping" && name !== "" ? [{ name, node, path: [...path, index], inFlow }] : [];
  });
}

function fieldAt(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const key of path) node = node?.kind === "mapping" ? getField(node, key) : undefined;
  return node;
}

/** Sets an entry of `images`, or adds one; answers whether there was an object for it. */
export function editKustomization(editor: FileEditor, object: FileObject, edit: KustomizationEdit): boolean {
  const entry = kustomizationImages(object).find(({ name }) => name === edit.name);
  if (entry !== undefined) setEntry(editor, object, entry, edit);
  else if (edit.add === true && imagesPath(object) !== undefined) addEntry(editor, object, edit);
  else return false;
  return true;
}

function setEntry(editor: FileEditor, object: FileObject, entry: KustomizationImage, edit: KustomizationEdit): void {
  for (const [key, value] of wantedFields(edit)) {
    const field = object.prefix + formatFieldPath([...entry.path, key]);
    const place: EditPlace = { object: object.id, field };
    const node = getField(entry.node, key);
    if (value === null) {
      if (node !== undefined) editor.removeField(entry.node, key, place, node.value);
    } else if (node === undefined) editor.addField(entry.node, key, value, place);
    else editor.setScalar(node, value, place, { inFlow: entry.inFlow });
  }
}

/** Removals first: what is added must not stand behind a line that goes. */
function wantedFields({ newName, newTag, digest }: KustomizationEdit): [string, string | null][] {
  const removed: [string, null][] = [];
  // Kustomize joins the two; what is left of an older wish would win over the new one.
  if (newTag !== undefined && digest === undefined) removed.push(["digest", null]);
  if (digest !== undefined && newTag === undefined) removed.push(["newTag", null]);
  const set = { newName, newTag, digest };
  return [...removed, ...Object.entries(set).filter((field): field is [string, string] => field[1] !== undefined)];
}

function addEntry(editor: FileEditor, object: FileObject, edit: KustomizationEdit): void {
  const fields: [string, string][] = [["name", edit.name]];
  for (const [key, value] of wantedFields(edit)) if (value !== null) fields.push([key, value]);
  const path = imagesPath(object) ?? [];
  const place = { object: object.id, field: object.prefix + formatFieldPath(path) };
  const parent = path.length === 1 ? object.root : fieldAt(object.root, path.slice(0, -1));
  if (parent?.kind !== "mapping") return editor.refuse(object.root, place, "there is no place for images");
  const list = getField(parent, "images");
  if (list === undefined) editor.addList(parent, "images", fields, place);
  else if (list.kind === "sequence") editor.addItem(list, fields, place);
  else editor.refuse(list, place, `images is a ${list.kind}, want a list`);
}
