/**
 * Files where they are: a folder on disk as a tree, and a file behind an `http:` or `https:` URL.
 *
 * Reads only, nothing is cached. Entry points: {@link diskTree} and {@link fetchFile}.
 */
export { diskTree } from "./disk-tree.ts";
export { fetchFile, type FetchFileOptions, FileFetchError } from "./fetch-file.ts";
