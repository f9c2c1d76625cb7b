import type { Cancel } from "@eddy/core/clock";

/** What scans found, by ImageRepository (`<namespace>/<name>`). In memory: after a restart everything is scanned again. */
export interface TagStore {
  /** Tags in the order in which they were kept; undefined where nothing was scanned yet. */
  read(repository: string): readonly string[] | undefined;
  has(repository: string): boolean;
  /** Keeps tags that registries can have: no other character than those of a tag. */
  write(repository: string, tags: readonly string[]): void;
  forget(repository: string): void;
  /** Called when a repository has tags that had none. */
  onFilled(listener: (repository: string) => void): Cancel;
}

const separator = "\n";

/** A store with nothing in it. A repository takes as many bytes as its tags have letters. */
export function createTagStore(): TagStore {
  const stored = new Map<string, Buffer>();
  const listeners = new Set<(repository: string) => void>();
  return {
    has: (repository) => (stored.get(repository)?.length ?? 0) > 0,
    read(repository) {
      const bytes = stored.get(repository);
      if (bytes === undefined) return undefined;
      return bytes.length === 0 ? [] : bytes.toString("latin1").split(separator);
    },
    write(repository, tags) {
      const wasEmpty = (stored.get(repository)?.length ?? 0) === 0;
      // A buffer of its own: a slice of Node's pool would keep the rest of the pool.
      const text = tags.join(separator);
      const bytes = Buffer.allocUnsafeSlow(text.length);
      bytes.write(text, "latin1");
      stored.set(repository, bytes);
      if (wasEmpty && tags.length > 0) for (const listener of listeners) listener(repository);
    },
    forget: (repository) => void stored.delete(repository),
    onFilled(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
