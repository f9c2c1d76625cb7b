import { joinPath, type FileTree } from "@eddy/core/tree";
import { parsePattern, parsePatterns, type Pattern } from "./pattern.ts";

/** Says which paths of a source are left out. */
export interface IgnoreMatcher {
  ignores(path: string, isDirectory: boolean): boolean;
}

const vcs = [".git/", ".gitignore", ".gitmodules", ".gitattributes"];
const defaults =
  "*.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip .github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml codeship-services.yml codeship-steps.yml **/.goreleaser.yml **/.sops.yaml **/.flux.yaml".split(
    " ",
  );
const toPatterns = (lines: readonly string[]): Pattern[] => lines.map((line) => parsePattern(line, []));
const vcsPatterns = toPatterns(vcs);
const defaultPatterns = toPatterns(defaults);

const ignoreFile = ".sourceignore";
const maxDepth = 512;

/**
 * The matcher of a source: files of version control, then every `.sourceignore` of the tree in its own folder, then
 * `specIgnore`, the last that says something winning. Only without any pattern of the user the default excludes count.
 * Source: Flux spec 3.1 "Ignore rules".
 */
export function sourceMatcher(tree: FileTree, specIgnore?: string): IgnoreMatcher {
  const own = [...loadPatterns(tree, "", 0), ...(specIgnore === undefined ? [] : parsePatterns(specIgnore))];
  return matcherOf([...vcsPatterns, ...(own.length > 0 ? own : defaultPatterns)]);
}

/** Patterns, of which the last that fits decides. */
export function matcherOf(patterns: readonly Pattern[]): IgnoreMatcher {
  const lastFirst = [...patterns].reverse();
  return {
    ignores(path, isDirectory) {
      if (path === "") return false;
      const steps = path.split("/");
      for (const pattern of lastFirst) {
        const result = pattern.match(steps, isDirectory);
        if (result !== undefined) return result === "exclude";
      }
      return false;
    },
  };
}

function loadPatterns(tree: FileTree, folder: string, depth: number): Pattern[] {
  if (depth > maxDepth) return [];
  const patterns: Pattern[] = [];
  const names = tree.list(folder) ?? [];
  if (names.includes(ignoreFile)) {
    const content = tree.read(joinPath(folder, ignoreFile) ?? "");
    const domain = folder === "" ? [] : folder.split("/");
    if (content) patterns.push(...parsePatterns(Buffer.from(content).toString("utf8"), domain));
  }
  for (const name of names) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (name !== ".git" && tree.kindOf(path) === "directory") patterns.push(...loadPatterns(tree, path, depth + 1));
  }
  return patterns;
}
