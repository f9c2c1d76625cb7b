import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealControlPlane } from "@eddy/conformance/real-control-plane";
import type { KubeObject } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import type { Peer } from "./peers.ts";
import type { ProcessGroup } from "./process-under-test.ts";

/** A fresh real control plane, a Git server, and one peer at work on them. */
export interface World {
  client: KubeClient;
  git: GitServer;
  processes: ProcessGroup;
  /** When the peer's processes were started, by `performance.now()`. */
  startedMs: number;
  stop(): Promise<void>;
}

const crdKind = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" };

/** Options of {@link startWorld}. */
export interface WorldOptions {
  /** Further flags of kube-apiserver. */
  apiServerFlags?: readonly string[];
  /** Also run kube-controller-manager, as fast as it can: by default it makes 20 requests a second. */
  controllerManager?: boolean;
  /** Further flags of Eddy. */
  peerFlags?: readonly string[];
  /** Called after branches of the Git server moved. */
  onPush?: () => void;
}

/** Starts everything; the peer's kinds are installed and established before the peer starts. */
export async function startWorld(peer: Peer, options: WorldOptions = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "eddy-bench-"));
  const plane = await startRealControlPlane({
    ...options,
    controllerManagerFlags: ["--kube-api-qps=1000", "--kube-api-burst=2000"],
  });
  if (!plane) throw new Error("the bench measures against the real kube-apiserver: run `npm run upstream` first");
  const client = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
  const { onPush } = options;
  const git = await startGitServer({ dir: join(dir, "git"), ...(onPush ? { onPush } : {}) });
  await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
  await installCrds(client, peer.crds());
  const startedMs = performance.now();
  const processes = peer.start({ kubeconfig, dir, flags: options.peerFlags ?? [] });
  return {
    client,
    git,
    processes,
    startedMs,
    async stop() {
      await processes.stop();
      client.close();
      await git.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function installCrds(client: KubeClient, crds: readonly KubeObject[]): Promise<void> {
  await Promise.all(crds.map((crd) => client.apply(crd, { fieldManager: "bench", force: true })));
  const waiting = new Set(crds.map((crd) => crd.metadata.name));
  const { items, resourceVersion } = await client.list(crdKind);
  const look = (crd: KubeObject): void => {
    if (isEstablished(crd)) waiting.delete(crd.metadata.name);
  };
  items.forEach(look);
  if (waiting.size === 0) return;
  for await (const event of client.watch(crdKind, { resourceVersion })) {
    look(event.object);
    if (waiting.size === 0) return;
  }
}

function isEstablished(crd: KubeObject): boolean {
  const status = crd["status"] as { conditions?: { type: string; status: string }[] } | undefined;
  return (
    status?.conditions?.some((condition) => condition.type === "Established" && condition.status === "True") ?? false
  );
}
