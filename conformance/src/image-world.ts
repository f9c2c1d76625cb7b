import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installManifests } from "@eddy/cli";
import { systemClock } from "@eddy/core/clock";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRegistry, type Registry } from "@eddy/registry";
import { watchUntil } from "@eddy/runtime/testing";
import { startEddy } from "./end-to-end/eddy-command.ts";
import { startFakeKubelet } from "./end-to-end/fake-kubelet.ts";
import { startRealControlPlane } from "./real-control-plane.ts";

/** A real cluster where Eddy is installed and runs by the real command, and a registry. */
export interface ImageWorld {
  readonly kube: KubeClient;
  readonly registry: Registry;
  readonly kubeconfig: string;
  /** A folder of its own. */
  readonly dir: string;
  readonly updatesUrl: string;
  /** A user without any rights yet, `alice`. */
  readonly alice: KubeClient;
  stop(): Promise<void>;
}

/** Starts everything; undefined where the real control plane is not built. */
export async function startImageWorld(): Promise<ImageWorld | undefined> {
  const plane = await startRealControlPlane({ controllerManager: true });
  if (!plane) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "eddy-images-"));
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
  const config = resolveContext(parseKubeconfig(plane.kubeconfig));
  const [kube, alice] = [connect(config), connect({ ...config, user: { token: plane.tokens.alice } })];
  const kubelet = startFakeKubelet(kube);
  const registry = await startRegistry();
  const port = await freePort();
  await install(kube);
  const eddy = startEddy([
    "server",
    "--kubeconfig",
    kubeconfig,
    `--storage-path=${join(dir, "storage")}`,
    `--updates-addr=127.0.0.1:${port}`,
    "--storage-addr=127.0.0.1:0",
    "--storage-adv-addr=127.0.0.1",
    "--metrics-addr=",
    "--health-addr=",
    "--events-addr=",
    "--receiver-addr=",
  ]);
  return {
    kube,
    registry,
    kubeconfig,
    dir,
    updatesUrl: `http://127.0.0.1:${port}`,
    alice,
    async stop() {
      eddy.kill();
      kubelet.stop();
      alice.close();
      kube.close();
      await registry.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Everything but what nobody runs here. */
async function install(kube: KubeClient): Promise<void> {
  const options = {
    namespace: "flux-system",
    watchAllNamespaces: true,
    logLevel: "info" as const,
    networkPolicy: false,
    clusterDomain: "cluster.local",
  };
  const objects = installManifests(options).filter(({ kind }) => !["Deployment", "ResourceQuota"].includes(kind));
  for (const object of objects) await kube.apply(object, { fieldManager: "suite", force: true });
  const group = "apiextensions.k8s.io";
  for (const { metadata } of objects.filter(({ kind }) => kind === "CustomResourceDefinition")) {
    const crd = { group, kind: "CustomResourceDefinition", namespace: "", name: metadata.name };
    await watchUntil(kube, systemClock, crd, (object) =>
      JSON.stringify(object?.["status"] ?? "").includes('"Established"'),
    );
  }
}

/** Pushes an image without layers. */
export function pushImage(registry: Registry, repository: string, tag: string): void {
  const bytes = Buffer.from(JSON.stringify({ tag }));
  registry.putBlob(repository, bytes);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: bytes.length };
  const manifest = { schemaVersion: 2, mediaType, config, layers: [] };
  registry.putManifest(repository, { mediaType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
