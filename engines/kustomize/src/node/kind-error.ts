import type { Node, NodeKind } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { isMissingOrNull } from "./fields.ts";

const kindNames: Record<NodeKind, string> = {
  document: "DocumentNode",
  mapping: "MappingNode",
  sequence: "SequenceNode",
  scalar: "ScalarNode",
  alias: "AliasNode",
};

/** Refuses a node that is neither missing nor null nor of the wanted kind. @throws KustomizeError with the node's line */
export function requireKind(node: Node | undefined, kind: NodeKind): void {
  if (node === undefined || isMissingOrNull(node) || node.kind === kind) return;
  throw new KustomizeError(`wrong node kind: expected ${kindNames[kind]} but got ${kindNames[node.kind]}`, {
    position: node.line > 0 ? { line: node.line, column: node.column } : {},
  });
}
