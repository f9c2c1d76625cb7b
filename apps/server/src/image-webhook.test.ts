import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, webhookPath } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import type { NotificationHandle } from "@eddy/notification-controller";
import { startRegistry, type Registry } from "@eddy/registry";
import { watchUntil } from "@eddy/runtime/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "./server.ts";
import { startServer } from "./start-server.ts";

const namespace = "default";
const token = "correct-horse";
const storagePath = mkdtempSync(join(tmpdir(), "eddy-image-webhook-"));
const manifestType = "application/vnd.oci.image.manifest.v1+json";
let plane: ControlPlane;
let kube: KubeClient;
let server: Server;
let webhooks: string;
let registry: Registry;

beforeAll(async () => {
  plane = await startControlPlane({});
  const kubeConfig = resolveContext(parseKubeconfig(plane.kubeconfig));
  kube = connect(kubeConfig);
  for (const kind of kinds) await kube.create(crdOf(kind));
  const addresses = { storageAddr: "127.0.0.1:0", metricsAddr: "", healthAddr: "", receiverAddr: "127.0.0.1:0" };
  server = await startServer({ kubeConfig, storagePath, ...addresses, writeLog: () => undefined });
  await server.ready;
  const handle = server.controllers.get("Receiver") as NotificationHandle;
  webhooks = `http://127.0.0.1:${(await handle.listening).webhooksPort}`;
  await kube.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "token", namespace },
    stringData: { token },
  });
  const url = webhooks + webhookPath(token, "generic", namespace);
  registry = await startRegistry({ webhooks: [{ url }] });
});
afterAll(async () => {
  await server.stop();
  await registry.stop();
  kube.close();
  await plane.stop();
  rmSync(storagePath, { recursive: true, force: true });
});

function push(repository: string, tag: string): void {
  const config = Buffer.from(JSON.stringify({ tag }));
  const digest = registry.putBlob(repository, config);
  const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length };
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: descriptor, layers: [] };
  registry.putManifest(repository, { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

async function create(group: string, kind: string, name: string, spec: object): Promise<void> {
  await kube.create({ apiVersion: `${group}.toolkit.fluxcd.io/v1`, kind, metadata: { name, namespace }, spec });
}

const tagOf = (object: KubeObject | undefined): unknown => object && valueAt(object, "status", "latestRef", "tag");
async function untilSelected(name: string, tag: string): Promise<void> {
  const ref = { group: "image.toolkit.fluxcd.io", kind: "ImagePolicy", namespace, name };
  await watchUntil(kube, systemClock, ref, (object) => tagOf(object) === tag);
}

/** An image with one tag that is selected, looked at once a day, and a receiver for it. */
async function follow(name: string, type: string): Promise<void> {
  push(name, "1.0.0");
  await create("notification", "Receiver", name, {
    type,
    secretRef: { name: "token" },
    resources: [{ kind: "ImageRepository", name }],
  });
  await create("image", "ImageRepository", name, { image: `${registry.host}/${name}`, interval: "24h" });
  await create("image", "ImagePolicy", name, { imageRepositoryRef: { name }, policy: { semver: { range: "*" } } });
  await untilSelected(name, "1.0.0");
  const ref = { group: "notification.toolkit.fluxcd.io", kind: "Receiver", namespace, name };
  await watchUntil(
    kube,
    systemClock,
    ref,
    (object) => object !== undefined && valueAt(object, "status", "webhookPath") !== undefined,
  );
}

describe("a pushed tag is selected when the registry calls", () => {
  test("by itself: docker-distribution's notifications", async () => {
    await follow("generic", "generic");
    push("generic", "1.1.0");
    await registry.delivered();
    await untilSelected("generic", "1.1.0");
  });

  const body = (payload: object): { body: string; signature: string } => {
    const text = JSON.stringify(payload);
    return { body: text, signature: createHmac("sha256", token).update(text).digest("hex") };
  };
  test.each<[type: string, headers: (signature: string) => Record<string, string>, payload: object]>([
    ["dockerhub", () => ({}), { push_data: { tag: "1.1.0" }, repository: { repo_url: "https://hub/r/app" } }],
    ["harbor", () => ({ authorization: token }), { type: "PUSH_ARTIFACT", event_data: { resources: [] } }],
    ["quay", () => ({}), { docker_url: "quay.io/org/app", updated_tags: ["1.1.0"] }],
    [
      "github",
      (signature) => ({ "x-hub-signature-256": `sha256=${signature}`, "x-github-event": "package" }),
      { action: "published", package: { name: "app" } },
    ],
  ])("%s", async (type, headers, payload) => {
    await follow(type, type);
    push(type, "1.1.0");
    const { body: text, signature } = body(payload);
    const answer = await fetch(webhooks + webhookPath(token, type, namespace), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers(signature) },
      body: text,
    });
    expect(answer.status).toBe(200);
    await untilSelected(type, "1.1.0");
  });

  test("who cannot prove itself wakes nobody", async () => {
    await follow("forged", "harbor");
    push("forged", "1.1.0");
    const before = registry.requests().length;
    const answer = await fetch(webhooks + webhookPath(token, "forged", namespace), {
      method: "POST",
      headers: { authorization: "wrong" },
      body: "{}",
    });
    expect(answer.status).toBe(400);
    await server.controllers.get("ImageRepository")?.idle();
    expect(registry.requests().length).toBe(before);
  });
});
