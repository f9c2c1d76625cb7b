import type { Node, NodeKind } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { emptyNode, field, isMissingOrNull, plainScalar } from "./fields.ts";
import { requireKind } from "./kind-error.ts";
import { isListIndex, parseIndex, splitListIndex } from "./path.ts";
import { setField } from "./set-field.ts";

/**
 * The node at a path, or undefined. With `create` missing steps are made, the last one with that kind.
 * A step is a key, an index, `-` for the last element, or `[field=value]`. Source: kyaml `PathGetter`.
 * @throws KustomizeError where a step meets a node of the wrong kind
 */
export function lookup(root: Node, path: readonly string[], create?: NodeKind): Node | undefined {
  const parts = path.map((part) => part.trim()).filter((part) => part !== "");
  let current: Node | undefined = root;
  for (const [index, part] of parts.entries()) {
    if (current === undefined) return undefined;
    current = step(current, part, parts[index + 1] ?? "", create);
  }
  return current;
}

function step(node: Node, part: string, next: string, create: NodeKind | undefined): Node | undefined {
  const index = parseIndex(part);
  if (index !== undefined) {
    if (index < 0) throw new KustomizeError(`array index ${index} cannot be negative`);
    return elementAt(node, index);
  }
  if (part === "-") return elementAt(node, -1);
  if (part === "*") throw new KustomizeError("wildcard is not supported in PathGetter");
  if (isListIndex(part)) return elementStep(node, part, create);
  return fieldStep(node, part, create === undefined ? undefined : kindOfStep(next, create));
}

/** The kind that a missing step must have for the next one to stand in it. */
export function kindOfStep(next: string, last: NodeKind): NodeKind {
  if (isListIndex(next)) return "sequence";
  const index = parseIndex(next);
  if (index !== undefined && index >= 0) return "sequence";
  return next === "" ? last : "mapping";
}

function fieldStep(node: Node, name: string, create: NodeKind | undefined): Node | undefined {
  if (isMissingOrNull(node)) return undefined;
  requireKind(node, "mapping");
  const found = field(node, name);
  if (found !== undefined || create === undefined) return found;
  const made = emptyNode(create);
  setField(node, name, made);
  return made;
}

function elementAt(node: Node, index: number): Node | undefined {
  requireKind(node, "sequence");
  if (index >= 0) return node.content[index];
  const last = node.content.at(-1);
  if (last === undefined) throw new KustomizeError("cannot take the last element of an empty list");
  return last;
}

function elementStep(node: Node, part: string, create: NodeKind | undefined): Node | undefined {
  const split = splitListIndex(part);
  if (split === undefined) {
    throw new KustomizeError("list path element must contain fieldName=fieldValue for element to match");
  }
  const { name, value } = split;
  const found = findElement(node, [name], [value]);
  if (found !== undefined || create === undefined) return found;
  const made = name === "" ? plainScalar(value) : emptyNode("mapping");
  if (name !== "") made.content.push(plainScalar(name), plainScalar(value));
  node.content.push(made);
  return made;
}

/**
 * The first element of a sequence whose fields have these values; with the key "" the first scalar with that text; values
 * undefined match any. Source: kyaml `ElementMatcher`.
 */
export function findElement(
  sequence: Node,
  keys: readonly string[],
  values: readonly (string | undefined)[],
): Node | undefined {
  requireKind(sequence, "sequence");
  if (keys.length === 0 || keys[0] === "") {
    return sequence.content.find((element) => element.value === (values[0] ?? ""));
  }
  return sequence.content.find(
    (element) =>
      element.kind === "mapping" &&
      keys.every((key, index) => {
        const found = field(element, key);
        return found !== undefined && (values[index] === undefined || found.value === values[index]);
      }),
  );
}
