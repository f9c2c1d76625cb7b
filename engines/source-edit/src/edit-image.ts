import { canonicalNameOf, formatImage, parseImage, type Image } from "@eddy/core/image";
import { getField, type Node } from "@eddy/goyaml";
import type { SourceEdit } from "./edit-plan.ts";
import { findNode, formatFieldPath, parseFieldPath, type PathStep } from "./field-path.ts";
import type { FileEditor } from "./file-editor.ts";
import { podContainers } from "./pod-containers.ts";
import { partsOf, splitImage, valuesImages } from "./values-image.ts";
import type { FileObject } from "./yaml-file.ts";

type ImageEdit = Extract<SourceEdit, { kind: "image" }>;

/** Sets the image of containers, of values, or at a path of an object; answers whether something was found. */
export function editImage(editor: FileEditor, object: FileObject, edit: ImageEdit): boolean {
  const wanted = parseImage(edit.image);
  if (edit.path !== undefined) return editImageAt(editor, object, parseFieldPath(edit.path), wanted);
  const isMeant = (container: string, image: Image): boolean =>
    edit.container === undefined ? sameName(image.name, wanted.name) : container === edit.container;
  let found = false;
  for (const { name, image, path, inFlow, node } of podContainers(object)) {
    if (!isMeant(name, splitImage(image?.value ?? ""))) continue;
    found = true;
    const field = object.prefix + formatFieldPath(path);
    if (image === undefined) editor.refuse(node, { field }, "the container has no image of its own");
    else setWhole(editor, object, image, { field, inFlow }, wanted);
  }
  for (const values of valuesImages(object)) {
    if (!isMeant(values.container, values.image)) continue;
    found = true;
    setParts(editor, object, values, wanted);
  }
  return found;
}

/** Whether two names mean one repository, however they are spelled. */
export function sameName(left: string, right: string): boolean {
  if (left === right) return true;
  try {
    return canonicalNameOf(left) === canonicalNameOf(right);
  } catch {
    return false;
  }
}

function editImageAt(editor: FileEditor, object: FileObject, path: readonly PathStep[], wanted: Image): boolean {
  const found = findNode(object.root, path);
  if (found === undefined) return false;
  const { node, inFlow, parent } = found;
  const shape = node.kind === "mapping" ? partsOf(parent ?? node, node) : undefined;
  if (shape) setParts(editor, object, { ...shape, path, inFlow }, wanted);
  else setWhole(editor, object, node, { field: object.prefix + formatFieldPath(path), inFlow }, wanted);
  return true;
}

function setWhole(
  editor: FileEditor,
  { id }: FileObject,
  node: Node,
  { field, inFlow }: { field: string; inFlow: boolean },
  wanted: Image,
): void {
  const { name } = splitImage(node.value);
  // The spelling of a name that means the same is its writer's.
  const kept = sameName(name, wanted.name) ? { ...wanted, name } : wanted;
  editor.setScalar(node, formatImage(kept), { object: id, field }, { inFlow });
}

interface Parts {
  readonly parts: Node;
  readonly nameKey: "image" | "repository";
  readonly image: Image;
  readonly path: readonly PathStep[];
  readonly inFlow: boolean;
}

/** Keeps the shape: registry, tag and digest are set where they have fields of their own. */
function setParts(editor: FileEditor, object: FileObject, at: Parts, wanted: Image): void {
  const { parts, nameKey, inFlow } = at;
  const base = nameKey === "image" ? at.path.slice(0, -1) : at.path;
  const place = (key: string): { object: FileObject["id"]; field: string } => ({
    object: object.id,
    field: object.prefix + formatFieldPath([...base, key]),
  });
  const own = (key: string): Node | undefined => getField(parts, key);
  const nameNode = own(nameKey) as Node;
  const [tagNode, digestNode, registryNode] = [own("tag"), own("digest"), own("registry")];
  const name = sameName(at.image.name, wanted.name) ? at.image.name : wanted.name;
  const registry =
    registryNode === undefined || registryNode.value === "" ? undefined : splitRegistry(name, registryNode.value);
  if (registryNode !== undefined && registry === undefined && registryNode.value !== "")
    return editor.refuse(registryNode, place("registry"), `${JSON.stringify(name)} names no registry`);
  if (wanted.digest !== undefined && digestNode === undefined && tagNode === undefined && nameKey === "repository")
    return editor.refuse(nameNode, place("digest"), "there is no field for the digest");

  const tagText = tagTextOf(wanted, digestNode !== undefined);
  const ownTag = tagNode !== undefined;
  const inName: Image = {
    name: registry?.path ?? name,
    ...(ownTag || wanted.tag === undefined || (nameKey === "repository" && splitImage(nameNode.value).tag === undefined)
      ? {}
      : { tag: wanted.tag }),
    ...(ownTag || digestNode !== undefined || wanted.digest === undefined ? {} : { digest: wanted.digest }),
  };
  if (registry) editor.setScalar(registryNode as Node, registry.host, place("registry"), { inFlow });
  editor.setScalar(nameNode, formatImage(inName), place(nameKey), { inFlow });
  if (tagNode !== undefined) editor.setScalar(tagNode, tagText, place("tag"), { inFlow });
  else if (wanted.tag !== undefined && inName.tag === undefined) editor.addField(parts, "tag", tagText, place("tag"));
  // A digest that stays would hold the old image.
  if (digestNode !== undefined) editor.setScalar(digestNode, wanted.digest ?? "", place("digest"), { inFlow });
}

function tagTextOf({ tag = "", digest }: Image, hasDigestField: boolean): string {
  return digest === undefined || hasDigestField ? tag : `${tag}@${digest}`;
}

function splitRegistry(name: string, current: string): { host: string; path: string } | undefined {
  if (name.startsWith(`${current}/`)) return { host: current, path: name.slice(current.length + 1) };
  const slash = name.indexOf("/");
  const host = name.slice(0, Math.max(0, slash));
  return /[.:]|^localhost$/.test(host) ? { host, path: name.slice(slash + 1) } : undefined;
}
