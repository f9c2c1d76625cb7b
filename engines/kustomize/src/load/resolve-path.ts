import { joinPath } from "@eddy/core/tree";
import { KustomizeError } from "../error.ts";
import type { FileRecorder } from "./file-recorder.ts";

/** What a path leads to once every symbolic link is followed. */
export interface ResolvedPath {
  path: string;
  kind: "file" | "directory";
  /** A link on the way could not be read, so where it leads is not known. */
  opaque: boolean;
}

const maxLinks = 40;

/**
 * Follows symbolic links in every step of a path; undefined where nothing is.
 * @throws KustomizeError where a link leaves the tree or leads in circles
 */
export function resolvePath(files: FileRecorder, path: string): ResolvedPath | undefined {
  let links = 0;
  let rest = path === "" ? [] : path.split("/");
  let current = "";
  let opaque = false;
  while (rest.length > 0) {
    const [step = "", ...further] = rest;
    const next = current === "" ? step : `${current}/${step}`;
    const kind = files.kindOf(next);
    if (kind === undefined) return undefined;
    rest = further;
    if (kind !== "symlink") {
      if (kind === "file" && rest.length > 0) return undefined;
      current = next;
      continue;
    }
    if (++links > maxLinks)
      throw new KustomizeError(`follow the link "${next}": too many links`, { position: { file: next } });
    const target = files.readLink(next);
    if (target === undefined) {
      current = next;
      opaque = true;
      continue;
    }
    const joined = joinPath(current, target);
    if (joined === undefined) {
      throw new KustomizeError(`follow the link "${next}": it leaves the tree`, { position: { file: next } });
    }
    rest = [...(joined === "" ? [] : joined.split("/")), ...rest];
    current = "";
  }
  return { path: current, kind: kindAt(files, current, opaque), opaque };
}

function kindAt(files: FileRecorder, path: string, opaque: boolean): "file" | "directory" {
  if (path === "") return "directory";
  const kind = files.kindOf(path);
  if (kind === "directory" || (opaque && files.list(path) !== undefined)) return "directory";
  return "file";
}
