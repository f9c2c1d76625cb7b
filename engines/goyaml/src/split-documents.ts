import { trimSpace } from "@eddy/core/trim";
import { YamlError } from "./yaml-error.ts";

/** The text between two separators. */
export interface Section {
  /** With the separator in front, where nothing stands before that: the lines of an error count it. */
  text: string;
  /** Where `text` starts, from 1. */
  line: number;
  /** Where the text behind the separator starts. */
  contentLine: number;
}

/**
 * Splits a stream at the lines that start with `---`, wherever they stand, as Kubernetes' YAML decoder does (apimachinery
 * 0.37, `YAMLReader`): behind the dashes only blanks and a comment may follow. Sections without text are left out.
 * @throws YamlError for a line like `--- a: b`
 */
export function* splitDocuments(text: string, file: string | undefined): Generator<Section> {
  let start = 0;
  let startLine = 1;
  let contentLine = 1;
  for (let index = 0, line = 1; index < text.length; line++) {
    const found = text.indexOf("\n", index);
    const end = found < 0 ? text.length : found + 1;
    if (text.startsWith("---", index)) {
      checkSeparator(text.slice(index + 3, end), line, file);
      if (index > start) {
        yield { text: text.slice(start, index), line: startLine, contentLine };
        start = end;
        startLine = line + 1;
      }
      contentLine = line + 1;
    }
    index = end;
  }
  if (start >= text.length) return;
  // Upstream ends the last line, which gives a block scalar its line feed.
  const rest = text.endsWith("\n") ? text.slice(start) : `${text.slice(start)}\n`;
  yield { text: rest, line: startLine, contentLine };
}

function checkSeparator(rest: string, line: number, file: string | undefined): void {
  const trimmed = trimSpace(rest);
  if (trimmed === "" || trimmed.startsWith("#")) return;
  throw new YamlError(`invalid Yaml document separator: ${trimmed}`, { file, line, column: 1 });
}
