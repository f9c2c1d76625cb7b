import { kustomizeNameLabel } from "@eddy/api";
import type { Cancel, Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import { refKey, type KubeObject, type ObjectMeta, type ObjectRef } from "@eddy/core/object";
import { reflect, type KubeClient, type Reflection } from "@eddy/kube";
import type { AppliedMemory, AppliedRecord, LiveMetadata, Owner } from "../apply/index.ts";
import { createDamper } from "./damper.ts";
import { determineDrift } from "./determine-drift.ts";

/** Sees applied objects change by another's hand. */
export interface DriftWatch extends LiveMetadata {
  /** Resolves when the kinds watched so far have been read once. */
  synced(): Promise<void>;
  close(): void;
}

/** Options of {@link createDriftWatch}. */
export interface DriftWatchOptions {
  kube: KubeClient;
  memory: AppliedMemory;
  clock: Clock;
  logger: Logger;
  /** What applied objects carry; a Kustomization's unless given. */
  ownerLabel?: string;
  /** An object is not as it was applied: look at its owner. */
  onDrift(owner: Owner, ref: ObjectRef): void;
}

interface Watched {
  reflection: Reflection<ObjectMeta>;
}

/**
 * Watches the metadata of applied kinds, only of objects with an ownership label. Own writes and changes that leave the
 * owned content alone (status, other people's labels) cause nothing; a fight over an object is damped.
 */
export function createDriftWatch(options: DriftWatchOptions): DriftWatch {
  const { kube, memory, clock, logger, ownerLabel = kustomizeNameLabel } = options;
  const kinds = new Map<string, Watched>();
  const timers = new Set<Cancel>();
  const damper = createDamper(clock);

  const report = (record: AppliedRecord): void => {
    const delayMs = damper.delayFor(refKey(record.ref));
    if (delayMs === 0) return options.onDrift(record.owner, record.ref);
    logger.log("debug", "damp a drift that comes again and again", { object: refKey(record.ref), delayMs });
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      options.onDrift(record.owner, record.ref);
    });
    timers.add(cancel);
  };
  const judge = (ref: ObjectRef, live: ObjectMeta | undefined): void => {
    const record = memory.get(ref);
    if (!record) return;
    const fingerprint = live && memory.fingerprint(live, record.owned);
    const drift = determineDrift({ record, live, fingerprint });
    if (drift === "Touched" && live) memory.touch(record, live);
    if (drift === "Drifted" || drift === "Deleted") report(record);
  };
  // While an own write is under way its echo may be here before its answer: it is judged by what is remembered then.
  const changed = (ref: ObjectRef, live: ObjectMeta | undefined, current: () => ObjectMeta | undefined): void => {
    if (!memory.isWriting(ref)) return judge(ref, live);
    void memory.written(ref).then(() => judge(ref, current()));
  };

  const watch = ({ group, kind }: { group: string; kind: string }): void => {
    const key = `${group}/${kind}`;
    if (kinds.has(key)) return;
    const refOfMeta = ({ name, namespace = "" }: ObjectMeta): ObjectRef => ({ group, kind, namespace, name });
    const reflection: Reflection<ObjectMeta> = reflect<ObjectMeta>(
      kube,
      { group, kind },
      { labelSelector: ownerLabel, metadataOnly: true, transform: reduce, clock, log: logger },
      ({ type, object }) => {
        const ref = refOfMeta(object);
        const current = (): ObjectMeta | undefined => reflection.store.get(ref.namespace, ref.name);
        changed(ref, type === "Deleted" ? undefined : object, current);
      },
    );
    kinds.set(key, { reflection });
  };

  return {
    watch,
    of(ref) {
      const reflection = kinds.get(`${ref.group}/${ref.kind}`)?.reflection;
      if (!reflection?.isSynced) return "unwatched";
      return reflection.store.get(ref.namespace, ref.name) ?? "absent";
    },
    async synced() {
      await Promise.all(Array.from(kinds.values(), ({ reflection }) => reflection.synced));
    },
    close() {
      for (const { reflection } of kinds.values()) reflection.stop();
      for (const cancel of timers) cancel();
    },
  };
}

// Field sets are large and only managers' names matter; last-applied texts repeat whole objects.
function reduce({ metadata }: KubeObject): ObjectMeta {
  const { managedFields, annotations, ...rest } = metadata;
  const kept: ObjectMeta = { ...rest };
  if (annotations) {
    kept.annotations = { ...annotations };
    const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    if (kept.annotations[lastApplied] !== undefined) kept.annotations[lastApplied] = "";
  }
  if (managedFields) kept.managedFields = managedFields.map((entry) => ({ ...entry, fieldsV1: {} }));
  return kept;
}
