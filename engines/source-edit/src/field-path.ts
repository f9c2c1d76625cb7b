import { EddyError } from "@eddy/core/errors";
import { getField, type Node } from "@eddy/goyaml";

/** One step of a path: a key, or an index. */
export type PathStep = string | number;

/**
 * Reads `spec.values.web.tag`, `list[0].x` and `metadata.annotations["a.b/c"]`.
 * @throws EddyError FIELD_PATH (terminal)
 */
export function parseFieldPath(path: string): PathStep[] {
  const steps: PathStep[] = [];
  const pattern = /(?:^|\.)([^.[\]"]+)|\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) throw invalid(path);
    const [, key, index, quoted] = match;
    if (key !== undefined) steps.push(key);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(unquote(quoted ?? "", path));
  }
  if (steps.length === 0) throw invalid(path);
  return steps;
}

function unquote(text: string, path: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw invalid(path);
  }
}

function invalid(path: string): EddyError {
  return new EddyError("FIELD_PATH", `read path ${JSON.stringify(path)}: want keys and indexes like "a.b[0].c"`, {
    class: "terminal",
  });
}

/** A path as messages show it: `a.b[0]["c.d"]`. */
export function formatFieldPath(steps: readonly PathStep[]): string {
  let text = "";
  for (const step of steps) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[^.[\]"]+$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** A node, the collections around it, and whether one of them is in flow style. */
export interface FoundNode {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly inFlow: boolean;
}

/** The node at a path; aliases are not followed, since what stands behind them is elsewhere. */
export function findNode(root: Node, steps: readonly PathStep[]): FoundNode | undefined {
  let found: FoundNode = { node: root, parent: undefined, inFlow: root.style.flow === true };
  for (const step of steps) {
    const parent = found.node;
    const node = typeof step === "number" ? itemAt(parent, step) : ownField(parent, step);
    if (node === undefined) return undefined;
    found = { node, parent, inFlow: found.inFlow || parent.style.flow === true };
  }
  return found;
}

function itemAt(node: Node, index: number): Node | undefined {
  return node.kind === "sequence" ? node.content[index] : undefined;
}

function ownField(node: Node, key: string): Node | undefined {
  return node.kind === "mapping" ? getField(node, key) : undefined;
}
