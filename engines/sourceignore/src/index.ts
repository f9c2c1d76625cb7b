/**
 * Which files of a source belong into its artifact.
 *
 * Not Git's own ignore rules: file by file, as go-git's matcher decides. Entry points: {@link sourceMatcher} and
 * {@link ignoreTree}.
 */
export { ignoreTree } from "./ignore-tree.ts";
export { matcherOf, sourceMatcher, type IgnoreMatcher } from "./matcher.ts";
export { parsePattern, parsePatterns, type Pattern } from "./pattern.ts";
