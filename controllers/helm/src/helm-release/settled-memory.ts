import type { ReleaseState } from "@eddy/runtime/helm";

/** What a release looked like when it was found in step: while that is so, nothing has to be read. */
export interface SettledMemory {
  /** The state that was found for exactly these facts. */
  recall(key: string, facts: string): ReleaseState | undefined;
  keep(key: string, facts: string, state: ReleaseState): void;
  forget(key: string): void;
}

/** An empty memory; only what was in step is worth keeping. */
export function createSettledMemory(): SettledMemory {
  const known = new Map<string, { facts: string; state: ReleaseState }>();
  return {
    recall(key, facts) {
      const entry = known.get(key);
      return entry?.facts === facts ? entry.state : undefined;
    },
    keep(key, facts, state) {
      if (state.name === "InSync") known.set(key, { facts, state });
      else known.delete(key);
    },
    forget: (key) => void known.delete(key),
  };
}
