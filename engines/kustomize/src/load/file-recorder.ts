import type { EntryKind, FileTree } from "@eddy/core/tree";
import { KustomizeError } from "../error.ts";
import type { BuildLimits } from "../options.ts";

/** A tree that remembers what was asked of it, and refuses files that are too large. */
export class FileRecorder {
  readonly tree: FileTree;
  readonly files: Set<string>;
  readonly #limits: BuildLimits;
  #totalBytes = 0;

  constructor(tree: FileTree, limits: BuildLimits, files: Set<string> = new Set()) {
    this.tree = tree;
    this.files = files;
    this.#limits = limits;
  }

  kindOf(path: string): EntryKind | undefined {
    this.files.add(path);
    return this.tree.kindOf(path);
  }

  /** The text of a symbolic link, or undefined where the tree does not tell. */
  readLink(path: string): string | undefined {
    this.files.add(path);
    return this.tree.readLink?.(path);
  }

  list(path: string): readonly string[] | undefined {
    this.files.add(path);
    return this.tree.list(path);
  }

  /** The bytes of a file. @throws KustomizeError where it is missing or too large */
  read(path: string): Uint8Array {
    this.files.add(path);
    this.#check(path, this.tree.sizeOf?.(path));
    const bytes = this.tree.read(path);
    if (bytes === undefined) {
      throw new KustomizeError(`read "${path}": there is no such file`, { position: { file: path } });
    }
    this.#check(path, bytes.length);
    this.#totalBytes += bytes.length;
    if (this.#totalBytes > this.#limits.maxTotalBytes) {
      throw new KustomizeError(`read "${path}": the build has more than ${this.#limits.maxTotalBytes} bytes of files`, {
        position: { file: path },
      });
    }
    return bytes;
  }

  #check(path: string, bytes: number | undefined): void {
    if (bytes === undefined || bytes <= this.#limits.maxFileBytes) return;
    throw new KustomizeError(`read "${path}": it has ${bytes} bytes, ${this.#limits.maxFileBytes} are allowed`, {
      position: { file: path },
    });
  }
}
