import { HelmError } from "../error.ts";
import { parsePathPattern } from "./match-path.ts";

/** What a chart's folder leaves out. */
export interface HelmIgnore {
  /** Whether a path below the chart is left out; a folder with everything in it. */
  ignores(path: string, isDirectory: boolean): boolean;
}

interface Rule {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  matches(path: string): boolean;
}

/**
 * Reads .helmignore as Helm does, not as git would: no `**`; a rule with a slash matches the whole path, one without the last step;
 * a negated rule leaves out everything that it does not match. Hidden files below templates/ are always left out.
 * Source: Helm `pkg/ignore`.
 * @throws HelmError (terminal)
 */
export function parseHelmIgnore(text: string): HelmIgnore {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const rules = [...lines, "templates/.?*"].flatMap((line) => parseRule(line.trim()) ?? []);
  return { ignores: (path, isDirectory) => path !== "" && judge(rules, path, isDirectory) };
}

function judge(rules: readonly Rule[], path: string, isDirectory: boolean): boolean {
  for (const rule of rules) {
    if (rule.negated) {
      if ((rule.directoriesOnly && !isDirectory) || !rule.matches(path)) return true;
    } else if ((!rule.directoriesOnly || isDirectory) && rule.matches(path)) return true;
  }
  return false;
}

function parseRule(line: string): Rule | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  if (line.includes("**")) throw new HelmError("double-star (**) syntax is not supported");
  compile(line);
  const negated = line.startsWith("!");
  let rule = negated ? line.slice(1) : line;
  const directoriesOnly = rule.endsWith("/");
  if (directoriesOnly) rule = rule.slice(0, -1);
  const wholePath = rule.includes("/");
  const pattern = compile(rule.replace(/^\//, ""));
  return {
    negated,
    directoriesOnly,
    matches: (path) => pattern.matches(wholePath ? path : path.slice(path.lastIndexOf("/") + 1)),
  };
}

function compile(pattern: string): ReturnType<typeof parsePathPattern> {
  try {
    return parsePathPattern(pattern);
  } catch (cause) {
    throw new HelmError("syntax error in pattern", { cause, position: { file: ".helmignore" } });
  }
}
