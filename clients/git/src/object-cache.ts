import { ownBytes } from "@eddy/core/bytes";
import type { GitObject } from "./object.ts";

/** Inflated objects, kept while there is room. */
export interface ObjectCache {
  get(key: string): GitObject | undefined;
  set(key: string, value: GitObject): void;
}

const overheadBytes = 200;

/** Keeps what was used last, up to a number of bytes. */
export function createObjectCache(maxBytes: number): ObjectCache {
  const entries = new Map<string, GitObject>();
  let bytes = 0;
  const cost = (object: GitObject): number => object.data.length + overheadBytes;
  return {
    get(key) {
      const found = entries.get(key);
      if (!found) return undefined;
      entries.delete(key);
      entries.set(key, found);
      return found;
    },
    set(key, value) {
      if (entries.has(key)) return;
      entries.set(key, { type: value.type, data: ownBytes(value.data) });
      bytes += cost(value);
      for (const [oldest, object] of entries) {
        if (bytes <= maxBytes) break;
        entries.delete(oldest);
        bytes -= cost(object);
      }
    },
  };
}
