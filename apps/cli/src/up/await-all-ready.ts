import { gitRepositoryKind, kustomizationKind, type Kind } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import { formatObjectName, refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient, type Reflection } from "@eddy/kube";
import { determineReadiness } from "../cluster/readiness.ts";
import { kindRefOf } from "../cluster/objects.ts";

/** How to wait. */
export interface AwaitAllReadyOptions {
  signal: AbortSignal;
  /** Undefined: as long as it takes. */
  timeoutMs: number | undefined;
  clock: Clock;
  /** Called once for each object that is ready, as `Kind/namespace/name: message`. */
  onReady(object: string): void;
}

const kinds: readonly Kind[] = [gitRepositoryKind, kustomizationKind];

/**
 * Resolves when every source and Kustomization is Ready and every Kustomization has applied the revision that its source has.
 * @throws EddyError NOT_READY with what is missing: after the timeout, or (with a timeout only) as soon as an object is stalled.
 */
export function awaitAllReady(kube: KubeClient, options: AwaitAllReadyOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const told = new Set<string>();
    const finish = (error?: Error): void => {
      cancel();
      options.signal.removeEventListener("abort", onAbort);
      for (const reflection of reflections) reflection.stop();
      if (error) reject(error);
      else resolve();
    };
    const look = (): void => {
      if (reflections.some((reflection) => !reflection.isSynced)) return;
      const objects = reflections.flatMap((reflection) => [...reflection.store.values()]);
      for (const object of objects) tell(object, told, options);
      const problems = objects.flatMap((object) => problemOf(object, objects));
      const stalled = objects.some((object) => determineReadiness(object).state === "Stalled");
      if (objects.length > 0 && problems.length === 0) finish();
      else if (stalled && options.timeoutMs !== undefined) finish(notReady(problems));
    };
    const onAbort = (): void => finish();
    const reflections: Reflection<KubeObject>[] = [];
    const cancel =
      options.timeoutMs === undefined
        ? () => {}
        : options.clock.after(options.timeoutMs, () => finish(timedOut(reflections, options)));
    options.signal.addEventListener("abort", onAbort, { once: true });
    for (const kind of kinds) {
      const transform = (object: KubeObject): KubeObject => kind.decode(object);
      const reflection = reflect<KubeObject>(kube, kindRefOf(kind), { transform }, () => look());
      reflections.push(reflection);
      reflection.synced.then(look, () => undefined);
    }
  });
}

function tell(object: KubeObject, told: Set<string>, options: AwaitAllReadyOptions): void {
  const name = formatObjectName(refOf(object));
  const { state, message } = determineReadiness(object);
  if (state !== "Ready" || told.has(name)) return;
  told.add(name);
  options.onReady(`${name}: ${message}`);
}

/** Why an object is not done yet, as a list of one or none. */
function problemOf(object: KubeObject, all: readonly KubeObject[]): string[] {
  const name = formatObjectName(refOf(object));
  const { state, message } = determineReadiness(object);
  if (state !== "Ready") return [`${name}: ${message}`];
  const wanted = sourceRevisionOf(object, all);
  const applied = valueAt(object, "status", "lastAppliedRevision");
  return wanted === undefined || applied === wanted
    ? []
    : [`${name}: ${String(applied)} is applied, its source has ${wanted}`];
}

/** The revision of a Kustomization's GitRepository; undefined for a source itself and for sources of other kinds. */
function sourceRevisionOf(object: KubeObject, all: readonly KubeObject[]): string | undefined {
  const ref = valueAt(object, "spec", "sourceRef") as { kind: string; name: string; namespace?: string } | undefined;
  if (ref === undefined) return undefined;
  const namespace = ref.namespace ?? object.metadata.namespace;
  const source = all.find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name && metadata.namespace === namespace,
  );
  return valueAt(source, "status", "artifact", "revision") as string | undefined;
}

function timedOut(reflections: readonly Reflection<KubeObject>[], options: AwaitAllReadyOptions): EddyError {
  const objects = reflections.flatMap((reflection) => [...reflection.store.values()]);
  const problems = objects.flatMap((object) => problemOf(object, objects));
  return notReady([`timed out after ${formatDuration(options.timeoutMs ?? 0)}`, ...problems]);
}

function notReady(problems: readonly string[]): EddyError {
  return new EddyError("NOT_READY", `not everything is ready: ${problems.join("; ")}`);
}
