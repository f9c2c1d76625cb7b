import { dialectRules, type HelmDialect } from "../dialect.ts";
import { isBlank, trimSpace, trimSpaceStart } from "./go-space.ts";

/**
 * The documents of a text, blank ones left out. Helm 4 keeps white space at the end of each, Helm 3 does not, and takes a `---` right
 * after another for a document. Source: Helm `releaseutil.SplitManifests`.
 */
export function splitManifests(text: string, dialect: HelmDialect = "helm4"): string[] {
  const { trimDocumentEnd } = dialectRules[dialect];
  const trim = trimDocumentEnd ? trimSpace : trimSpaceStart;
  const parts = trimDocumentEnd ? splitWithSpace(trim(text)) : splitAtLines(trim(text));
  return parts.filter((part) => !isBlank(part)).map(trim);
}

/** At every `---` that begins a line, with the blanks behind it. */
function splitAtLines(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = text.indexOf("---"); at >= 0; at = text.indexOf("---", at + 1)) {
    if (at > 0 && text[at - 1] !== "\n") continue;
    if (at < start) continue;
    parts.push(text.slice(start, at));
    start = at + 3;
    while (text[start] === " " || text[start] === "\t") start++;
  }
  parts.push(text.slice(start));
  return parts;
}

const space = new Set(["\t", "\n", "\f", "\r", " "]);

/** At every `---` that begins a line, with all white space around it; what the last one swallowed begins no line. */
function splitWithSpace(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = text.indexOf("---"); at >= 0; at = text.indexOf("---", Math.max(start, at + 1))) {
    if (at > 0 && (text[at - 1] !== "\n" || at - 1 < start)) continue;
    let end = at;
    while (end > start && space.has(text[end - 1] as string)) end--;
    parts.push(text.slice(start, end));
    start = at + 3;
    while (start < text.length && space.has(text[start] as string)) start++;
  }
  parts.push(text.slice(start));
  return parts;
}
