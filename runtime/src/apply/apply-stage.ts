import type { KubeObject } from "@eddy/core/object";
import { waitGone } from "../health/wait-gone.ts";
import { ApplyError, formatApplyError, isImmutableError, type ApplyPhase } from "./apply-error.ts";
import { changeEntry, type ChangeAction, type ChangeEntry } from "./change-set.ts";
import { controlsOf } from "./control-metadata.ts";
import { examineObject, readObject, scopeObject, type Candidate } from "./examine-object.ts";
import { planTakeover } from "./foreign-managers.ts";
import { hasDrifted } from "./has-drifted.ts";
import { cedeIgnoredFields, withoutPaths, type CompiledIgnoreRules } from "./ignore-rules.ts";
import { inParallel } from "./in-parallel.ts";
import { rankOf } from "./object-order.ts";
import type { ApplyOptions, ApplyTarget } from "./target.ts";

/** What a stage needs besides its objects. */
export interface StageContext {
  target: ApplyTarget;
  options: ApplyOptions;
  rules: CompiledIgnoreRules;
  /** Called before each write; does its work once. */
  beforeWrite(): Promise<void>;
}

const defaultConcurrency = 8;

/** A wanted write: what is sent, and what it will be called if it changes something. */
interface PlannedWrite {
  candidate: Candidate;
  send: KubeObject;
  action: ChangeAction;
}

/**
 * Brings the objects of one stage, already normalised and in order, to the cluster. Nothing is written before every
 * object that has to be was accepted by a dry-run; a stage with one write needs none. What is proven unchanged costs no
 * request.
 * @throws ApplyError with what had been written.
 */
export async function applyStage(objects: readonly KubeObject[], context: StageContext): Promise<ChangeEntry[]> {
  const { target, options } = context;
  const limit = options.concurrency ?? defaultConcurrency;
  const scoped = await Promise.all(objects.map((object) => scopeObject(object, target.kube)));
  const candidates = scoped.map((object) => examineObject(object, { target, options, rules: context.rules }));
  const actions = new Map<Candidate, ChangeAction>();
  await inParallel(candidates.filter(isUnknown), limit, (candidate) => readObject(candidate, target, options));
  for (const candidate of candidates) {
    if (candidate.knowledge === "Skipped") actions.set(candidate, "skipped");
    if (candidate.knowledge === "Unchanged") actions.set(candidate, "unchanged");
  }
  const open = candidates.filter((candidate) => !actions.has(candidate));
  const [only] = open;
  const writes: (PlannedWrite | undefined)[] = [];
  if (open.length === 1 && only && isSafeAlone(only)) {
    writes.push({ candidate: only, send: only.desired, action: only.absent ? "created" : "configured" });
  } else {
    await inParallel(open, limit, async (candidate, index) => {
      writes[index] = await attempt(candidate, "dry-run", [], () => dryRun(candidate, context));
      if (!writes[index]) actions.set(candidate, "unchanged");
    });
  }
  const entries = (): ChangeEntry[] =>
    candidates.flatMap((candidate) => {
      const action = actions.get(candidate);
      return action ? [changeEntry(candidate.live ?? candidate.desired, action)] : [];
    });
  const planned = writes.filter((write) => write !== undefined);
  for (const wave of wavesOf(planned)) {
    await inParallel(wave, limit, async ({ candidate, send, action }) => {
      await context.beforeWrite();
      const phase: ApplyPhase = planned.length === 1 && open.length === 1 ? "dry-run" : "apply";
      const changed = await attempt(candidate, phase, entries, () =>
        orRecreate(candidate, context, () => write(candidate, send, context)),
      );
      actions.set(candidate, !changed ? "unchanged" : candidate.absent ? "created" : action);
    });
  }
  return entries();
}

const isUnknown = ({ knowledge }: Candidate): boolean => knowledge === "Unknown";

// Its wish is new or it is not there: no live object has to be compared with, and there is nothing to take over.
function isSafeAlone(candidate: Candidate): boolean {
  return candidate.knowledge === "Changed" || candidate.absent;
}

async function attempt<R>(
  candidate: Candidate,
  phase: ApplyPhase,
  applied: readonly ChangeEntry[] | (() => ChangeEntry[]),
  action: () => Promise<R>,
): Promise<R> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ApplyError) throw error;
    const done = typeof applied === "function" ? applied() : applied;
    throw new ApplyError(formatApplyError(candidate.desired, phase, error), done, error);
  }
}

/** Asks the server what applying would do; undefined when it would do nothing. */
async function dryRun(candidate: Candidate, context: StageContext): Promise<PlannedWrite | undefined> {
  const { target, options, rules } = context;
  const { desired, live } = candidate;
  const answer = await dryRunOrRecreate(candidate, context);
  if (candidate.knowledge === "Changed") return { candidate, send: desired, action: "configured" };
  if (!live || candidate.absent) return { candidate, send: desired, action: "created" };
  const tookOver = await takeOver(candidate, context);
  const paths = rules.pathsFor(answer);
  const drifted = hasDrifted(withoutPaths(live, paths), withoutPaths(answer, paths));
  if (!drifted && !tookOver) {
    target.memory.remember(live, { owner: options.owner, hash: candidate.hash, object: desired });
    target.live?.watch({ group: candidate.ref.group, kind: candidate.ref.kind });
    return undefined;
  }
  if (candidate.isSample) {
    // The watch lost something: trust nothing that is remembered.
    target.memory.forgetAll();
    options.onDishonestMemory?.(candidate.ref);
  }
  const send =
    paths.length === 0
      ? desired
      : cedeIgnoredFields(desired, live, answer, { rules, fieldManager: options.fieldManager });
  return { candidate, send, action: "configured" };
}

function dryRunOrRecreate(candidate: Candidate, context: StageContext): Promise<KubeObject> {
  const { target, options } = context;
  return orRecreate(candidate, context, () =>
    target.kube.apply(candidate.desired, {
      fieldManager: options.fieldManager,
      force: true,
      dryRun: true,
      ...signalOf(options),
    }),
  );
}

/** Sends; when the server refuses to change an object that may be recreated, deletes it and sends once more. */
async function orRecreate<R>(candidate: Candidate, context: StageContext, send: () => Promise<R>): Promise<R> {
  try {
    return await send();
  } catch (error) {
    if (candidate.absent || !mayRecreate(candidate, context.options) || !isImmutableError(error)) throw error;
    await recreate(candidate, context);
    return send();
  }
}

function mayRecreate({ desired, live }: Candidate, options: ApplyOptions): boolean {
  return options.force || controlsOf(desired.metadata).force || (live !== undefined && controlsOf(live.metadata).force);
}

/** Deletes an object that cannot be changed and waits until it is gone. */
async function recreate(candidate: Candidate, { target, options, beforeWrite }: StageContext): Promise<void> {
  const { ref } = candidate;
  await beforeWrite();
  target.memory.forget(ref);
  await attempt(candidate, "delete", [], () =>
    target.kube.delete(ref, { propagationPolicy: "Background", ...signalOf(options) }),
  );
  await attempt(candidate, "wait", [], () =>
    waitGone(ref, { kube: target.kube, clock: options.clock, timeoutMs: 60_000, ...signalOf(options) }),
  );
  candidate.live = undefined;
  candidate.absent = true;
  candidate.knowledge = "Unknown";
}

async function takeOver(candidate: Candidate, context: StageContext): Promise<boolean> {
  const { target, options, beforeWrite } = context;
  const { desired, live, ref } = candidate;
  if (!live || controlsOf(desired.metadata).merge || controlsOf(live.metadata).merge) return false;
  const steps = planTakeover(live, {
    fieldManager: options.fieldManager,
    overridden: options.overriddenManagers ?? [],
  });
  if (steps.length === 0) return false;
  await beforeWrite();
  // Without a record, the watch takes the echo of this write for nobody's business.
  target.memory.forget(ref);
  candidate.live = await attempt(candidate, "cleanup", [], () =>
    target.kube.patch(ref, "json", steps, { fieldManager: options.fieldManager, ...signalOf(options) }),
  );
  return true;
}

/** Applies for real; false when the server had nothing to change. */
async function write(candidate: Candidate, send: KubeObject, { target, options }: StageContext): Promise<boolean> {
  const { ref, hash, desired } = candidate;
  const before = candidate.live?.metadata.resourceVersion ?? target.memory.get(ref)?.resourceVersion;
  target.memory.beginWrite(ref);
  try {
    const written = await target.kube.apply(send, {
      fieldManager: options.fieldManager,
      force: true,
      ...signalOf(options),
    });
    target.memory.remember(written, { owner: options.owner, hash, object: desired });
    target.live?.watch({ group: ref.group, kind: ref.kind });
    return written.metadata.resourceVersion !== before;
  } finally {
    target.memory.endWrite(ref);
  }
}

function signalOf({ signal }: ApplyOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

// Kinds that others refer to are written before those that refer to them; within a kind, in parallel.
function wavesOf(writes: readonly PlannedWrite[]): PlannedWrite[][] {
  const waves = new Map<number, PlannedWrite[]>();
  for (const planned of writes) {
    const rank = rankOf(planned.candidate.ref.kind);
    waves.set(rank, [...(waves.get(rank) ?? []), planned]);
  }
  return [...waves].sort(([left], [right]) => left - right).map(([, wave]) => wave);
}
