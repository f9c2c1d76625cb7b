import type { Cancel } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { refKey, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { createWorkQueue } from "@eddy/runtime/controller";
import { determineNextLook } from "./pass/poll-schedule.ts";
import type { UpdatePorts } from "./pass/ports.ts";
import { matchesRepository } from "./registry/match-repository.ts";
import { updateObject, type PassResult } from "./pass/update-object.ts";

/** The passes over all objects with a policy. */
export interface UpdateLoop {
  /** The object is there, or changed: whoever polls is looked at at once. */
  see(ref: ObjectRef): void;
  forget(ref: ObjectRef): void;
  /** Registries are asked about this object now. */
  look(ref: ObjectRef, because: string): void;
  /** Somebody says that a repository has something new: every object with an image of it is looked at. How many those are. */
  hint(repository: string, tag: string | undefined): number;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Entry {
  readonly ref: ObjectRef;
  repositories: ReadonlySet<string>;
  /** Tags that webhooks named since the last pass. */
  hints: Map<string, string>;
  /** Set while somebody wants registries to be asked. */
  wantedSinceMs: number | undefined;
  failures: number;
  isPolled: boolean;
  hintedMs: number;
  timer: Cancel | undefined;
}

const concurrency = 8;
const [minRetryMs, maxRetryMs] = [2_000, 300_000];
/** However often somebody calls about an object, registries are not asked more often. */
const minHintGapMs = 1_000;

/** A loop over nothing yet. One pass an object at a time; a slow one keeps no other waiting. */
export function createUpdateLoop(ports: UpdatePorts): UpdateLoop {
  const { clock, logger } = ports;
  const entries = new Map<string, Entry>();
  const queue = createWorkQueue({
    concurrency,
    clock,
    work: async (key) => {
      const entry = entries.get(key);
      if (entry) await pass(entry);
    },
  });
  const ask = (entry: Entry, because: string): void => {
    entry.wantedSinceMs ??= clock.now();
    queue.add(refKey(entry.ref), { priority: "event", because });
  };
  const askAfter = (entry: Entry, delayMs: number, because: string): void => {
    entry.timer?.();
    entry.timer = clock.after(delayMs, () => ask(entry, because));
  };
  const pass = async (entry: Entry): Promise<void> => {
    const { wantedSinceMs, hints } = entry;
    entry.wantedSinceMs = undefined;
    entry.hints = new Map();
    const look = wantedSinceMs === undefined ? undefined : { sinceMs: wantedSinceMs, hints };
    try {
      follow(entry, await updateObject(entry.ref, look, ports));
    } catch (error) {
      // A conflict means that somebody else was faster: what is there now is looked at at once.
      const isConflict = hasReason(error, "Conflict", "Invalid");
      logger.log(isConflict ? "debug" : "error", "update failed", {
        object: refKey(entry.ref),
        error: messageOf(error),
      });
      for (const [repository, tag] of hints) if (!entry.hints.has(repository)) entry.hints.set(repository, tag);
      retry(entry);
    }
  };
  const retry = (entry: Entry): void => {
    entry.failures++;
    askAfter(entry, Math.min(minRetryMs * 2 ** (entry.failures - 1), maxRetryMs), "retry");
  };
  const follow = (entry: Entry, { tracked, hasFailed }: PassResult): void => {
    if (!tracked) return;
    entry.repositories = new Set(
      tracked.policy.form === "never" ? [] : tracked.images.map(({ repository }) => repository),
    );
    const wasPolled = entry.isPolled;
    const next = determineNextLook(tracked, clock.now());
    entry.isPolled = next.form === "at";
    if (next.form === "unreadable")
      logger.log("error", "read the schedule failed", { object: refKey(entry.ref), error: next.why });
    if (hasFailed) return retry(entry);
    entry.failures = 0;
    // The first look of whoever polls is immediate.
    if (entry.isPolled && !wasPolled) return ask(entry, "poll");
    if (next.form === "at") askAfter(entry, next.timeMs - clock.now(), "poll");
  };
  const drop = (key: string): void => {
    entries.get(key)?.timer?.();
    entries.delete(key);
    queue.forget(key);
  };
  const known = (ref: ObjectRef): Entry => {
    const entry = entries.get(refKey(ref)) ?? fresh(ref);
    entries.set(refKey(ref), entry);
    return entry;
  };
  return {
    see(ref) {
      const entry = known(ref);
      if (entry.isPolled) ask(entry, "changed");
      else queue.add(refKey(ref), { priority: "event", because: "changed" });
    },
    forget(ref) {
      drop(refKey(ref));
      ports.reporter.clear(ref);
    },
    look: (ref, because) => {
      const entry = entries.get(refKey(ref));
      if (entry) ask(entry, because);
    },
    hint(repository, tag) {
      let found = 0;
      for (const entry of entries.values()) {
        const meant = [...entry.repositories].filter((known) => matchesRepository(known, repository));
        if (meant.length === 0) continue;
        found++;
        if (tag !== undefined) for (const known of meant) entry.hints.set(known, tag);
        const waitMs = entry.hintedMs + minHintGapMs - clock.now();
        if (waitMs > 0) askAfter(entry, waitMs, "webhook");
        else {
          entry.hintedMs = clock.now();
          ask(entry, "webhook");
        }
      }
      return found;
    },
    idle: () => queue.idle(),
    async stop() {
      for (const key of entries.keys()) drop(key);
      await queue.stop();
    },
  };
}

function fresh(ref: ObjectRef): Entry {
  return {
    ref,
    repositories: new Set(),
    hints: new Map(),
    wantedSinceMs: undefined,
    failures: 0,
    isPolled: false,
    hintedMs: Number.NEGATIVE_INFINITY,
    timer: undefined,
  };
}
