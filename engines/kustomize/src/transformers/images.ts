import type { Node } from "@eddy/goyaml";
import { type BuildBudget, stepsPerSpec } from "../budget.ts";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import type { ImageEntry } from "../model/kustomization.ts";
import { field, isMissingOrNull, plainScalar } from "../node/fields.ts";
import { requireKind } from "../node/kind-error.ts";
import { setScalar } from "../node/set-field.ts";
import { compileExpression } from "../resource/select.ts";
import type { Transformer } from "./transformer.ts";

/** Changes name, tag or digest of one image wherever the field specs or a list of containers name it. */
export function setImages(image: ImageEntry, specs: readonly FieldSpec[]): Transformer {
  const matches = imageTest(image.name ?? "");
  return (objects) => {
    const { budget } = objects;
    const set = imageSetter(image, matches, budget);
    const nodes = objects.objects.filter(({ kind }) => kind !== "CustomResourceDefinition").map(({ live }) => live);
    for (const node of nodes) budget.step(walkContainers(node, set) + specs.length * stepsPerSpec);
    for (const node of nodes) for (const spec of specs) applyFieldSpec(node, spec, { set, budget });
  };
}

/** Returns how many nodes it went through. */
function walkContainers(node: Node, set: (node: Node) => void): number {
  const { kind, content } = node;
  let walked = content.length;
  if (kind === "sequence") {
    for (const element of content) if (element.kind !== "scalar") walked += walkContainers(element, set);
  } else if (kind === "mapping") {
    for (let index = 0; index + 1 < content.length; index += 2) {
      const value = content[index + 1];
      if (value === undefined || value.kind === "scalar") continue;
      walked += walkContainers(value, set);
      const key = content[index]?.value;
      if ((key === "containers" || key === "initContainers") && value.kind === "sequence") setContainers(value, set);
    }
  }
  return walked;
}

function setContainers(containers: Node, set: (node: Node) => void): void {
  for (const container of containers.content) {
    if (isMissingOrNull(container)) continue;
    requireKind(container, "mapping");
    const image = field(container, "image");
    if (image !== undefined) set(image);
  }
}

function imageSetter(image: ImageEntry, matches: (text: string) => boolean, budget: BuildBudget): (node: Node) => void {
  return (node) => {
    requireKind(node, "scalar");
    budget.step(node.value.length);
    if (!matches(node.value)) return;
    const text = changedImage(node.value, image);
    budget.writeText(text.length);
    setScalar(node, plainScalar(text));
  };
}

const plainImage = /^[A-Za-z0-9/_-]+$/;
const ending = "(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$";

/** The name is a regular expression, as upstream takes it; an invalid one matches nothing. */
function imageTest(name: string): (text: string) => boolean {
  let expression: ReturnType<typeof compileExpression>;
  try {
    expression = compileExpression(`^${name}${ending}`, "images.name");
  } catch {
    return () => false;
  }
  if (!plainImage.test(name)) return (text) => expression.test(text);
  return (text) => text === name || (text.startsWith(name) && expression.test(text));
}

function changedImage(text: string, image: ImageEntry): string {
  const parts = splitImage(text);
  let { tag, digest } = parts;
  if (image.newTag || image.digest) {
    tag = image.newTag ?? "";
    digest = image.digest ?? "";
  } else if (image.tagSuffix) {
    tag += image.tagSuffix;
    digest = "";
  }
  return `${image.newName || parts.name}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
}

/** Splits `registry:5000/name:tag@digest`; a colon before the first slash belongs to the name. */
export function splitImage(text: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(text.indexOf("/"), 0);
  const at = text.indexOf("@", slash);
  const colon = text.indexOf(":", slash);
  if (at < 0 && colon < 0) return { name: text, tag: "", digest: "" };
  if (at >= 0 && (colon < 0 || at < colon)) return { name: text.slice(0, at), tag: "", digest: text.slice(at + 1) };
  if (at < 0) return { name: text.slice(0, colon), tag: text.slice(colon + 1), digest: "" };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1, at), digest: text.slice(at + 1) };
}
