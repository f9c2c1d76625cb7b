import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, kustomizeGroup, sourceGroup, type GitRepository, type Kustomization } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, hasReason, parseKubeconfig, resolveContext, type KubeClient, type KubeConfig } from "@eddy/kube";
import { startServer, type Server, type ServerOptions } from "@eddy/server";
import { watchKind, type Watched } from "./watched.ts";

/** An API server, embedded or real, and a Git server: what the scenarios of a run share. */
export interface Bed {
  readonly kube: KubeClient;
  readonly kubeConfig: KubeConfig;
  /** YAML text for a child process. */
  readonly kubeconfig: string;
  readonly git: GitServer;
  /** A folder that goes with the bed. */
  readonly dir: string;
  readonly kustomizations: Watched<Kustomization>;
  readonly sources: Watched<GitRepository>;
  readonly configMaps: Watched<KubeObject>;
  /** Events in the cluster, as `kubectl get events` has them. */
  readonly events: Watched<KubeObject>;
  /** Makes a namespace with a name of its own. */
  namespace(): Promise<string>;
  /** A server in this process, its storage in a folder of its own, retrying within milliseconds. */
  serve(options?: Partial<ServerOptions>): Promise<Server>;
  close(): Promise<void>;
}

let sequence = 0;

/** Connects, installs the kinds and starts a Git server. `patienceMs`: how long is waited for what is to come; default 18 s. */
export async function openBed(kubeconfig: string, { patienceMs }: { patienceMs?: number } = {}): Promise<Bed> {
  const kubeConfig = resolveContext(parseKubeconfig(kubeconfig));
  const kube = connect(kubeConfig);
  const dir = mkdtempSync(join(tmpdir(), "eddy-bad-input-"));
  const git = await startGitServer({ dir: join(dir, "git") });
  for (const kind of kinds) await kube.apply(crdOf(kind), { fieldManager: "bad-input", force: true });
  for (const kind of kinds) await untilServed(kube, kind);
  const kustomizations = watchKind<Kustomization>(kube, { group: kustomizeGroup, kind: "Kustomization" }, patienceMs);
  const sources = watchKind<GitRepository>(kube, { group: sourceGroup, kind: "GitRepository" }, patienceMs);
  const configMaps = watchKind<KubeObject>(kube, { group: "", kind: "ConfigMap" }, patienceMs);
  const events = watchKind<KubeObject>(kube, { group: "", kind: "Event" }, patienceMs);
  const watched = [kustomizations, sources, configMaps, events];
  await Promise.all(watched.map(({ synced }) => synced));
  return {
    kube,
    kubeConfig,
    kubeconfig,
    git,
    dir,
    kustomizations,
    sources,
    configMaps,
    events,
    async namespace() {
      const name = `bad-${process.pid}-${sequence++}`;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    serve: (options = {}) =>
      startServer({
        kubeConfig,
        storagePath: join(dir, `storage-${sequence++}`),
        storageAddr: "127.0.0.1:0",
        metricsAddr: "",
        healthAddr: "",
        minRetryDelayMs: 20,
        maxRetryDelayMs: 200,
        writeLog: () => undefined,
        ...options,
      }),
    async close() {
      for (const one of watched) one.stop();
      kube.close();
      await git.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Asks a source to look now, as a webhook or `eddy reconcile source git` does. */
export async function requestSource({ kube }: Bed, namespace: string, name: string): Promise<void> {
  const annotations = { "reconcile.fluxcd.io/requestedAt": `request-${sequence++}` };
  await kube.patch({ group: sourceGroup, kind: "GitRepository", namespace, name }, "merge", {
    metadata: { annotations },
  });
}

/** Creates a GitRepository that looks when it is asked to. */
export async function createSource(
  { kube }: Bed,
  namespace: string,
  name: string,
  spec: Partial<GitRepository["spec"]> & { url: string },
): Promise<void> {
  const object = { apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata: { name, namespace } };
  await kube.create({ ...object, spec: { interval: "1h", ref: { branch: "main" }, ...spec } });
}

/** Creates a Kustomization of the source `app`, with prune. */
export async function createKustomization(
  { kube }: Bed,
  namespace: string,
  name: string,
  spec: Partial<Kustomization["spec"]> = {},
): Promise<void> {
  const sourceRef = { kind: "GitRepository" as const, name: "app" };
  const object = { apiVersion: `${kustomizeGroup}/v1`, kind: "Kustomization", metadata: { name, namespace } };
  await kube.create({ ...object, spec: { interval: "1h", prune: true, sourceRef, ...spec } });
}

/** `<status> <reason>: <message>` of a condition, "" when there is none. */
export function conditionOf(object: GitRepository | Kustomization, type = "Ready"): string {
  const condition = findCondition(object.status?.conditions, type);
  return condition ? `${condition.status} ${condition.reason}: ${condition.message}` : "";
}

/** Whether a Kustomization is Ready at this commit. */
export function isReadyAt(object: Kustomization | undefined, commit: string): boolean {
  if (!object) return false;
  return conditionOf(object).startsWith("True ") && object.status?.lastAppliedRevision?.endsWith(commit) === true;
}

/** A ConfigMap manifest with one value. */
export function configMap(name: string, namespace: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\ndata:\n  key: "${value}"\n`;
}

/** The value that {@link configMap} sets. */
export function valueOf(object: KubeObject | undefined): string | undefined {
  return (object?.["data"] as Record<string, string> | undefined)?.["key"];
}

// Discovery follows a moment after a definition was accepted, and nobody tells when.
async function untilServed(kube: KubeClient, kind: { group: string; kind: string }): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await kube.resourceFor(kind, { force: true });
      await kube.list(kind, { limit: 1 });
      return;
    } catch (error) {
      if (attempt > 200 || !(hasReason(error, "NoKindMatch") || hasReason(error, "NotFound"))) throw error;
      await delay(systemClock, 50);
    }
  }
}
