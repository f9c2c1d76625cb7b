import { posix } from "node:path";
import type { CopyOperation } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { trimRight } from "@eddy/core/trim";
import { dump } from "@eddy/goyaml";
import { mergeMaps, readValues } from "@eddy/helm";
import { defaultArtifactLimits, unpackTree } from "@eddy/runtime/artifact";
import { globPaths, parsePathPattern, pathsOf, walkMatches, type PathPattern } from "./glob.ts";
import type { Staging } from "./staging.ts";

/** Trees of the sources by their aliases. */
export type SourceTrees = ReadonlyMap<string, FileTree>;

/** Upstream's limit for an archive that is extracted. */
const maxExtractedBytes = 100 * 1024 ** 2;

/**
 * One copy operation, with the semantics of `cp`. Source: source-watcher internal/builder.
 * @throws Error in upstream's words
 */
export async function applyCopy(operation: CopyOperation, sources: SourceTrees, staging: Staging): Promise<void> {
  try {
    const { alias, pattern } = parseSource(operation.from);
    const source = sources.get(alias);
    if (!source) throw new Error(`source alias '${alias}' not found`);
    const copy = new Copy(operation, source, staging);
    await (/[*?[\]]/.test(pattern) ? copy.matches(alias, pattern) : copy.single(pattern));
  } catch (cause) {
    const doing = `failed to apply copy operation from '${operation.from}' to '${operation.to}'`;
    throw new Error(`${doing}: ${messageOf(cause)}`, { cause });
  }
}

function parseSource(from: string): { alias: string; pattern: string } {
  const slash = from.indexOf("/");
  if (!from.startsWith("@")) throw new Error(`invalid copy source '${from}': source must start with '@'`);
  if (slash < 0) throw new Error(`invalid copy source '${from}': source format must be '@alias/pattern'`);
  return { alias: from.slice(1, slash), pattern: from.slice(slash + 1) };
}

const root = "@artifact/";

class Copy {
  private readonly operation: CopyOperation;
  private readonly source: FileTree;
  private readonly staging: Staging;
  private readonly destination: string;
  private readonly excluded: readonly { readonly text: string; readonly pattern: PathPattern }[];

  constructor(operation: CopyOperation, source: FileTree, staging: Staging) {
    const { to, exclude = [] } = operation;
    if (!to.startsWith(root))
      throw new Error(`invalid copy destination '${to}': destination must start with '${root}'`);
    this.operation = operation;
    this.source = source;
    this.staging = staging;
    this.destination = to.slice(root.length);
    this.excluded = exclude.map((text) => ({ text, pattern: parseExclude(text) }));
  }

  async single(given: string): Promise<void> {
    const path = cleaned(given, `failed to stat source '${posix.normalize(given)}'`);
    const shown = path === "" ? "." : path;
    const kind = this.source.kindOf(path);
    if (kind === undefined) throw new Error(`source '${shown}' does not exist`);
    const name = path === "" ? "" : posix.basename(path);
    if (kind === "directory") {
      if (this.operation.strategy === "Extract")
        throw new Error(`extract strategy is not supported for directories, got '${shown}'`);
      return this.folder(path, this.below(name));
    }
    if (this.isExcluded(path)) return;
    if (this.operation.strategy === "Extract") {
      if (!isTarball(path)) throw new Error(`extract strategy requires tarball file (.tar.gz or .tgz), got '${path}'`);
      return this.extract(path);
    }
    const isFolder = this.operation.to.endsWith("/") || this.staging.kindOf(this.below("")) === "directory";
    this.file(path, this.below(isFolder ? name : ""));
  }

  async matches(alias: string, pattern: string): Promise<void> {
    const isExtract = this.operation.strategy === "Extract";
    const found = this.find(pattern, isExtract);
    if (found.length === 0) throw new Error(`no files match pattern '${pattern}' in source '${alias}'`);
    const wanted = found.filter((path) => !this.isExcluded(path));
    if (wanted.length === 0)
      throw new Error(`all files matching pattern '${pattern}' in source '${alias}' were excluded`);
    for (const path of wanted) {
      if (isExtract) {
        if (isTarball(path)) await this.extract(path);
        continue;
      }
      const destination = this.below(matchDestination(pattern, path));
      try {
        if (this.source.kindOf(path) === "directory") this.folder(path, destination);
        else this.file(path, destination);
      } catch (cause) {
        throw new Error(`failed to copy file '${path}' to '${destination}': ${messageOf(cause)}`, { cause });
      }
    }
  }

  private find(pattern: string, isExtract: boolean): string[] {
    try {
      return isExtract ? walkMatches(this.source, pattern) : globPaths(this.source, pattern);
    } catch (cause) {
      throw new Error(`invalid glob pattern '${pattern}': ${messageOf(cause)}`, { cause });
    }
  }

  /** A path below the destination. @throws Error for one that leaves the artifact */
  private below(path: string): string {
    return cleaned(`${this.destination}/${path}`, `open ${this.destination}`);
  }

  private isExcluded(path: string): boolean {
    const name = posix.basename(path);
    return this.excluded.some(
      ({ text, pattern }) => pattern.matches(path) || (!text.includes("/") && pattern.matches(name)),
    );
  }

  private file(path: string, destination: string): void {
    const isThere = this.staging.kindOf(destination) === "file";
    if (this.operation.strategy === "Merge" && isThere) this.merge(path, destination);
    else this.staging.addFile(destination, { tree: this.source, path });
  }

  private merge(path: string, destination: string): void {
    const [below, over] = [this.staging.read(destination), this.source.read(path)].map((content) =>
      readValues(Buffer.from(content ?? "").toString("utf8")),
    );
    const content = Buffer.from(dump(mergeMaps(below ?? {}, over ?? {})));
    this.staging.addFile(destination, { content, executable: false });
  }

  /** Everything below a folder but what is excluded, by its path in the folder. */
  private folder(path: string, destination: string): void {
    this.staging.addFolder(destination);
    const prefix = path === "" ? "" : `${path}/`;
    const skipped: string[] = [];
    for (const child of pathsOf(this.source, path)) {
      const inside = child.slice(prefix.length);
      if (skipped.some((folder) => inside.startsWith(`${folder}/`))) continue;
      const target = destination === "" ? inside : `${destination}/${inside}`;
      const kind = this.source.kindOf(child);
      if (this.isExcluded(inside)) {
        if (kind === "directory") skipped.push(inside);
      } else if (kind === "directory") this.staging.addFolder(target);
      else if (kind === "file") this.staging.addFile(target, { tree: this.source, path: child });
    }
  }

  private async extract(path: string): Promise<void> {
    const destination = this.below("");
    const shown = destination === "" ? "." : destination;
    let tree: FileTree;
    try {
      const limits = { ...defaultArtifactLimits, maxUnpackedBytes: maxExtractedBytes };
      tree = await unpackTree(this.source.read(path) ?? new Uint8Array(), limits);
    } catch (cause) {
      const doing = `failed to extract tarball '${path}' to '${shown}'`;
      throw new Error(`${doing}: ${messageOf(cause)}`, { cause });
    }
    this.staging.addFolder(destination);
    for (const child of pathsOf(tree, "")) {
      const target = destination === "" ? child : `${destination}/${child}`;
      if (tree.kindOf(child) === "directory") this.staging.addFolder(target);
      else this.staging.addFile(target, { tree, path: child });
    }
  }
}

function parseExclude(pattern: string): PathPattern {
  try {
    return parsePathPattern(pattern);
  } catch (cause) {
    throw new Error(`invalid exclude pattern '${pattern}'`, { cause });
  }
}

/** A path without `.` and `..`, "" for the root. @throws Error `path escapes from parent` */
function cleaned(path: string, doing: string): string {
  const clean = trimRight(posix.normalize(path.replace(/^\/+/, "")), "/");
  if (clean === ".." || clean.startsWith("../")) throw new Error(`${doing}: path escapes from parent`);
  return clean === "." ? "" : clean;
}

/** Below `dir/**` what follows the folder; otherwise the whole path. */
function matchDestination(pattern: string, path: string): string {
  const folder = pattern.endsWith("/**") ? pattern.slice(0, -"**".length) : undefined;
  return folder !== undefined && path.startsWith(folder) ? path.slice(folder.length) : path;
}

function isTarball(path: string): boolean {
  return /\.(?:tar\.gz|tgz)$/i.test(path);
}
