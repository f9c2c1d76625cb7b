import type { Node } from "./node.ts";
import { YamlError } from "./yaml-error.ts";

/** Options of {@link encodeNode}. */
export interface EncodeNodeOptions {
  /** Columns per level, 2 to 9; 4 unless given, which is go-yaml's own. kyaml uses 2. */
  indent?: number;
  /** Whether `- ` counts as indentation below a key; false unless given, as in go-yaml. kyaml sets it. */
  compactSequences?: boolean;
}

/** The text that go-yaml v3's encoder writes for one node or document, with a final line feed. @throws YamlError */
export function encodeNode(node: Node, options: EncodeNodeOptions = {}): string {
  throw new YamlError(`Encode a ${node.kind} with indent ${options.indent ?? 4}: not built yet`);
}

/** Documents joined by `---`, as one encoder writes them one after another. */
export function encodeDocuments(nodes: readonly Node[], options: EncodeNodeOptions = {}): string {
  return nodes.map((node) => encodeNode(node, options)).join("---\n");
}
