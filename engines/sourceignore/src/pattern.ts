import { trimRight } from "@eddy/core/trim";
import { compileName, type NameMatcher } from "./match-name.ts";

/** One line of an ignore file. */
export interface Pattern {
  /** What the line says of a path: steps from the root of the source. */
  match(steps: readonly string[], isDirectory: boolean): "exclude" | "include" | undefined;
}

/** Lines longer than this end the reading of a file, as Go's line scanner ends it. */
const maxLine = 64 * 1024;

/** The patterns of an ignore file in the folder `domain`. Source: fluxcd/pkg/sourceignore `ReadPatterns`. */
export function parsePatterns(text: string, domain: readonly string[] = []): Pattern[] {
  const patterns: Pattern[] = [];
  for (const line of text.split("\n")) {
    if (line.length >= maxLine) break;
    const content = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (!content.startsWith("#") && content.trim() !== "") patterns.push(parsePattern(content, domain));
  }
  return patterns;
}

/**
 * Reads one pattern. It is not quite gitignore: an excluded folder does not keep its files from being included again, a
 * pattern with a slash is anchored wherever the slash stands, and `**` is a whole step or the pattern matches nothing.
 * Source: go-git v5 `plumbing/format/gitignore`.
 */
export function parsePattern(line: string, domain: readonly string[]): Pattern {
  const included = line.startsWith("!");
  let text = included ? line.slice(1) : line;
  if (!text.endsWith("\\ ")) text = trimRight(text, " ");
  const directoryOnly = text.endsWith("/");
  if (directoryOnly) text = text.slice(0, -1);
  const parts = text.split("/").map(compilePart);
  const [first] = parts;
  const fits =
    parts.length > 1
      ? (steps: readonly string[], isDirectory: boolean) => matchPath(parts, steps, directoryOnly && !isDirectory)
      : (steps: readonly string[], isDirectory: boolean) =>
          first !== undefined && matchAnyName(first.matches, steps, directoryOnly && !isDirectory);
  const result = included ? "include" : "exclude";
  return {
    match(steps, isDirectory) {
      if (steps.length <= domain.length || domain.some((step, index) => steps[index] !== step)) return undefined;
      return fits(domain.length === 0 ? steps : steps.slice(domain.length), isDirectory) ? result : undefined;
    },
  };
}

interface Part {
  readonly text: string;
  readonly matches: NameMatcher;
}

function compilePart(text: string): Part {
  return { text, matches: compileName(text) };
}

/** A pattern without a slash fits any step; one that wants a folder does not fit the last step of a file. */
function matchAnyName(matches: NameMatcher, steps: readonly string[], notAtEnd: boolean): boolean {
  const at = steps.findIndex((step) => matches(step));
  return at >= 0 && !(notAtEnd && at === steps.length - 1);
}

/** A pattern with a slash fits from the start; steps may remain below what it fits. */
function matchPath(parts: readonly Part[], steps: readonly string[], notAtEnd: boolean): boolean {
  let at = 0;
  let matched = false;
  let anywhere = false;
  for (const [index, part] of parts.entries()) {
    if (part.text === "") {
      anywhere = false;
      continue;
    }
    if (part.text === "**") {
      if (index === parts.length - 1) break;
      anywhere = true;
      continue;
    }
    if (part.text.includes("**") || at >= steps.length) return false;
    if (anywhere) {
      anywhere = false;
      while (at < steps.length) {
        if (part.matches(steps[at++] ?? "")) {
          matched = true;
          break;
        }
        if (at === steps.length) matched = false;
      }
    } else {
      if (!part.matches(steps[at] ?? "")) return false;
      matched = true;
      at++;
    }
  }
  return matched && !(notAtEnd && at === steps.length);
}
