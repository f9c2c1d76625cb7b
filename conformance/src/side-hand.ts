import { requestedAtAnnotation, sourceGroup, type Artifact } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition, type Condition } from "@eddy/core/conditions";
import type { Json } from "@eddy/core/json";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { memoryTree } from "@eddy/core/tree";
import { hasReason, type KubeClient, type ObjectKey } from "@eddy/kube";
import type { ArtifactStore } from "@eddy/runtime/artifact";

/** Which of two controllers. */
export type SideName = "theirs" | "ours";

/** Says whose an object is: each controller sees those with its own. */
export const sideLabel = "conformance.eddy.sh/side";

/** Files by path; `{ns}` in them is the namespace, `{side}` whose they are. */
export type Files = Readonly<Record<string, string>>;

/** Where both sides are: one real cluster, and one place for artifacts. */
export interface Stage {
  readonly kube: KubeClient;
  readonly artifacts: ArtifactStore;
}

/** An object that a controller of Flux's reconciles. */
export interface Reconciled extends KubeObject {
  status?: { conditions?: Condition[]; observedGeneration?: number; lastHandledReconcileAt?: string };
}

/** The kind that two controllers are compared by. */
export interface SideKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** An object of any kind. */
export type Named = Pick<ObjectRef, "group" | "kind" | "name">;

const everyMs = 50;
const patienceMs = 90_000;

/** What a person does in the namespace of one scenario on one side, and what is to be seen there. */
export abstract class SideHand<T extends Reconciled> {
  readonly namespace: string;
  protected readonly stage: Stage;
  protected readonly side: SideName;
  /** Upstream writes conditions, the rest of a status and events one after the other. */
  protected readonly settlingMs: number = 300;
  private requests = 0;

  constructor(stage: Stage, side: SideName, number: number) {
    this.stage = stage;
    this.side = side;
    this.namespace = `${side}-${number}`;
  }

  /** The kind that is compared. */
  protected abstract readonly kind: SideKind;
  /** Of its status, what is the same by nature, and refs of the objects that it lists. */
  protected abstract summarize(object: T): { seen: object; objects: readonly ObjectKey[] };
  /** What is told at the end of each pass: once is enough, whatever the revision. */
  protected abstract isRoutine(message: string): boolean;

  /** Creates the namespace. */
  async open(): Promise<void> {
    await this.stage.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } });
  }

  /** Changes the spec of an object. */
  async change(spec: Json, name = "app"): Promise<void> {
    await this.stage.kube.patch(this.key(name), "merge", this.filled({ spec }));
  }

  /** Asks for a pass, and waits until it has ended. */
  async request(name = "app", annotations: Record<string, string> = {}): Promise<void> {
    const value = `${++this.requests}`;
    const all = Object.fromEntries(Object.keys(annotations).map((key) => [key, value]));
    const patch = { metadata: { annotations: { ...all, [requestedAtAnnotation]: value } } };
    await this.stage.kube.patch(this.key(name), "merge", patch);
    await until(async () => {
      const object = await this.read(name);
      return object?.status?.lastHandledReconcileAt === value && hasEnded(object);
    });
  }

  /** Waits until a pass has ended that `test` accepts. */
  protected async endedWhen(test: (object: T) => boolean, name: string): Promise<void> {
    await until(async () => {
      const object = await this.read(name);
      return object !== undefined && test(object) && hasEnded(object);
    });
  }

  /** Writes an object as somebody else does; `{ns}` in it is the namespace. */
  async write(object: KubeObject): Promise<void> {
    const { metadata, ...rest } = this.filled(object);
    const named = { ...rest, metadata: { namespace: this.namespace, ...metadata } } as KubeObject;
    await this.stage.kube.apply(named, { fieldManager: "somebody", force: true });
  }

  async patch(ref: Named, patch: Json, subresource?: string, fieldManager = "somebody"): Promise<void> {
    await this.stage.kube.patch({ ...ref, namespace: this.namespace }, "merge", this.filled(patch) as never, {
      fieldManager,
      ...(subresource === undefined ? {} : { subresource }),
    });
  }

  /** Waits until an object is there. */
  async appears(ref: Named): Promise<void> {
    await until(() =>
      this.stage.kube.get({ ...ref, namespace: this.namespace }).then(
        () => true,
        () => false,
      ),
    );
  }

  async remove(ref: Named): Promise<void> {
    await this.stage.kube.delete({ ...ref, namespace: this.namespace });
  }

  /** Deletes the object, and waits until it is gone. */
  async end(name = "app"): Promise<void> {
    await this.stage.kube.delete(this.key(name));
    await until(async () => (await this.read(name)) === undefined);
  }

  /** The status and every object that it lists, without what differs by nature. */
  async look(name = "app"): Promise<unknown> {
    const object = await this.readSettled(name);
    if (!object) return "gone";
    const conditions = (object.status?.conditions ?? []).map(
      ({ type, status, reason, message, observedGeneration }) =>
        `${type}=${status}/${reason} of ${observedGeneration}: ${message.trimEnd()}`,
    );
    const { seen, objects } = this.summarize(object);
    const applied = await Promise.all(objects.map((ref) => this.lookAt(ref)));
    return this.comparable({ finalizers: object.metadata.finalizers, conditions, ...seen, objects: applied });
  }

  /** An object as it is in the cluster. */
  async lookAt(ref: Partial<ObjectKey> & Pick<ObjectKey, "kind" | "name">): Promise<unknown> {
    const object = await this.find({ group: "", namespace: this.namespace, ...ref });
    if (!object) return `${ref.kind}/${ref.name} is not there`;
    const { name, labels, annotations, managedFields = [] } = object.metadata;
    const { apiVersion, kind, metadata: _metadata, status: _status, ...content } = object;
    const managers = managedFields.map(
      ({ manager, operation, subresource = "" }) => `${manager} ${operation} ${subresource}`,
    );
    return this.comparable({ apiVersion, kind, name, labels, annotations, managers: managers.sort(), content });
  }

  /** What was told of the objects of the kind: each text once, and of the ends of passes only one. */
  async told(): Promise<unknown> {
    await delay(systemClock, this.settlingMs);
    const events = { group: "", kind: "Event" };
    const { items } = await this.stage.kube.list<KubeEvent>(events, { namespace: this.namespace });
    const texts = items.map(({ type, reason, message, metadata, involvedObject, source }) => {
      const by = `${involvedObject.kind}/${involvedObject.name} by ${source?.component}`;
      const annotations = this.isRoutine(message) ? {} : metadata.annotations;
      // What Helm logs while it works is its own.
      const text = message.replace(/\n\nLast Helm logs:[^]*/, "").trimEnd();
      return JSON.stringify(this.comparable([by, type, reason, text, annotations]));
    });
    return [...new Set(texts)].sort();
  }

  /** Stores an artifact, and writes it into the status of a source. */
  protected async putArtifact(
    { kind, name }: Pick<ObjectRef, "kind" | "name">,
    content: { revision: string; fileName: string; files: Files },
    status: object = {},
  ): Promise<void> {
    const { kube, artifacts } = this.stage;
    const { files, ...rest } = content;
    const named = Object.entries(files).map(([path, text]): [string, string] => [path, this.named(text)]);
    const tree = memoryTree(Object.fromEntries(named));
    const { artifact } = await artifacts.put({ kind, namespace: this.namespace, name }, { ...rest, tree });
    const key = { group: sourceGroup, kind, namespace: this.namespace, name };
    const patch: { status: { artifact: Artifact } } = { status: { ...status, artifact } };
    await kube.patch(key, "merge", patch as never, { subresource: "status" });
  }

  protected async create(apiVersion: string, kind: string, name: string, spec: object): Promise<void> {
    const metadata = { name, namespace: this.namespace, labels: { [sideLabel]: this.side } };
    await this.stage.kube.create({ apiVersion, kind, metadata, spec: this.filled(spec) } as KubeObject);
  }

  protected async read(name: string): Promise<T | undefined> {
    return (await this.find(this.key(name))) as T | undefined;
  }

  private key(name: string): ObjectKey {
    return { ...this.kind, namespace: this.namespace, name };
  }

  private async find(key: ObjectKey): Promise<KubeObject | undefined> {
    try {
      return await this.stage.kube.get(key);
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  }

  /** The object once it has not changed for a while: a push and a request may have been two passes. */
  private async readSettled(name: string): Promise<T | undefined> {
    let last: T | undefined;
    for (
      const end = performance.now() + patienceMs;
      performance.now() < end;
      await delay(systemClock, this.settlingMs)
    ) {
      const object = await this.read(name);
      const isSame = object?.metadata.resourceVersion === last?.metadata.resourceVersion;
      last = object;
      if (isSame && findCondition(object?.status?.conditions, "Ready")?.status !== "Unknown") break;
    }
    return last;
  }

  private named(text: string): string {
    return text.replaceAll("{ns}", this.namespace).replaceAll("{side}", this.side);
  }

  protected filled<V>(value: V): V {
    return JSON.parse(this.named(JSON.stringify(value))) as V;
  }

  /** Without the namespace, durations, folders of upstream's and addresses that a server gives. */
  private comparable(value: unknown): unknown {
    const text = JSON.stringify(value)
      .replaceAll(this.namespace, "{ns}")
      .replaceAll(`"${sideLabel}":"${this.side}"`, `"${sideLabel}":"{side}"`)
      .replaceAll(/\b(in|after) [\d.hmµns]+\b/g, "$1 <time>")
      .replaceAll(/(stat|from) (\/tmp\/)?[\w./-]+(?=: )/g, "$1 <file>")
      .replaceAll(/"clusterIPs?":("[^"]*"|\[[^\]]*\])/g, '"clusterIP":"<address>"');
    return JSON.parse(text) as unknown;
  }
}

interface KubeEvent extends KubeObject {
  type: string;
  reason: string;
  message: string;
  involvedObject: ObjectRef;
  source?: { component?: string };
}

function hasEnded({ status, metadata }: Reconciled): boolean {
  const ready = findCondition(status?.conditions, "Ready");
  if (!ready || ready.status === "Unknown" || ready.observedGeneration !== metadata.generation) return false;
  return ready.status === "False" || status?.observedGeneration === metadata.generation;
}

async function until(look: () => Promise<boolean | undefined>): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await delay(systemClock, everyMs)) {
    if (await look()) return;
  }
  throw new Error(`waited for more than ${patienceMs} ms`);
}
