import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds } from "@eddy/api";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import type { ControllerEvent } from "@eddy/runtime/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServerOptions } from "./options.ts";
import { startServer } from "./start-server.ts";

let plane: ControlPlane;
let kube: KubeClient;
let options: ServerOptions;
const storagePath = mkdtempSync(join(tmpdir(), "eddy-server-"));
const lines: string[] = [];

beforeAll(async () => {
  plane = await startControlPlane({});
  const kubeConfig = resolveContext(parseKubeconfig(plane.kubeconfig));
  kube = connect(kubeConfig);
  // An installation of Flux need not have every kind.
  for (const kind of kinds.filter(({ kind: name }) => name !== "ArtifactGenerator")) await kube.create(crdOf(kind));
  options = {
    kubeConfig,
    storagePath,
    storageAddr: "127.0.0.1:0",
    metricsAddr: "127.0.0.1:0",
    healthAddr: "127.0.0.1:0",
    writeLog: (line) => lines.push(line),
  };
});
afterAll(async () => {
  kube.close();
  await plane.stop();
  rmSync(storagePath, { recursive: true, force: true });
});

test("controllers run, tell what they do, and stop", async () => {
  const server = await startServer(options);
  await server.ready;
  expect([...server.controllers.keys()]).toEqual(expect.arrayContaining(["GitRepository", "Kustomization"]));
  expect((await fetch(`${server.healthUrl}/readyz`)).status).toBe(200);

  const told = new Promise<ControllerEvent>((resolve) => server.events.subscribe(resolve));
  await kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "away", namespace: "default" },
    spec: { interval: "1m", url: "http://127.0.0.1:1/away.git" },
  });
  expect(await told).toMatchObject({
    severity: "error",
    reason: "GitOperationFailed",
    involvedObject: { kind: "GitRepository", name: "away" },
  });
  await server.controllers.get("GitRepository")?.idle();
  const metrics = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  expect(metrics).toMatch(/gotk_reconcile_duration_seconds_count\{.*kind="GitRepository"/i);
  expect(metrics).toMatch(/eddy_step_duration_seconds_count\{controller="gitrepository",step="Poll"\} [1-9]/);

  await Promise.all([server.stop(), server.stop()]);
  expect(server.controllers.size).toBe(0);
  await expect(fetch(`${server.healthUrl}/healthz`)).rejects.toThrow("fetch failed");
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ level: "info", msg: "server started" }),
  );
});

test("with leader election one of two works, the other is ready and stands by", async () => {
  const first = await startServer({ ...options, enableLeaderElection: true, runtimeNamespace: "default" });
  await first.ready;
  const second = await startServer({ ...options, enableLeaderElection: true, runtimeNamespace: "default" });
  expect(second.controllers.size).toBe(0);
  expect((await fetch(`${second.healthUrl}/readyz`)).status).toBe(200);
  const lease = await kube.get({
    group: "coordination.k8s.io",
    kind: "Lease",
    namespace: "default",
    name: "eddy-leader-election",
  });
  expect(lease["spec"]).toMatchObject({ leaseDurationSeconds: 35 });
  await second.stop();
  await expect(second.ready).rejects.toMatchObject({ code: "SERVER_STOPPED" });
  await first.stop();
});

test("an address that is taken fails the start, and nothing is left listening", async () => {
  const first = await startServer(options);
  const { port } = new URL(first.healthUrl ?? "");
  await expect(startServer({ ...options, healthAddr: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: "LISTEN_FAILED",
  });
  await first.stop();
});

test("an address for webhooks that is taken is told, and everything else works", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const server = await startServer({ ...options, receiverAddr: `127.0.0.1:${port}` });
  const told = new Promise<ControllerEvent>((resolve) => server.events.subscribe(resolve));
  await kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "elsewhere", namespace: "default" },
    spec: { interval: "1m", url: "http://127.0.0.1:1/elsewhere.git" },
  });
  expect(await told).toMatchObject({ involvedObject: { kind: "GitRepository" } });
  expect(lines.find((line) => line.includes("listen for events and webhooks failed"))).toContain("EADDRINUSE");
  expect((await fetch(`${server.healthUrl}/readyz`)).status).toBe(503);
  await server.stop();
  taken.close();
});
