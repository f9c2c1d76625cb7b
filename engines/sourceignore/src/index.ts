/**
 * Which files of a source belong into its artifact.
 *
 * Not Git's own ignore rules: file by file, as go-git's matcher decides. Entry point: `ignoreTree`.
 */
export {};
