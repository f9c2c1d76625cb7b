import { sha256 } from "@eddy/core/digest";
import type { KubeObject } from "@eddy/core/object";
import type { FileTree } from "@eddy/core/tree";

/** What a render came to. */
export interface Rendered {
  objects: KubeObject[];
  /** `sha256:<hex>` of all objects as text. */
  digest: string;
}

/** The last render of each Kustomization, good until something that it read changes. */
export interface RenderMemory {
  /** What `key` rendered from the same inputs, when no file that it read differs in `tree`. */
  recall(key: string, inputs: string, tree: FileTree): Rendered | undefined;
  /** `files`: every path that the render read, listed, or found missing. */
  keep(key: string, inputs: string, tree: FileTree, render: { files: Iterable<string>; rendered: Rendered }): void;
  forget(key: string): void;
}

interface Kept {
  inputs: string;
  tree: WeakRef<FileTree>;
  stamps: ReadonlyMap<string, string>;
  /** Text: objects take several times the memory, and most renders are never looked at again. */
  text: string;
  digest: string;
}

/** An empty memory. */
export function createRenderMemory(): RenderMemory {
  const renders = new Map<string, Kept>();
  return {
    recall(key, inputs, tree) {
      const kept = renders.get(key);
      if (!kept || kept.inputs !== inputs) return undefined;
      if (kept.tree.deref() !== tree && !isUntouched(kept.stamps, tree)) return undefined;
      kept.tree = new WeakRef(tree);
      return { objects: JSON.parse(kept.text) as KubeObject[], digest: kept.digest };
    },
    keep(key, inputs, tree, { files, rendered }) {
      const text = textOf(rendered.objects);
      if (text === undefined) return void renders.delete(key);
      const stamps = new Map(Array.from(files, (path) => [path, stampOf(tree, path)]));
      renders.set(key, { inputs, tree: new WeakRef(tree), stamps, text, digest: rendered.digest });
    },
    forget: (key) => void renders.delete(key),
  };
}

// Integers beyond 2^53 have no JSON text here; such a render is made anew each time.
function textOf(objects: readonly KubeObject[]): string | undefined {
  try {
    return JSON.stringify(objects);
  } catch {
    return undefined;
  }
}

function isUntouched(stamps: ReadonlyMap<string, string>, tree: FileTree): boolean {
  for (const [path, stamp] of stamps) if (stampOf(tree, path) !== stamp) return false;
  return true;
}

/** What stands at a path, in a form that is equal for equal content. */
function stampOf(tree: FileTree, path: string): string {
  const kind = tree.kindOf(path);
  if (kind === undefined) return "absent";
  if (kind === "directory") return listingOf(tree, path);
  const identity = tree.identityOf?.(path);
  if (identity !== undefined) return `${kind} ${identity}`;
  const content = tree.read(path);
  return content ? `${kind} ${sha256(content)}` : kind;
}

const listings = new WeakMap<FileTree, Map<string, string>>();

// One text for all renders that saw the same folder: a thousand of a folder of a thousand would else keep a million names.
function listingOf(tree: FileTree, path: string): string {
  const known = listings.get(tree) ?? new Map<string, string>();
  listings.set(tree, known);
  const listing = known.get(path) ?? `directory ${(tree.list(path) ?? []).join("/")}`;
  known.set(path, listing);
  return listing;
}
