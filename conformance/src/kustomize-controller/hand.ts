import {
  kustomizationKind,
  requestedAtAnnotation,
  sourceGroup,
  type GitRepository,
  type Kustomization,
  type KustomizationSpec,
} from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { sha256 } from "@eddy/core/digest";
import type { Json } from "@eddy/core/json";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { memoryTree } from "@eddy/core/tree";
import { hasReason, type KubeClient, type ObjectKey } from "@eddy/kube";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { listInventory } from "@eddy/runtime/inventory";
import { sideLabel, type Side } from "./sides.ts";

/** Files of an artifact by path; `{ns}` in them is the namespace. */
export type Files = Readonly<Record<string, string>>;

/** Where both sides are. */
export interface Stage {
  readonly kube: KubeClient;
  readonly artifacts: ArtifactStore;
}

const kustomizationRef = { group: kustomizationKind.group, kind: kustomizationKind.kind, version: "v1" };
const everyMs = 50;
const patienceMs = 90_000;
/** Upstream writes conditions, the rest of a status and events one after the other. */
const settlingMs = 300;

/** What a person does in the namespace of one scenario on one side, and what is to be seen there. */
export class Hand {
  readonly namespace: string;
  private readonly stage: Stage;
  private readonly side: Side["name"];
  private requests = 0;
  private published = "";

  constructor(stage: Stage, side: Side["name"], number: number) {
    this.stage = stage;
    this.side = side;
    this.namespace = `${side}-${number}`;
  }

  /** Creates the namespace and two sources without artifacts. */
  async open(): Promise<void> {
    const { kube } = this.stage;
    await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } });
    for (const name of ["source", "other"])
      await this.create(`${sourceGroup}/v1`, "GitRepository", name, { interval: "1h", url: "https://git.example/app" });
  }

  /** Gives the source a new artifact, as a push would. */
  async publish(files: Files, name = "source"): Promise<void> {
    const { kube, artifacts } = this.stage;
    const commit = sha256(JSON.stringify(files)).slice(0, 40);
    const named = Object.entries(files).map(([path, text]): [string, string] => [path, this.named(text)]);
    this.published = `main@sha1:${commit}`;
    const content = {
      revision: this.published,
      fileName: `${commit}.tar.gz`,
      tree: memoryTree(Object.fromEntries(named)),
    };
    const { artifact } = await artifacts.put({ kind: "GitRepository", namespace: this.namespace, name }, content);
    const key = { group: sourceGroup, kind: "GitRepository", namespace: this.namespace, name };
    await kube.patch<GitRepository>(key, "merge", { status: { artifact } } as never, { subresource: "status" });
  }

  /** Creates a Kustomization of the source with this spec. */
  async kustomize(spec: Partial<KustomizationSpec>, name = "app"): Promise<void> {
    const apiVersion = `${kustomizationKind.group}/v1`;
    const settled = { interval: "1h", retryInterval: "1h", timeout: "30s", prune: true };
    const sourceRef = { kind: "GitRepository", name: "source" };
    await this.create(
      apiVersion,
      "Kustomization",
      name,
      { ...settled, sourceRef, ...spec },
      { [sideLabel]: this.side },
    );
  }

  /** Changes the spec of a Kustomization. */
  async change(spec: Json, name = "app"): Promise<void> {
    await this.stage.kube.patch(this.kustomization(name), "merge", this.filled({ spec }));
  }

  /** Asks for a pass, and waits until it has ended. */
  async request(name = "app"): Promise<void> {
    const value = `${++this.requests}`;
    const patch = { metadata: { annotations: { [requestedAtAnnotation]: value } } };
    await this.stage.kube.patch(this.kustomization(name), "merge", patch);
    await until(async () => {
      const object = await this.read(name);
      return object?.status?.lastHandledReconcileAt === value && hasEnded(object);
    });
  }

  /** Waits until a pass over what was published last and the spec as it is has ended. */
  async ended(name = "app"): Promise<void> {
    await until(async () => {
      const object = await this.read(name);
      return object?.status?.lastAttemptedRevision === this.published && hasEnded(object);
    });
  }

  /** Writes an object as somebody else does; `{ns}` in it is the namespace. */
  async write(object: KubeObject): Promise<void> {
    const { metadata, ...rest } = this.filled(object);
    await this.stage.kube.apply({ ...rest, metadata: { namespace: this.namespace, ...metadata } } as KubeObject, {
      fieldManager: "somebody",
      force: true,
    });
  }

  async patch(ref: Pick<ObjectRef, "group" | "kind" | "name">, patch: Json, subresource?: string): Promise<void> {
    const key = { ...ref, namespace: this.namespace };
    await this.stage.kube.patch(key, "merge", this.filled(patch) as never, {
      fieldManager: "somebody",
      ...(subresource === undefined ? {} : { subresource }),
    });
  }

  /** Waits until an object is there. */
  async appears(ref: Pick<ObjectRef, "group" | "kind" | "name">): Promise<void> {
    await until(() =>
      this.stage.kube.get({ ...ref, namespace: this.namespace }).then(
        () => true,
        () => false,
      ),
    );
  }

  async remove(ref: Pick<ObjectRef, "group" | "kind" | "name">): Promise<void> {
    await this.stage.kube.delete({ ...ref, namespace: this.namespace });
  }

  /** Deletes the Kustomization, and waits until it is gone or, where it is not to go, for so long. */
  async end(name = "app"): Promise<void> {
    await this.stage.kube.delete(this.kustomization(name));
    await until(async () => (await this.read(name)) === undefined);
  }

  /** The status and every object that it lists, without what differs by nature. */
  async look(name = "app"): Promise<unknown> {
    const object = await this.readSettled(name);
    if (!object) return "gone";
    const { conditions, inventory, history, lastHandledReconcileAt: _handled, ...rest } = object.status ?? {};
    const objects = await Promise.all(
      listInventory(inventory?.entries).map(async ({ ref, version }) => this.lookAt({ ...ref, version })),
    );
    return this.comparable({
      finalizers: object.metadata.finalizers,
      conditions: (conditions ?? []).map(
        ({ type, status, reason, message, observedGeneration }) =>
          `${type}=${status}/${reason} of ${observedGeneration}: ${message.trimEnd()}`,
      ),
      inventory: inventory?.entries,
      history: (history ?? []).map(({ lastReconciledStatus, metadata }) => ({ lastReconciledStatus, metadata })),
      objects,
      rest,
    });
  }

  /** An object as it is in the cluster, or `undefined`. */
  async lookAt(ref: Partial<ObjectKey> & Pick<ObjectKey, "kind" | "name">): Promise<unknown> {
    const object = await this.stage.kube
      .get({ group: "", namespace: this.namespace, ...ref })
      .catch((error: unknown) => {
        if (hasReason(error, "NotFound")) return undefined;
        throw error;
      });
    if (!object) return `${ref.kind}/${ref.name} is not there`;
    const { name, labels, annotations, managedFields = [] } = object.metadata;
    const { apiVersion, kind, metadata: _metadata, status: _status, ...content } = object;
    const managers = managedFields.map(
      ({ manager, operation, subresource = "" }) => `${manager} ${operation} ${subresource}`,
    );
    return this.comparable({ apiVersion, kind, name, labels, annotations, managers: managers.sort(), content });
  }

  /** What was told of Kustomizations: each text once, and of the ends of passes only one, whatever the revision. */
  async told(): Promise<unknown> {
    await delay(systemClock, settlingMs);
    const { items } = await this.stage.kube.list<KubeEvent>(
      { group: "", kind: "Event" },
      { namespace: this.namespace },
    );
    const texts = items.map(({ type, reason, message, metadata, involvedObject, source }) => {
      const isRoutine = message.startsWith("Reconciliation finished in ");
      const by = `${involvedObject.kind}/${involvedObject.name} by ${source?.component}`;
      const annotations = isRoutine ? {} : metadata.annotations;
      return JSON.stringify(this.comparable([by, type, reason, message.trimEnd(), annotations]));
    });
    return [...new Set(texts)].sort();
  }

  private kustomization(name: string): ObjectRef & { version: string } {
    return { ...kustomizationRef, namespace: this.namespace, name };
  }

  private async read(name: string): Promise<Kustomization | undefined> {
    return this.stage.kube.get<Kustomization>(this.kustomization(name)).catch((error: unknown) => {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    });
  }

  /** The object once it has not changed for a while: a push and a request may have been two passes. */
  private async readSettled(name: string): Promise<Kustomization | undefined> {
    let last: Kustomization | undefined;
    for (const end = performance.now() + patienceMs; performance.now() < end; await delay(systemClock, settlingMs)) {
      const object = await this.read(name);
      if (object?.metadata.resourceVersion === last?.metadata.resourceVersion && last !== undefined) break;
      if (!object && !last) break;
      last = object;
    }
    return last;
  }

  private async create(
    apiVersion: string,
    kind: string,
    name: string,
    spec: object,
    labels: Record<string, string> = {},
  ): Promise<void> {
    const metadata = { name, namespace: this.namespace, labels };
    await this.stage.kube.create({ apiVersion, kind, metadata, spec: this.filled(spec) } as KubeObject);
  }

  private named(text: string): string {
    return text.replaceAll("{ns}", this.namespace);
  }

  private filled<T>(value: T): T {
    return JSON.parse(this.named(JSON.stringify(value))) as T;
  }

  /** Without the namespace, durations, folders of upstream's and addresses that a server gives. */
  private comparable(value: unknown): unknown {
    const text = JSON.stringify(value)
      .replaceAll(this.namespace, "{ns}")
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

function hasEnded({ status, metadata }: Kustomization): boolean {
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
