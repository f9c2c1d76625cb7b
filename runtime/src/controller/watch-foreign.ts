import { delay, type Clock } from "@eddy/core/clock";
import { formatObjectName, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { reflect, type Reflection } from "@eddy/kube";
import type { ForeignDefinition, ForeignReference } from "./definition.ts";
import { createDependents, type Dependents } from "./dependents.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { References } from "./watch-references.ts";

/** What a watch keeps of an object: its name, and what a change is seen by. */
interface Seen {
  namespace: string;
  name: string;
  state: string;
}

interface ForeignWatch {
  dependents: Dependents;
  /** Who needs it. */
  owners: Set<string>;
  ready: Promise<unknown>;
  isReady: boolean;
  reflection: Reflection<Seen>;
}

/** Kinds are named by whoever may write an object: what is above this is not watched, and looked at by time. */
const maxWatches = 100;

const firstSyncMs = 5_000;

/**
 * Watches objects of kinds that only the reconciled objects name: one watch for each kind and what is looked at, from the first object
 * that refers to the kind until the last one does not. The watch acts as the process; it only says that there is a reason to look, and
 * only to who may be told.
 */
export function watchForeign<T extends KubeObject>(
  foreign: ForeignDefinition<T>,
  environment: Pick<ControllerEnvironment, "kube" | "clock" | "logger" | "settings">,
  onChange: (key: string, because: string) => void,
): References<T> {
  const watches = new Map<string, ForeignWatch>();
  const uses = new Map<string, { object: T; ids: ReadonlySet<string> }>();
  const tell = (owner: string, ref: ObjectRef): void => {
    const object = uses.get(owner)?.object;
    if (!object) return;
    const told = foreign.mayBeTold(object, ref).catch(() => true);
    void told.then((may) => may && uses.has(owner) && onChange(owner, formatObjectName(ref)));
  };
  const open = (id: string, reference: ForeignReference): ForeignWatch | undefined => {
    if (watches.size >= maxWatches) {
      environment.logger.log("info", `${reference.ref.kind} is not watched: ${maxWatches} other kinds are already`);
      return undefined;
    }
    const watch = startWatch(reference, foreign, environment, tell);
    watches.set(id, watch);
    return watch;
  };
  const release = (id: string, owner: string): void => {
    const watch = watches.get(id);
    watch?.dependents.delete(owner);
    watch?.owners.delete(owner);
    if (!watch || watch.owners.size > 0) return;
    watch.reflection.stop();
    watches.delete(id);
  };
  const forget = (owner: string, except?: ReadonlySet<string>): void => {
    for (const id of uses.get(owner)?.ids ?? []) if (!except?.has(id)) release(id, owner);
    uses.delete(owner);
  };
  return {
    read(owner, object) {
      const references = foreign.references(object);
      if (references.length === 0 && !uses.has(owner)) return undefined;
      const wanted = Map.groupBy(references, ({ ref, by }) => `${ref.group}/${ref.kind}/${by}`);
      const used = new Set(wanted.keys());
      forget(owner, used);
      const unready: Promise<unknown>[] = [];
      for (const [id, ofKind] of wanted) {
        const watch = watches.get(id) ?? open(id, ofKind[0] as ForeignReference);
        if (!watch) continue;
        watch.owners.add(owner);
        watch.dependents.set(owner, ofKind.flatMap(keysOf));
        if (!watch.isReady) unready.push(watch.ready);
      }
      if (used.size > 0) uses.set(owner, { object, ids: used });
      return unready.length === 0 ? undefined : Promise.all(unready);
    },
    forget: (owner) => forget(owner),
    stop() {
      for (const { reflection } of watches.values()) reflection.stop();
      uses.clear();
    },
  };
}

// Whether the kind has namespaces shows when an object of it is seen.
function keysOf({ ref }: ForeignReference): ObjectRef[] {
  return [ref, { ...ref, namespace: "" }];
}

function startWatch<T>(
  { ref: { group, kind }, by }: ForeignReference,
  { stateOf }: ForeignDefinition<T>,
  { kube, clock, logger, settings }: Pick<ControllerEnvironment, "kube" | "clock" | "logger" | "settings">,
  tell: (owner: string, ref: ObjectRef) => void,
): ForeignWatch {
  const dependents = createDependents();
  const hindered = Promise.withResolvers<void>();
  const look = by === "version" ? versionOf : stateOf;
  const reflection = reflect<Seen>(
    kube,
    { group, kind },
    {
      ...(settings.namespace ? { namespace: settings.namespace } : {}),
      metadataOnly: by !== "state",
      transform: (object) => seenOf(object, look, clock),
      clock,
      log: logger,
      // Nobody waits for a kind that is not served, or not for us.
      onState: ({ name }) => name === "Waiting" && hindered.resolve(),
    },
    (event) => {
      // What the first list brings is no change: whoever refers to it waits for it.
      if (!watch.isReady || (event.type === "Updated" && event.old.state === event.object.state)) return;
      const { namespace, name } = event.object;
      const ref: ObjectRef = { group, kind, namespace, name };
      for (const owner of dependents.of(ref)) tell(owner, ref);
    },
  );
  const synced = reflection.synced.catch(() => undefined);
  const ready = Promise.race([synced, hindered.promise, delay(clock, firstSyncMs)]).then(() => {
    watch.isReady = true;
  });
  const watch: ForeignWatch = { dependents, owners: new Set(), ready, isReady: false, reflection };
  return watch;
}

function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}

function seenOf(object: KubeObject, look: (object: KubeObject, clock: Clock) => string, clock: Clock): Seen {
  const { namespace = "", name } = object.metadata;
  return { namespace, name, state: look(object, clock) };
}
