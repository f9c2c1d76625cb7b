import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startRegistry, type Registry, type RegistryEvent, type RegistryOptions } from "./index.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const start = async (options: RegistryOptions = {}): Promise<Registry> => {
  const registry = await startRegistry(options);
  stops.push(() => registry.stop());
  return registry;
};
const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const manifestType = "application/vnd.oci.image.manifest.v1+json";

async function push(
  registry: Registry,
  name: string,
  tag: string,
  content: string,
  extra: object = {},
): Promise<string> {
  const digest = registry.putBlob(name, Buffer.from(content));
  const descriptor = { mediaType: "text/plain", digest, size: content.length };
  const body = JSON.stringify({ schemaVersion: 2, config: descriptor, layers: [descriptor], ...extra });
  const response = await fetch(`${registry.url}/v2/${name}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": manifestType },
    body,
  });
  expect(response.status).toBe(201);
  return response.headers.get("docker-content-digest") ?? "";
}

describe("webhooks", () => {
  test("a push is told in docker-distribution's words, again where the receiver failed", async () => {
    const bodies: { type: string | undefined; secret: string | undefined; events: RegistryEvent[] }[] = [];
    const receiver = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { events } = JSON.parse(text) as { events: RegistryEvent[] };
        const { authorization, "content-type": type } = request.headers;
        bodies.push({ type, secret: authorization, events });
        response.writeHead(bodies.length === 1 ? 503 : 200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    stops.push(() => receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const now = (): number => Date.UTC(2026, 0, 1);
    const registry = await start({ webhooks: [{ url, headers: { authorization: "Bearer x" } }], now });
    const digest = await push(registry, "org/app", "1.0", "hello");
    await registry.delivered();
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toMatchObject({
      type: "application/vnd.docker.distribution.events.v1+json",
      secret: "Bearer x",
      events: [
        {
          timestamp: "2026-01-01T00:00:00.000Z",
          action: "push",
          target: {
            mediaType: manifestType,
            digest,
            repository: "org/app",
            tag: "1.0",
            url: `${registry.url}/v2/org/app/manifests/${digest}`,
          },
          request: { method: "PUT", host: registry.host },
          source: { addr: registry.host },
        },
      ],
    });
    expect(registry.events()).toHaveLength(1);
  });

  test("a receiver that is not there stops nothing", async () => {
    const registry = await start({ webhooks: [{ url: "http://127.0.0.1:1/" }] });
    await push(registry, "org/app", "1.0", "hello");
    await registry.delivered();
    expect(registry.tags("org/app")).toEqual(["1.0"]);
  });
});

describe("safety", () => {
  test("anything but loopback wants credentials", async () => {
    await expect(startRegistry({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "REGISTRY_OPEN" });
  });

  test("a body that is too large is refused", async () => {
    const registry = await start({ maxBlobBytes: 10 });
    const path = `${registry.url}/v2/org/app/blobs/uploads/?digest=${digestOf("x".repeat(11))}`;
    expect((await fetch(path, { method: "POST", body: "x".repeat(11) })).status).toBe(413);
  });

  test.each([
    "/v2/../../etc/passwd/tags/list",
    "/v2/a%2F..%2Fb/tags/list",
    "/v2/%zz/tags/list",
    "/v2/UP/tags/list",
    "/v2/org/app/manifests/%2e%2e",
    "/v2/org/app/blobs/sha256:short",
  ])("%s is refused", async (path) => {
    const registry = await start();
    const { status } = await fetch(`${registry.url}${path}`);
    expect([400, 404]).toContain(status);
  });
});

test("referrers are listed, and filtered by type", async () => {
  const registry = await start();
  const digest = await push(registry, "org/app", "1.0", "hello");
  const subject = { mediaType: manifestType, digest, size: 1 };
  const signature = await push(registry, "org/app", "sig", "s", { subject, artifactType: "application/vnd.a" });
  const list = async (query = ""): Promise<string[]> => {
    const response = await fetch(`${registry.url}/v2/org/app/referrers/${digest}${query}`);
    const { manifests } = (await response.json()) as { manifests: { digest: string }[] };
    return manifests.map((entry) => entry.digest);
  };
  expect(await list()).toEqual([signature]);
  expect(await list("?artifactType=application/vnd.a")).toEqual([signature]);
  expect(await list("?artifactType=application/vnd.b")).toEqual([]);
});

test("a token is for what it was asked for", async () => {
  const auth = { scheme: "bearer" as const, username: "jane", password: "s3cr3t" };
  const registry = await start({ auth });
  registry.putBlob("org/app", Buffer.from("hello"));
  const authorization = `Basic ${Buffer.from("jane:s3cr3t").toString("base64")}`;
  const tokenFor = async (scope: string): Promise<string> => {
    const answer = await fetch(`${registry.url}/token?scope=${scope}`, { headers: { authorization } });
    return ((await answer.json()) as { token: string }).token;
  };
  const get = async (token: string): Promise<number> =>
    (
      await fetch(`${registry.url}/v2/org/app/blobs/${digestOf("hello")}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;
  expect(await get(await tokenFor("repository:org/app:pull"))).toBe(200);
  expect(await get(await tokenFor("repository:org/other:pull"))).toBe(401);
  expect(await get("made-up")).toBe(401);
  expect((await fetch(`${registry.url}/token?scope=repository:org/app:pull`)).status).toBe(401);
});

test("requests and their answers are kept", async () => {
  const registry = await start();
  await (await fetch(`${registry.url}/v2/org/app/tags/list`)).text();
  await expect.poll(() => registry.requests()[0]?.status).toBe(404);
  expect(registry.requests()[0]).toMatchObject({ method: "GET", url: "/v2/org/app/tags/list" });
});
