import { refOf, type KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { ApplyError } from "./apply-error.ts";
import { awaitServed } from "./await-served.ts";
import { applyStage } from "./apply-stage.ts";
import type { StageContext } from "./attempt.ts";
import { hasChanged, type ChangeEntry, type ChangeSet } from "./change-set.ts";
import { compileIgnoreRules } from "./ignore-rules.ts";
import { normalizeObject } from "./normalize-object.ts";
import { compareRefs, stageOf, stages, type Stage } from "./object-order.ts";
import type { ApplyOptions, ApplyTarget } from "./target.ts";

/**
 * Brings the cluster to the wanted objects by server-side apply, stage after stage: definitions (waited for), classes
 * (waited for), custom kinds, the rest. Idempotent; safe to run again from any point.
 * @throws ApplyError with everything done before.
 */
export async function applyStaged(
  objects: readonly KubeObject[],
  target: ApplyTarget,
  options: ApplyOptions,
): Promise<ChangeSet> {
  const normalized = objects
    .map((object) => normalizeObject(object, options.owner, options.commonMetadata))
    .sort((left, right) => compareRefs(refOf(left), refOf(right)));
  const context: StageContext = {
    target,
    options,
    rules: compileIgnoreRules(options.ignore),
    beforeWrite: once(() => options.beforeFirstWrite(normalized)),
  };
  const customKinds = options.customStageKinds ?? new Set<string>();
  const byStage = Map.groupBy(normalized, (object) => stageOf(object, customKinds));
  const done: ChangeEntry[] = [];
  for (const stage of stages) {
    const members = byStage.get(stage);
    if (!members) continue;
    options.signal?.throwIfAborted();
    done.push(...(await withDone(done, () => applyStage(members, context))));
    await withDone(done, () => waitForStage(stage, { members, done, kube: target.kube }, options));
  }
  return done;
}

interface StageResult {
  members: readonly KubeObject[];
  done: readonly ChangeEntry[];
  kube: KubeClient;
}

async function waitForStage(stage: Stage, { members, done, kube }: StageResult, options: ApplyOptions): Promise<void> {
  if (stage !== "Definitions" && stage !== "Classes") return;
  const changed = done.filter(hasChanged).map(({ ref }) => ref);
  if (changed.length === 0) return;
  await options.waitForStage(changed);
  const names = new Set(changed.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ name }) => name));
  const definitions = members.filter(
    ({ kind, metadata }) => kind === "CustomResourceDefinition" && names.has(metadata.name),
  );
  await Promise.all(definitions.map((definition) => awaitServed(definition, kube, options.clock, options.signal)));
}

async function withDone<R>(done: readonly ChangeEntry[], action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ApplyError)
      throw new ApplyError(error.message, [...done, ...error.applied], error.cause, error.refused);
    throw new ApplyError(error instanceof Error ? error.message : String(error), done, error);
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
