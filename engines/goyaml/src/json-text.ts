import type { Node } from "./node.ts";
import { Parser } from "./parser.ts";
import { checkText } from "./text-limits.ts";
import { yamlV2 } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

/** The longest key, as JSON text, for which go-yaml still finds the `:`. */
const maxJsonKey = 1024;
const unusual = /[\x7f-\x9f\ufffe\uffff]/;

/**
 * A text after the detour through JSON that sigs.k8s.io/yaml takes: go-yaml reads the JSON, so that U+0085 folds like a line
 * break and other control characters are refused.
 * @throws YamlError
 */
export function readBackText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return unusual.test(wellFormed) ? (parse(goJson(wellFormed))?.content[0]?.value ?? "") : wellFormed;
}

/** The same for a key. @throws YamlError also for keys of more than a thousand characters */
export function readBackKey(key: string): string {
  if (key.length > maxJsonKey / 6 && jsonLength(key) > maxJsonKey) {
    throw new YamlError("yaml: did not find expected ',' or '}'");
  }
  // A key ends with its line: this fails.
  if (key.includes("\x85")) parse(`{${goJson(key)}:0}`);
  return readBackText(key);
}

function goJson(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function parse(json: string): Node | undefined {
  checkText(json, undefined);
  return new Parser(json, yamlV2({})).next();
}

/** Characters of a text in Go's JSON, which escapes `<`, `>`, `&` and two line separators. */
function jsonLength(text: string): number {
  const json = JSON.stringify(text);
  return Array.from(json).length + 5 * (json.match(/[<>&\u2028\u2029]/g)?.length ?? 0);
}
