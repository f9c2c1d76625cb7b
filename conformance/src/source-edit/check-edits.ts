import { canonicalNameOf, formatImage } from "@eddy/core/image";
import { isObject } from "@eddy/core/json";
import { memoryTree } from "@eddy/core/tree";
import { loadDocuments } from "@eddy/goyaml";
import { findImages, planEdits, type EditPlan, type ImageField, type SourceEdit } from "@eddy/source-edit";

/** What an edit of a real file came to. */
export type EditVerdict = { readonly kind: "exact" } | { readonly kind: "refused" | "wrong"; readonly why: string };

const digest = `sha256:${"5e".repeat(32)}`;
const targets = ["registry.example.org:5000/team/new:1.10", `example.org/x/y:v2@${digest}`] as const;

/** What is enough of one file. */
const [maxImages, maxObjects] = [8, 2];

/** Images of a file set to others and back, annotations of its objects added and removed; empty for what is no file of objects. */
export function checkFile(path: string, bytes: Uint8Array): Map<string, EditVerdict> {
  const verdicts = new Map<string, EditVerdict>();
  for (const target of objectsOf(bytes).slice(0, maxObjects))
    verdicts.set(`${path}: annotations of ${target.kind} ${target.name}`, checkAnnotation(path, bytes, target));
  const { images } = findImages(memoryTree({ [path]: bytes }));
  for (const [index, image] of images.slice(0, maxImages).entries()) {
    const name = `${path}:${image.line} ${image.field}`;
    const to = targets[index % targets.length] ?? targets[0];
    verdicts.set(name, verdictOf(path, bytes, image, to));
  }
  return verdicts;
}

function verdictOf(path: string, bytes: Uint8Array, image: ImageField, to: string): EditVerdict {
  const plan = planEdits(memoryTree({ [path]: bytes }), [editOf(path, image, to)]);
  const refusal = plan.refusals[0];
  if (refusal !== undefined) return { kind: "refused", why: refusal.reason };
  const after = plan.files.get(path);
  if (after === undefined) return { kind: "wrong", why: "nothing changed" };
  return (
    checkBytes(bytes, after, plan) ??
    checkValues(bytes, after, plan) ??
    checkWayBack(path, bytes, after, image, to) ?? { kind: "exact" }
  );
}

/** Objects that can be told apart. */
function objectsOf(bytes: Uint8Array): { kind: string; name: string }[] {
  try {
    const documents = loadDocuments(new TextDecoder().decode(bytes)) as { value: unknown }[];
    const found = documents.flatMap(({ value }) => {
      const metadata = isObject(value) && isObject(value["metadata"]) ? value["metadata"] : {};
      // Of a map without entries nothing is left: the way back is another one.
      const { annotations } = metadata;
      if (annotations === null || (isObject(annotations) && Object.keys(annotations).length === 0)) return [];
      const [kind, name] = isObject(value) ? [value["kind"], metadata["name"]] : [];
      return typeof kind === "string" && typeof name === "string" && name !== "" ? [{ kind, name }] : [];
    });
    return found.filter(
      ({ kind, name }) => found.filter((other) => other.kind === kind && other.name === name).length === 1,
    );
  } catch {
    return [];
  }
}

const annotation = "fluxcd.io/automated";

function checkAnnotation(path: string, bytes: Uint8Array, target: { kind: string; name: string }): EditVerdict {
  const edit = (value: string | null): SourceEdit => ({
    kind: "annotations",
    object: { ...target, file: path },
    annotations: { [annotation]: value },
  });
  const plan = planEdits(memoryTree({ [path]: bytes }), [edit("true")]);
  const refusal = plan.refusals[0];
  if (refusal !== undefined) return { kind: "refused", why: refusal.reason };
  const after = plan.files.get(path);
  if (after === undefined) return { kind: "wrong", why: "nothing changed" };
  const wrong = checkValues(bytes, after, plan);
  if (wrong) return wrong;
  const back = planEdits(memoryTree({ [path]: after }), [edit(null)]).files.get(path);
  const isBack = back !== undefined && Buffer.from(back).equals(bytes);
  return isBack ? { kind: "exact" } : { kind: "wrong", why: "the way back leads elsewhere" };
}

function editOf(path: string, image: ImageField, to: string): SourceEdit {
  if (image.form === "kustomization") {
    const [name = "", tag] = to.split(/:(?=[^:/]*$)/);
    return { kind: "kustomization-image", file: path, name: image.container, newName: name, newTag: tag ?? "v2" };
  }
  const { kind, name, namespace } = image.object;
  const object = { kind, name, file: path, ...(namespace === "" ? {} : { namespace }) };
  if (image.form === "values") return { kind: "image", object, container: image.container, image: withoutDigest(to) };
  return { kind: "image", object, container: image.container, image: to };
}

function withoutDigest(image: string): string {
  return image.split("@", 1)[0] ?? image;
}

/** Every changed byte is in a line that a change names, and as many lines come or go as fields do. */
function checkBytes(before: Uint8Array, after: Uint8Array, { changes }: EditPlan): EditVerdict | undefined {
  const [old, now] = [before, after].map((bytes) => Buffer.from(bytes).toString("latin1").split("\n"));
  if (!old || !now) return undefined;
  const touched = new Set(
    changes
      .filter(({ oldValue, newValue }) => oldValue !== undefined && newValue !== undefined)
      .map(({ line }) => line),
  );
  const [added, removed] = [
    changes.filter(({ oldValue }) => oldValue === undefined).length,
    changes.filter(({ newValue }) => newValue === undefined).length,
  ];
  const lost = old.filter((line, index) => !touched.has(index + 1) && !now.includes(line)).length;
  if (lost > removed + (isFlow(old, changes) ? changes.length : 0))
    return { kind: "wrong", why: `${lost} other lines changed` };
  if (added === 0 && removed === 0 && old.length !== now.length) return { kind: "wrong", why: "lines came or went" };
  for (const change of changes) {
    if (change.oldValue === undefined || change.newValue === undefined || added + removed > 0) continue;
    const [from, to] = [old[change.line - 1] ?? "", now[change.line - 1] ?? ""];
    if (from === to && !isBlock(from)) return { kind: "wrong", why: `line ${change.line} did not change` };
  }
  return undefined;
}

/** Of a block scalar the line below its header changes. */
function isBlock(line: string): boolean {
  return /[|>][-+0-9]*\s*(?:#.*)?\r?$/.test(line);
}

function isFlow(lines: readonly string[], changes: EditPlan["changes"]): boolean {
  return changes.some(({ line }) => /[{[]/.test(lines[line - 1] ?? ""));
}

/** The values that differ are those that were wanted, and no others. */
function checkValues(before: Uint8Array, after: Uint8Array, { changes }: EditPlan): EditVerdict | undefined {
  let documents: [Map<string, string>, Map<string, string>];
  try {
    documents = [leavesOf(before), leavesOf(after)];
  } catch (error) {
    return { kind: "refused", why: `not read by the other reader: ${String(error)}` };
  }
  const [old, now] = documents;
  const wanted = new Set(changes.map(({ newValue }) => JSON.stringify(newValue ?? null)));
  let differing = 0;
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    if (old.get(path) === now.get(path)) continue;
    differing++;
    const value = now.get(path);
    const isWanted = value === undefined ? changes.some(({ newValue }) => newValue === undefined) : wanted.has(value);
    if (!isWanted) return { kind: "wrong", why: `${path} is ${value ?? "gone"}` };
  }
  // An anchored value stands wherever an alias is.
  return differing >= changes.length
    ? undefined
    : { kind: "wrong", why: `${differing} values differ, want ${changes.length}` };
}

function leavesOf(bytes: Uint8Array): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, `${path}[${index}]`);
    else if (isObject(value)) for (const [key, member] of Object.entries(value)) visit(member, `${path}.${key}`);
    else leaves.set(path, typeof value === "bigint" ? String(value) : JSON.stringify(value ?? null));
  };
  const documents = loadDocuments(new TextDecoder().decode(bytes)) as { value: unknown }[];
  for (const [index, { value }] of documents.entries()) visit(value, String(index));
  return leaves;
}

/** What was there before comes back, byte for byte, where the shape of the image stayed the same. */
function checkWayBack(
  path: string,
  before: Uint8Array,
  after: Uint8Array,
  image: ImageField,
  to: string,
): EditVerdict | undefined {
  if (image.form === "kustomization" || image.form === "values" || !isReference(image)) return undefined;
  const back = planEdits(memoryTree({ [path]: after }), [editOf(path, image, formatImage(image.image))]).files.get(
    path,
  );
  if (back !== undefined && Buffer.from(back).equals(before)) return undefined;
  // Two containers of one name, or of one image, change together.
  const others = findImages(memoryTree({ [path]: after })).images.filter((other) => formatImage(other.image) === to);
  return others.length > 1 ? undefined : { kind: "wrong", why: "the way back leads elsewhere" };
}

function isReference({ image }: ImageField): boolean {
  try {
    canonicalNameOf(image.name);
    return /^[\w][\w.-]{0,127}$/.test(image.tag ?? "x") && /^(?:|sha256:[0-9a-f]{64})$/.test(image.digest ?? "");
  } catch {
    return false;
  }
}
