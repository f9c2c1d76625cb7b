import type { Validators } from "@eddy/http";

/** What was fetched last, by which the next request is conditional. */
export interface SeenIndex {
  /** URL and access that it was fetched with. */
  readonly key: string;
  readonly validators: Validators;
  /** `sha256:<hex>` of the file. */
  readonly revision: string;
}

/** The last index of each repository, without its content. */
export interface IndexMemory {
  get(owner: string): SeenIndex | undefined;
  set(owner: string, seen: SeenIndex): void;
  forget(owner: string): void;
}

/** Nothing seen yet. */
export function createIndexMemory(): IndexMemory {
  const seen = new Map<string, SeenIndex>();
  return {
    get: (owner) => seen.get(owner),
    set: (owner, index) => void seen.set(owner, index),
    forget: (owner) => void seen.delete(owner),
  };
}
