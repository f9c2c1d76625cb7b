import { canonicalNameOf } from "@eddy/core/image";

/**
 * Whether a repository, in one spelling, is the one that somebody speaks of: by any of its names, or `?/path` in whatever registry.
 * Pure.
 */
export function matchesRepository(repository: string, spoken: string): boolean {
  if (spoken.startsWith("?/")) return repository.slice(repository.indexOf("/")) === spoken.slice(1);
  try {
    return canonicalNameOf(spoken) === repository;
  } catch {
    return false;
  }
}
