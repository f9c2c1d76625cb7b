import type { KubeObject } from "@eddy/core/object";
import type { ApplyPhase } from "./apply-error.ts";
import { attempt, fieldValidation, sendKnown, signalOf, type StageContext } from "./attempt.ts";
import { changeEntry, type ChangeAction, type ChangeEntry } from "./change-set.ts";
import { controlsOf } from "./control-metadata.ts";
import { examineObject, readObject, scopeObject, type Candidate } from "./examine-object.ts";
import { inParallel } from "./in-parallel.ts";
import { rankOf } from "./object-order.ts";
import { planWrite, type Plan } from "./plan-write.ts";
import { removeForRecreation, shouldRecreate } from "./recreate-object.ts";
import { sendTakingOver } from "./take-over.ts";

const defaultConcurrency = 8;

/** An object on its way, with what is to be done about it once that is known, and what was done in the end. */
interface Work {
  candidate: Candidate;
  plan?: Plan;
  action?: ChangeAction | undefined;
}

/**
 * Brings the objects of one stage, already normalised and in order, to the cluster. Nothing is written before every
 * object that has to be was accepted by a dry-run; a stage with one write needs none. What is proven unchanged costs no
 * request.
 * @throws ApplyError with what had been written.
 */
export async function applyStage(objects: readonly KubeObject[], context: StageContext): Promise<ChangeEntry[]> {
  const { target, options, rules } = context;
  const limit = options.concurrency ?? defaultConcurrency;
  const scoped = await Promise.all(objects.map((object) => scopeObject(object, target.kube)));
  const works = scoped.map((object): Work => ({ candidate: examineObject(object, { target, options, rules }) }));
  await inParallel(works.filter(isOnce), limit, ({ candidate }) => readObject(candidate, target, options));
  for (const work of works) work.action = actionByKnowledge(work.candidate);

  const open = works.filter(({ action }) => action === undefined);
  const [only] = open;
  const isAlone = open.length === 1 && only !== undefined && only.candidate.knowledge === "Changed";
  if (isAlone) only.plan = { action: "configured", send: only.candidate.desired };
  else await inParallel(open, limit, (work) => plan(work, context));

  const done = (): ChangeEntry[] =>
    works.flatMap(({ candidate, action }) =>
      action ? [changeEntry(candidate.live ?? candidate.desired, action)] : [],
    );
  for (const wave of wavesOf(open.filter(({ action }) => action === undefined))) {
    await inParallel(wave, limit, (work) => write(work, isAlone ? "dry-run" : "apply", { context, done }));
  }
  return done();
}

// Created once: whether it is there decides, before a server is asked what applying would do.
function isOnce({ candidate }: Work): boolean {
  return candidate.knowledge === "Unknown" && controlsOf(candidate.desired.metadata).ifNotPresent;
}

function actionByKnowledge({ knowledge }: Candidate): ChangeAction | undefined {
  if (knowledge === "Skipped") return "skipped";
  return knowledge === "Unchanged" ? "unchanged" : undefined;
}

async function plan(work: Work, context: StageContext): Promise<void> {
  const planned = await attempt(
    work.candidate,
    "dry-run",
    () => [],
    () => planWrite(work.candidate, context),
  );
  if (planned.send) work.plan = planned;
  else work.action = planned.action;
}

async function write(
  work: Work,
  phase: ApplyPhase,
  { context, done }: { context: StageContext; done(): ChangeEntry[] },
): Promise<void> {
  const { candidate, plan: planned } = work;
  if (!planned?.send) return;
  const { send } = planned;
  await context.beforeWrite();
  const changed = await attempt(candidate, phase, done, () => sendOrRecreate(candidate, send, context));
  work.action = !changed ? "unchanged" : candidate.absent ? "created" : planned.action;
}

async function sendOrRecreate(candidate: Candidate, send: KubeObject, context: StageContext): Promise<boolean> {
  try {
    return await sendTakingOver(candidate, context, () => sendObject(candidate, send, context));
  } catch (error) {
    if (!shouldRecreate(candidate, error, context)) throw error;
    await removeForRecreation(candidate, context);
    return sendObject(candidate, send, context);
  }
}

/** Applies for real; false when the server had nothing to change. */
async function sendObject(candidate: Candidate, send: KubeObject, { target, options }: StageContext): Promise<boolean> {
  const { ref, hash } = candidate;
  const before = candidate.live?.metadata.resourceVersion ?? target.memory.get(ref)?.resourceVersion;
  target.memory.beginWrite(ref);
  try {
    const { fieldManager, owner } = options;
    const written = await sendKnown(candidate, send, options, (object) =>
      target.kube.apply(object, { fieldManager, force: true, fieldValidation, ...signalOf(options) }),
    );
    const { desired, unknownFields } = candidate;
    target.memory.remember(written, { owner, hash, object: desired, unknownFields });
    target.live?.watch({ group: ref.group, kind: ref.kind });
    return written.metadata.resourceVersion !== before;
  } finally {
    target.memory.endWrite(ref);
  }
}

// Kinds that others refer to are written before those that refer to them; within a kind, in parallel.
function wavesOf(works: readonly Work[]): Work[][] {
  const waves = Map.groupBy(works, ({ candidate }) => rankOf(candidate.ref.kind));
  return [...waves].sort(([left], [right]) => left - right).map(([, wave]) => wave);
}
