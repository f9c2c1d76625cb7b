import { compareText } from "@eddy/core/json";
import { joinPath, type FileTree } from "@eddy/core/tree";

/** One piece of a pattern for a name. */
type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

const maxAlternatives = 256;

/** Whether a name matches; `*`, `?`, `[a-z]` and `\` as in Go's `path.Match`. Time is the product of the lengths at most. */
function matchesName(tokens: readonly Token[], name: string): boolean {
  const chars = Array.from(name);
  let [at, token, starToken, starAt] = [0, 0, -1, 0];
  while (at < chars.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      [starToken, starAt] = [token, at];
      token++;
    } else if (current && matchesChar(current, chars[at] ?? "")) {
      token++;
      at++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token]?.kind === "star") token++;
  return token === tokens.length;
}

function matchesChar(token: Token, char: string): boolean {
  if (token.kind === "char") return token.char === char;
  if (token.kind !== "class") return true;
  const isIn = token.ranges.some(([low, high]) => compareText(low, char) <= 0 && compareText(char, high) <= 0);
  return isIn !== token.negated;
}

/** Whose classes: Go's `path.Match` knows only `^` before one, and neither `-` nor `]` as its first. */
type Dialect = "path" | "doublestar";

/** @throws Error `syntax error in pattern` */
function parseName(pattern: string, dialect: Dialect): Token[] {
  const chars = Array.from(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "[") {
      const found = parseClass(chars, at + 1, dialect);
      tokens.push(found.token);
      at = found.end;
    } else if (char === "\\") tokens.push({ kind: "char", char: required(chars[++at]) });
    else tokens.push({ kind: "char", char });
  }
  return tokens;
}

function parseClass(chars: readonly string[], start: number, dialect: Dialect): { token: Token; end: number } {
  let at = start;
  const negated = chars[at] === "^" || (dialect === "doublestar" && chars[at] === "!");
  if (negated) at++;
  const ranges: [string, string][] = [];
  const next = (): string => {
    const isNone =
      dialect === "path" ? chars[at] === "-" || chars[at] === "]" : chars[at] === "]" && ranges.length === 0;
    if (isNone) throw new Error("syntax error in pattern");
    return required(chars[at] === "\\" ? chars[(at += 2) - 1] : chars[at++]);
  };
  while (chars[at] !== "]" || ranges.length === 0) {
    const low = next();
    let high = low;
    if (chars[at] === "-" && (dialect === "path" || chars[at + 1] !== "]")) {
      at++;
      high = next();
    }
    ranges.push([low, high]);
  }
  return { token: { kind: "class", negated, ranges }, end: at };
}

function required(char: string | undefined): string {
  if (char === undefined) throw new Error("syntax error in pattern");
  return char;
}

/**
 * Paths of a tree that a pattern matches, as Go's `fs.Glob` finds them: step by step, where `**` is no more than `*`, and `.` is
 * the root and nothing else.
 * @throws Error for a pattern that cannot be read
 */
export function globPaths(tree: FileTree, pattern: string): string[] {
  parseName(pattern, "path");
  if (!/[*?[\\]/.test(pattern)) return tree.kindOf(pattern === "." ? "" : pattern) === undefined ? [] : [pattern];
  const slash = pattern.lastIndexOf("/");
  const [folder, last] = [pattern.slice(0, Math.max(0, slash)), pattern.slice(slash + 1)];
  const tokens = parseName(last, "path");
  const folders = /[*?[\\]/.test(folder) ? globPaths(tree, folder) : [folder === "" && slash !== 0 ? "." : folder];
  return folders.flatMap((path) => {
    const names = isPlain(path) ? (tree.list(path === "." ? "" : path) ?? []) : [];
    return names.filter((name) => matchesName(tokens, name)).map((name) => (path === "." ? name : `${path}/${name}`));
  });
}

/** As Go's `fs.ValidPath` wants it. */
function isPlain(path: string): boolean {
  return path === "." || !path.split("/").some((step) => step === "" || step === "." || step === "..");
}

/** A pattern over whole paths, with `**` for any number of folders and `{a,b}`. Source: bmatcuk/doublestar. */
export interface PathPattern {
  matches(path: string): boolean;
}

/** @throws Error for a pattern that cannot be read */
export function parsePathPattern(pattern: string): PathPattern {
  const alternatives = expandBraces(pattern).map((each) =>
    stepsOf(each).map((step) => (step === "**" ? "**" : parseName(step, "doublestar"))),
  );
  return {
    matches: (path) => {
      const names = path.split("/");
      return alternatives.some((steps) => matchesSteps(steps, names));
    },
  };
}

/** Split at each slash that is in no class; one behind a backslash is one all the same. */
function stepsOf(pattern: string): string[] {
  const steps = [""];
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    let piece = pattern[at] ?? "";
    if (piece === "\\" && pattern[at + 1] === "/" && !isInClass) piece = pattern[++at] ?? "";
    else if (piece === "\\") piece += pattern[++at] ?? "";
    else if (piece === "[") isInClass = true;
    else if (piece === "]") isInClass = false;
    if (piece === "/" && !isInClass) steps.push("");
    else steps[steps.length - 1] += piece;
  }
  return steps;
}

/** Which prefixes of the pattern match which prefixes of the path, row by row. */
function matchesSteps(steps: readonly ("**" | readonly Token[])[], names: readonly string[]): boolean {
  let reached = [true, ...names.map(() => false)];
  for (const step of steps) {
    const next = names.map(() => false);
    const row = [step === "**" && (reached[0] ?? false), ...next];
    for (const [index, name] of names.entries()) {
      row[index + 1] =
        step === "**"
          ? (reached[index + 1] ?? false) || (row[index] ?? false)
          : (reached[index] ?? false) && matchesName(step, name);
    }
    reached = row;
  }
  return reached.at(-1) ?? false;
}

/** `a{b,c}d` as `abd`, `acd`. @throws Error for a brace that is not closed, and for more than 256 alternatives */
function expandBraces(pattern: string): string[] {
  const open = unescaped(pattern, "{", 0);
  const close = unescaped(pattern, "}", 0);
  if (close >= 0 && (open < 0 || close < open)) throw new Error("syntax error in pattern");
  if (open < 0) return [pattern];
  const parts: string[] = [];
  let [depth, start, at] = [1, open + 1, open + 1];
  for (; at < pattern.length && depth > 0; at++) {
    const char = pattern[at];
    if (char === "\\") at++;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) parts.push(pattern.slice(start, at));
    else if (char === "," && depth === 1) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    }
  }
  if (depth > 0) throw new Error("syntax error in pattern");
  const [before, after] = [pattern.slice(0, open), pattern.slice(at)];
  const expanded = parts.flatMap((part) => expandBraces(`${before}${part}${after}`));
  if (expanded.length > maxAlternatives) throw new Error(`more than ${maxAlternatives} alternatives in pattern`);
  return expanded;
}

function unescaped(text: string, char: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === char) return at;
  }
  return -1;
}

/**
 * Every path of a tree that a pattern matches, folders too, in the order of a walk. Source: bmatcuk/doublestar `Glob`, where what
 * stands before a last `**` is a folder.
 * @throws Error for a pattern that cannot be read
 */
export function walkMatches(tree: FileTree, pattern: string): string[] {
  // The root by its name stands before what has to be looked for, and nowhere else.
  const bare = pattern.replace(/^\.\/(?=[^/]*[*?[{\\])/, "");
  const [ofFolders, ofFiles] = [parsePathPattern(bare), parsePathPattern(bare.replace(/(^|\/)\*\*$/, "$1**/*"))];
  return [...pathsOf(tree, "")].filter((path) =>
    (tree.kindOf(path) === "directory" ? ofFolders : ofFiles).matches(path),
  );
}

/** Every path of a tree but its root. */
export function* pathsOf(tree: FileTree, folder: string): Generator<string> {
  for (const name of tree.list(folder) ?? []) {
    const path = joinPath(folder, name);
    if (path === undefined || path === folder) continue;
    yield path;
    if (tree.kindOf(path) === "directory") yield* pathsOf(tree, path);
  }
}
