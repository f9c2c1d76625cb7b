import type { Node } from "./node.ts";
import { Parser } from "./parser.ts";
import { checkText } from "./text-limits.ts";
import { yamlV3 } from "./yaml-dialect.ts";

/** Options of {@link parseDocuments}. */
export interface ParseDocumentsOptions {
  /** Named in the position of an error. */
  file?: string;
  /** Levels of nesting that are read; 1,000 unless given, never more than the 10,000 of go-yaml. */
  maxDepth?: number;
  /** Characters that are read; 64 Mi unless given. */
  maxLength?: number;
}

/**
 * The document nodes of a stream, as go-yaml v3's decoder reads them into `yaml.Node`: tags resolved, styles, comments,
 * anchors and positions kept, aliases pointing to their nodes. An empty stream has no documents.
 * @throws YamlError with go-yaml's wording.
 */
export function parseDocuments(text: string, options: ParseDocumentsOptions = {}): Node[] {
  checkText(text, options.file, options.maxLength);
  const parser = new Parser(text, yamlV3(options));
  const documents: Node[] = [];
  for (let document = parser.next(); document !== undefined; document = parser.next()) documents.push(document);
  return documents;
}
