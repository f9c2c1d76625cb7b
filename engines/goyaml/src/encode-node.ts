import { Emitter } from "./emitter.ts";
import type { Node } from "./node.ts";

/** Options of {@link encodeNode}. */
export interface EncodeNodeOptions {
  /** Columns per level, 2 to 9; 4 unless given, which is go-yaml's own. kyaml uses 2. */
  indent?: number;
  /** Whether `- ` counts as indentation below a key; false unless given, as in go-yaml. kyaml sets it. */
  compactSequences?: boolean;
}

/** The text that go-yaml v3's encoder writes for one node or document, with a final line feed. @throws YamlError */
export function encodeNode(node: Node, options: EncodeNodeOptions = {}): string {
  return encodeDocuments([node], options);
}

/** Documents joined by `---`, as one encoder writes them one after another. @throws YamlError */
export function encodeDocuments(nodes: readonly Node[], options: EncodeNodeOptions = {}): string {
  const { indent = 4, compactSequences = false } = options;
  const emitter = new Emitter(indent < 2 || indent > 9 ? 2 : indent, compactSequences);
  nodes.forEach((node, index) => emitter.document(node, index === 0));
  return emitter.text;
}
