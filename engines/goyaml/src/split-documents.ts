import { YamlError } from "./yaml-error.ts";

/** The text between two separators, and the line (from 1) where it starts. */
export interface Section {
  text: string;
  line: number;
}

/**
 * Splits a stream at the lines that start with `---`, wherever they stand, as Kubernetes' YAML decoder does (apimachinery
 * 0.37, `YAMLReader`): behind the dashes only blanks and a comment may follow. Sections without text are left out.
 * @throws YamlError for a line like `--- a: b`
 */
export function splitDocuments(text: string, file: string | undefined): Section[] {
  const sections: Section[] = [];
  let start = 0;
  let startLine = 1;
  let line = 1;
  for (let index = 0; index < text.length; line++) {
    const found = text.indexOf("\n", index);
    const end = found < 0 ? text.length : found + 1;
    if (text.startsWith("---", index)) {
      checkSeparator(text.slice(index + 3, end), line, file);
      if (index > start) sections.push({ text: text.slice(start, index), line: startLine });
      start = end;
      startLine = line + 1;
    }
    index = end;
  }
  if (start < text.length) sections.push({ text: text.slice(start), line: startLine });
  return sections;
}

function checkSeparator(rest: string, line: number, file: string | undefined): void {
  const trimmed = rest.trim();
  if (trimmed === "" || trimmed.startsWith("#")) return;
  throw new YamlError(`invalid Yaml document separator: ${trimmed}`, { file, line, column: 1 });
}
