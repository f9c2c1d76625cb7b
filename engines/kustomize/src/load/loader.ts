import { joinPath } from "@eddy/core/tree";
import { type BuildBudget, stepsPerByte } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { BuildLimits, RemoteLoader } from "../options.ts";
import { FileRecorder } from "./file-recorder.ts";
import { parseRepositoryUrl } from "./repository-url.ts";
import { resolvePath } from "./resolve-path.ts";

/** What all loaders of a build have in common. */
export interface LoaderContext {
  files: FileRecorder;
  restrictToRoot: boolean;
  limits: BuildLimits;
  budget: BuildBudget;
  remote: RemoteLoader | undefined;
  warn: (message: string) => void;
}

/** Loads the files of one kustomization, and makes the loaders of those that it refers to. */
export class Loader {
  readonly context: LoaderContext;
  /** The directory in the tree, without links. */
  readonly root: string;
  readonly #referrer: Loader | undefined;
  readonly #depth: number;
  /** What named the repository whose directory this is; undefined for one that was reached by a path. */
  readonly url: string | undefined;

  constructor(context: LoaderContext, root: string, referrer?: Loader, url?: string) {
    this.context = context;
    this.root = root;
    this.#referrer = referrer;
    this.url = url;
    this.#depth = referrer === undefined ? 0 : referrer.#depth + 1;
  }

  /** A loader for the root of a build. @throws KustomizeError where there is no directory */
  static at(context: LoaderContext, path: string): Loader {
    const clean = joinPath("", path);
    const found = clean === undefined ? undefined : resolvePath(context.files, clean);
    if (found?.kind !== "directory")
      throw new KustomizeError(`must build at directory: "${path}" is none`, { position: { file: path } });
    return new Loader(context, found.path);
  }

  /** The path in the tree that a path of this kustomization names, links not followed. @throws KustomizeError */
  #join(path: string): string {
    const joined = path.startsWith("/") ? undefined : joinPath(this.root, path);
    if (joined === undefined) {
      throw new KustomizeError(`security; file '${path}' is not in or below '${this.root}'`, {
        position: { file: this.root, field: path },
      });
    }
    return joined;
  }

  /** What stands at a path: a file, a directory, or nothing. */
  kindOf(path: string): "file" | "directory" | undefined {
    const joined = path.startsWith("/") ? undefined : joinPath(this.root, path);
    return joined === undefined ? undefined : resolvePath(this.context.files, joined)?.kind;
  }

  /** The bytes of a file, and its path in the tree. @throws KustomizeError where it may not be read */
  loadBytes(path: string): { bytes: Uint8Array; file: string } {
    if (isFileUrl(path)) return { bytes: this.#loadRemote(path), file: path };
    const joined = this.#join(path);
    const found = resolvePath(this.context.files, joined);
    if (found === undefined) {
      throw new KustomizeError(`evalsymlink failure on '${joined}': no such file or directory`, {
        position: { file: joined },
      });
    }
    if (found.kind !== "file")
      throw new KustomizeError(`'${joined}' must resolve to a file`, { position: { file: joined } });
    if (this.context.restrictToRoot && (found.opaque || !isBelow(found.path, this.root))) {
      throw new KustomizeError(`security; file '${joined}' is not in or below '${this.root}'`, {
        position: { file: joined },
        hint: "build without load restriction, or move the file",
      });
    }
    return { bytes: this.context.files.read(found.path), file: joined };
  }

  /** The text of a file. @throws KustomizeError where it may not be read or is no UTF-8 */
  loadText(path: string): { text: string; file: string } {
    const { bytes, file } = this.loadBytes(path);
    // A file that is named a thousand times is parsed a thousand times.
    this.context.budget.step(bytes.length * stepsPerByte, file);
    try {
      return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), file };
    } catch (cause) {
      throw new KustomizeError(`read "${file}": it is no UTF-8 text`, { position: { file }, cause });
    }
  }

  #loadRemote(url: string): Uint8Array {
    const { remote, limits } = this.context;
    if (remote === undefined) {
      throw new KustomizeError(`load "${url}": remote files are not allowed here`, {
        position: { file: this.root, field: url },
      });
    }
    return remote.file(url, limits.maxFileBytes);
  }

  /** The loader of another kustomization. @throws KustomizeError for cycles, files and paths that are not there */
  open(path: string): Loader {
    if (path === "") throw new KustomizeError("new root cannot be empty", { position: { file: this.root } });
    if (parseRepositoryUrl(path) !== undefined) return this.#openRemote(path);
    if (path.startsWith("/")) {
      throw new KustomizeError(`new root '${path}' cannot be absolute`, { position: { file: this.root } });
    }
    const steps = path.split("/");
    if (steps.some((step) => step !== ".." && step.includes(".."))) {
      throw new KustomizeError(
        `path ${JSON.stringify(path)} is ambiguous: check for YAML indentation errors in your kustomization file`,
        { position: { file: this.root } },
      );
    }
    const found = resolvePath(this.context.files, this.#join(path));
    if (found?.kind !== "directory") {
      const what = found === undefined ? "no such file or directory" : "not a directory";
      throw new KustomizeError(`must build at directory: '${this.#join(path)}': ${what}`, {
        position: { file: this.root, field: path },
      });
    }
    this.#refuseCycle(found.path);
    return this.#child(this.context, found.path);
  }

  #child(context: LoaderContext, root: string, url?: string): Loader {
    const child = new Loader(context, root, this, url);
    if (child.#depth > context.limits.maxDepth) {
      throw new KustomizeError(`open "${root}": more than ${context.limits.maxDepth} kustomizations above each other`, {
        position: { file: root },
      });
    }
    return child;
  }

  #openRemote(url: string): Loader {
    const { remote, limits } = this.context;
    if (remote === undefined) {
      throw new KustomizeError(`open "${url}": remote bases are not allowed here`, {
        position: { file: this.root, field: url },
      });
    }
    this.#refuseRepositoryCycle(url);
    const { tree, path } = remote.repository(url);
    const context = { ...this.context, files: new FileRecorder(tree, limits), restrictToRoot: true };
    const inside = joinPath("", path.replace(/^\/+/, ""));
    const found = inside === undefined ? undefined : resolvePath(context.files, inside);
    if (found?.kind !== "directory") {
      throw new KustomizeError(`open "${url}": there is no directory "${path}" in the repository`, {
        position: { file: this.root },
      });
    }
    return this.#child(context, found.path, url);
  }

  #refuseRepositoryCycle(candidate: string): void {
    if (this.url?.startsWith(candidate)) {
      throw new KustomizeError(`cycle detected: URI '${candidate}' referenced by previous URI '${this.url}'`, {
        position: { file: this.root },
      });
    }
    if (this.#referrer !== undefined) this.#referrer.#refuseRepositoryCycle(candidate);
  }

  #refuseCycle(candidate: string): void {
    if (isBelow(this.root, candidate)) {
      throw new KustomizeError(`cycle detected: candidate root '${candidate}' contains visited root '${this.root}'`, {
        position: { file: this.root },
      });
    }
    if (this.#referrer?.context.files === this.context.files) this.#referrer.#refuseCycle(candidate);
  }
}

/** Whether a path is a URL that is fetched as a file. */
export function isFileUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** Whether a path is a directory or stands below it. */
function isBelow(path: string, directory: string): boolean {
  return directory === "" || path === directory || path.startsWith(`${directory}/`);
}
