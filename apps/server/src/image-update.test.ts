import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, webhookPath } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import type { NotificationHandle } from "@eddy/notification-controller";
import { startRegistry, type Registry } from "@eddy/registry";
import { watchUntil } from "@eddy/runtime/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Server } from "./server.ts";
import { startServer } from "./start-server.ts";

const namespace = "default";
const token = "correct-horse";
const folder = mkdtempSync(join(tmpdir(), "eddy-image-update-"));
const manifestType = "application/vnd.oci.image.manifest.v1+json";
let plane: ControlPlane;
let kube: KubeClient;
let server: Server;
let registry: Registry;
let git: GitServer;

beforeAll(async () => {
  plane = await startControlPlane({});
  const kubeConfig = resolveContext(parseKubeconfig(plane.kubeconfig));
  kube = connect(kubeConfig);
  for (const kind of kinds) await kube.create(crdOf(kind));
  git = await startGitServer({ dir: join(folder, "git") });
  const addresses = { storageAddr: "127.0.0.1:0", metricsAddr: "", healthAddr: "", receiverAddr: "127.0.0.1:0" };
  server = await startServer({
    kubeConfig,
    storagePath: join(folder, "storage"),
    ...addresses,
    writeLog: () => undefined,
  });
  await server.ready;
  const handle = server.controllers.get("Receiver") as NotificationHandle;
  const webhooks = `http://127.0.0.1:${(await handle.listening).webhooksPort}`;
  registry = await startRegistry({ webhooks: [{ url: webhooks + webhookPath(token, "registry", namespace) }] });
});
afterAll(async () => {
  await server.stop();
  await Promise.all([registry.stop(), git.stop()]);
  kube.close();
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

function push(tag: string): void {
  const config = Buffer.from(JSON.stringify({ tag }));
  const digest = registry.putBlob("app", config);
  const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: descriptor, layers: [] });
  registry.putManifest("app", { mediaType: manifestType, bytes: Buffer.from(manifest) }, tag);
}

async function create(group: string, kind: string, name: string, spec: object): Promise<ObjectRef> {
  const apiGroup = `${group}.toolkit.fluxcd.io`;
  await kube.create({ apiVersion: `${apiGroup}/v1`, kind, metadata: { name, namespace }, spec });
  return { group: apiGroup, kind, namespace, name };
}

const until = (ref: ObjectRef, accept: (object: KubeObject) => boolean): Promise<unknown> =>
  watchUntil(kube, systemClock, ref, (object) => object !== undefined && accept(object));
const deployment = { group: "apps", kind: "Deployment", namespace, name: "app" };
const runs = (tag: string) => (object: KubeObject) =>
  valueAt(object, "spec", "template", "spec", "containers", 0, "image") === `${registry.host}/app:${tag}`;

test("a pushed tag is selected, committed and applied, by events alone: every interval is a day", async () => {
  push("1.0.0");
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: default}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
        - name: app
          image: "${registry.host}/app:1.0.0" # {"$imagepolicy": "default:app"}
        - name: side
          image: ${registry.host}/app:1.0.0 # {"$imagepolicy": "default:app"}
`;
  const { url } = await git.createRepository("fleet", { "app.yaml": manifest });
  const interval = "24h";
  await kube.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "token", namespace },
    stringData: { token },
  });
  const resources = [{ kind: "ImageRepository", name: "app" }];
  await create("notification", "Receiver", "registry", { type: "generic", secretRef: { name: "token" }, resources });
  await create("source", "GitRepository", "fleet", { interval, url, ref: { branch: "main" } });
  const sourceRef = { kind: "GitRepository", name: "fleet" };
  await create("kustomize", "Kustomization", "fleet", { interval, sourceRef, prune: true, path: "./", wait: false });
  await create("image", "ImageRepository", "app", { image: `${registry.host}/app`, interval });
  const policy = await create("image", "ImagePolicy", "app", {
    imageRepositoryRef: { name: "app" },
    policy: { semver: { range: "*" } },
  });
  const automation = await create("image", "ImageUpdateAutomation", "app", {
    interval,
    sourceRef,
    git: {
      commit: {
        author: { name: "Eddy", email: "eddy@example.org" },
        messageTemplate: "{{ range .Changed.Changes }}{{ .OldValue }} -> {{ .NewValue }}{{ end }}",
      },
    },
  });
  await until(deployment, runs("1.0.0"));
  await until(policy, (object) => valueAt(object, "status", "latestRef", "tag") === "1.0.0");
  await until(automation, (object) => valueAt(object, "status", "observedPolicies", "app", "tag") === "1.0.0");
  for (const tag of ["1.1.0", "1.2.0"]) {
    push(tag);
    await registry.delivered();
    await until(deployment, runs(tag));
  }
  const automated = await kube.get(automation);
  expect(valueAt(automated, "status", "lastPushCommit")).toMatch(/^[0-9a-f]{40}$/);
});
