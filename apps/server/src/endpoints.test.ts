import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEndpoints, type Endpoints } from "./endpoints.ts";
import { createLogBuffer } from "./log-buffer.ts";
import type { ServerOptions } from "./options.ts";
import { addProcessMetrics } from "./process-metrics.ts";

const storagePath = mkdtempSync(join(tmpdir(), "eddy-endpoints-"));
const logs = createLogBuffer();
const metrics = createMetricsRegistry();
addProcessMetrics(metrics, 0);
let missing: string | undefined = "reading caches";
const options: ServerOptions = {
  kubeConfig: { context: "c", namespace: "default", cluster: { server: "https://127.0.0.1:1" }, user: {} },
  storagePath,
  storageAddr: "127.0.0.1:0",
  metricsAddr: "127.0.0.1:0",
  healthAddr: ":0",
};
const sources = { logs, metrics, notReady: () => missing };

let endpoints: Endpoints;
beforeAll(async () => {
  endpoints = await startEndpoints(options, sources);
});
afterAll(async () => {
  await endpoints.stop();
  rmSync(storagePath, { recursive: true });
});

async function get(url: string | undefined): Promise<[number, string]> {
  const response = await fetch(url ?? "");
  return [response.status, await response.text()];
}

describe("health", () => {
  test("/healthz always, /readyz when nothing is missing", async () => {
    expect(await get(`${endpoints.health?.url}/healthz`)).toEqual([200, "ok"]);
    expect(await get(`${endpoints.health?.url}/readyz`)).toEqual([503, "reading caches"]);
    missing = undefined;
    expect(await get(`${endpoints.health?.url}/readyz`)).toEqual([200, "ok"]);
  });

  test("/logs has the last lines", async () => {
    logs.add("one\n");
    logs.add("two\n");
    expect(await get(`${endpoints.health?.url}/logs`)).toEqual([200, "one\ntwo\n"]);
    expect(await get(`${endpoints.health?.url}/logs?tail=1`)).toEqual([200, "two\n"]);
  });

  test("/logs?follow=true goes on", async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      const following = request(`${endpoints.health?.url}/logs?tail=0&follow=true`, (response) => {
        response.on("data", (chunk: Buffer) => {
          seen.push(chunk.toString());
          following.destroy();
          resolve();
        });
        logs.add("three\n");
      });
      following.on("error", () => {});
      following.end();
    });
    expect(seen).toEqual(["three\n"]);
  });

  test("/logs is for this machine only", async () => {
    const other = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal);
    if (!other) return;
    const { port } = new URL(endpoints.health?.url ?? "");
    expect(await get(`http://${other.address}:${port}/logs`)).toEqual([404, "404 page not found\n"]);
    expect((await get(`http://${other.address}:${port}/healthz`))[0]).toBe(200);
  });

  test("nothing else, and only reading", async () => {
    expect((await get(`${endpoints.health?.url}/`))[0]).toBe(404);
    expect((await fetch(`${endpoints.health?.url}/healthz`, { method: "POST" })).status).toBe(405);
  });
});

test("metrics tell of the process", async () => {
  const [status, text] = await get(`${endpoints.metrics?.url}/metrics`);
  expect(status).toBe(200);
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  expect((await get(`${endpoints.metrics?.url}/other`))[0]).toBe(404);
});

test("artifacts are served from the storage path", async () => {
  writeFileSync(join(storagePath, "a.tar.gz"), "x");
  expect(await get(`${endpoints.artifacts.url}/a.tar.gz`)).toEqual([200, "x"]);
});

test("a port that is taken says so, and what listens already is closed", async () => {
  const { port } = new URL(endpoints.metrics?.url ?? "");
  const failing = startEndpoints({ ...options, metricsAddr: `127.0.0.1:${port}` }, sources);
  await expect(failing).rejects.toMatchObject({
    code: "LISTEN_FAILED",
    hint: expect.stringContaining("port 0") as string,
  });
});

test("a storage path that cannot be made says so", async () => {
  writeFileSync(join(storagePath, "file"), "");
  await expect(
    startEndpoints({ ...options, storagePath: join(storagePath, "file/below") }, sources),
  ).rejects.toMatchObject({ code: "STORAGE_UNUSABLE" });
});
