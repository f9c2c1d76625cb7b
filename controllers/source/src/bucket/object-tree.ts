import { memoryTree, type FileTree } from "@eddy/core/tree";
import { rootedPath } from "../trees/rooted-path.ts";
import { bucketFailure, ignoreFileName } from "./list-objects.ts";

/**
 * The objects as files. A key is a path as seen from a root that nothing leaves.
 * @throws StepError BucketOperationFailed for a key that is a file and a folder, or two that are one file
 */
export function objectTree(contents: ReadonlyMap<string, Uint8Array>, ignoreFile: Uint8Array | undefined): FileTree {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  for (const [key, bytes] of contents) {
    const path = rootedPath(key);
    const steps = path.split("/");
    const parents = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("/"));
    for (const parent of parents) folders.add(parent);
    if (path === "" || files.has(path)) throw bucketFailure(`failed to get '${key}' object: file exists`);
    files.set(path, bytes);
  }
  const clash = [...folders].find((folder) => files.has(folder));
  if (clash !== undefined) throw bucketFailure(`failed to get '${clash}' object: is a directory`);
  return memoryTree({ ...(ignoreFile ? { [ignoreFileName]: ignoreFile } : {}), ...Object.fromEntries(files) });
}
