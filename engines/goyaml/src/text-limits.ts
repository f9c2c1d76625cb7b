import { YamlError } from "./yaml-error.ts";

/** Characters of a text that is read, unless told otherwise. */
export const defaultMaxLength: number = 64 * 1024 * 1024;

const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ud800-\udfff\ue000-\ufffd]/;

/** Refuses what go-yaml's reader refuses, before anything is scanned: control characters; and texts beyond a length. */
export function checkText(text: string, file: string | undefined, maxLength: number = defaultMaxLength): void {
  if (text.length > maxLength) {
    throw new YamlError(`Read YAML: want at most ${maxLength} characters, have ${text.length}`, { file, line: 1 });
  }
  const index = text.search(forbidden);
  if (index < 0) return;
  const before = text.slice(0, index);
  const line = before.split("\n").length;
  throw new YamlError("yaml: control characters are not allowed", {
    file,
    line,
    column: index - before.lastIndexOf("\n"),
  });
}
