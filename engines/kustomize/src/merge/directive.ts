import type { Node } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { clearField, field } from "../node/fields.ts";
import { findElement } from "../node/lookup.ts";
import { setElement } from "./element-setter.ts";

/** What `$patch` asks for. */
export type Directive = "merge" | "replace" | "delete";

const key = "$patch";

/** The directive of a patch's node, which is taken out of it. @throws KustomizeError for unknown words and for scalars */
export function takeDirective(patch: Node | undefined): Directive {
  if (patch === undefined) return "merge";
  if (patch.kind === "mapping") return takeFromMapping(patch);
  if (patch.kind === "sequence") return takeFromSequence(patch);
  throw new KustomizeError(`no implemented strategic merge patch strategy for '${patch.tag}' ('${patch.value}')`, {
    position: { line: patch.line },
  });
}

/** As {@link takeDirective}, or undefined where that refuses. */
export function tryTakeDirective(patch: Node | undefined): Directive | undefined {
  try {
    return takeDirective(patch);
  } catch {
    return undefined;
  }
}

function takeFromMapping(patch: Node): Directive {
  const node = field(patch, key);
  if (node === undefined) return "merge";
  const directive = directiveOf(node);
  clearField(patch, key);
  return directive;
}

function takeFromSequence(patch: Node): Directive {
  const element = findElement(patch, [key], [undefined]);
  const node = element === undefined || element.content.length > 2 ? undefined : field(element, key);
  if (node === undefined) return "merge";
  const directive = directiveOf(node);
  setElement(patch, undefined, [key], [directive]);
  return directive;
}

function directiveOf(node: Node): Directive {
  const { value } = node;
  if (value === "merge" || value === "replace" || value === "delete") return value;
  throw new KustomizeError(`unknown patch strategy '${value}'`, { position: { line: node.line, field: key } });
}
