import type { Clock } from "@eddy/core/clock";
import type { TraceContext } from "./trace-context.ts";

/** Which trace the work on a revision belongs to. */
export interface RevisionTraces {
  /** Notes the trace of a pass about a revision, where there is none yet. */
  remember(revision: string, by: string, context: TraceContext): void;
  /** The trace that the first pass of another object about this revision joins; none later on: a trace has an end. */
  join(revision: string | undefined, by: string): TraceContext | undefined;
}

const maxRevisions = 256;
const maxFollowers = 10_000;
const lastsMs = 600_000;

interface Entry {
  context: TraceContext;
  atMs: number;
  followers: Set<string>;
}

/** Remembers so many revisions for ten minutes. */
export function createRevisionTraces(clock: Clock): RevisionTraces {
  const entries = new Map<string, Entry>();
  const fresh = (revision: string): Entry | undefined => {
    const entry = entries.get(revision);
    return entry && clock.now() - entry.atMs < lastsMs ? entry : undefined;
  };
  return {
    remember(revision, by, context) {
      if (fresh(revision)) return;
      entries.delete(revision);
      entries.set(revision, { context, atMs: clock.now(), followers: new Set([by]) });
      if (entries.size > maxRevisions) entries.delete(entries.keys().next().value ?? "");
    },
    join(revision, by) {
      const entry = revision === undefined ? undefined : fresh(revision);
      if (!entry || entry.followers.has(by) || entry.followers.size >= maxFollowers) return undefined;
      entry.followers.add(by);
      return entry.context;
    },
  };
}
