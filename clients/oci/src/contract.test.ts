import { afterEach, describe, expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { startRegistry, type Registry, type RegistryOptions } from "@eddy/registry";
import {
  createHostBudget,
  createOciClient,
  mediaTypes,
  parseReference,
  parseRepository,
  sha256Digest,
  withDigest,
  withTag,
  type Descriptor,
  type Keychain,
  type OciClient,
  type OciClientOptions,
  type Repository,
} from "./index.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startBed(
  registryOptions: RegistryOptions = {},
  clientOptions: OciClientOptions = {},
): Promise<{ registry: Registry; client: OciClient; repository: Repository }> {
  const registry = await startRegistry(registryOptions);
  const client = createOciClient({ limits: { retryDelayMs: 1 }, ...clientOptions });
  stops.push(
    () => registry.stop(),
    () => client.close(),
  );
  return { registry, client, repository: parseRepository(`${registry.host}/org/app`) };
}

function keychainOf(auth: Awaited<ReturnType<Keychain["resolve"]>>): Keychain {
  return { resolve: () => Promise.resolve(auth) };
}

const config = Buffer.from("{}");
const manifestFor = (layer: Descriptor, extra: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: "application/vnd.example.config", digest: sha256Digest(config), size: config.length },
      layers: [layer],
      ...extra,
    }),
  );

async function pushApp(
  client: OciClient,
  repository: Repository,
  tag: string,
  content = "hello",
  extra: object = {},
): Promise<Descriptor> {
  await client.pushBlob(repository, { mediaType: "application/json", bytes: config });
  const layer = await client.pushBlob(repository, { mediaType: "text/plain", bytes: Buffer.from(content) });
  const bytes = manifestFor(layer, extra);
  return client.pushManifest(withTag(repository, tag), { mediaType: mediaTypes.ociManifest, bytes });
}

/** Seeds without the client: what the registry says is not what the client believes. */
function seed(registry: Registry, name: string, tag: string, content = "hello", extra: object = {}): string {
  registry.putBlob(name, config);
  const layer = { mediaType: "text/plain", digest: registry.putBlob(name, Buffer.from(content)), size: content.length };
  return registry.putManifest(name, { mediaType: mediaTypes.ociManifest, bytes: manifestFor(layer, extra) }, tag);
}

const paths = (registry: Registry): string[] => registry.requests().map(({ method, url }) => `${method} ${url}`);

describe("push, pull, tag, list", () => {
  test("what was pushed is pulled", async () => {
    const { client, repository, registry } = await startBed();
    const pushed = await pushApp(client, repository, "1.0");
    expect(await client.resolve(withTag(repository, "1.0"))).toStrictEqual(pushed);
    const { manifest, descriptor } = await client.fetchImage(withTag(repository, "1.0"));
    expect(descriptor).toStrictEqual(pushed);
    const [layer] = manifest.layers;
    expect((await client.fetchBlob(repository, layer as Descriptor)).toString()).toBe("hello");
    await client.tag(withDigest(repository, pushed.digest), "stable");
    expect(await client.listTags(repository)).toStrictEqual(["1.0", "stable"]);
    expect(registry.events().map(({ action, target }) => `${action} ${target.tag ?? target.mediaType}`)).toContain(
      "push stable",
    );
  });

  test("a blob that is there is not sent again, one of a neighbour is mounted", async () => {
    const { client, repository, registry } = await startBed();
    await pushApp(client, repository, "1");
    const before = registry.requests().length;
    await client.pushBlob(repository, { mediaType: "text/plain", bytes: Buffer.from("hello") });
    const other = parseRepository(`${registry.host}/org/other`);
    await client.pushBlob(other, { mediaType: "text/plain", bytes: Buffer.from("hello"), mountFrom: "org/app" });
    expect(
      paths(registry)
        .slice(before)
        .map((line) => line.split("?", 1)[0]),
    ).toStrictEqual([
      `HEAD /v2/org/app/blobs/${sha256Digest(Buffer.from("hello"))}`,
      `HEAD /v2/org/other/blobs/${sha256Digest(Buffer.from("hello"))}`,
      "POST /v2/org/other/blobs/uploads/",
    ]);
  });

  test("an unchanged tag costs one HEAD request", async () => {
    const { client, repository, registry } = await startBed();
    const digest = seed(registry, "org/app", "latest");
    await client.resolve(withTag(repository, "latest"));
    const before = registry.requests().length;
    expect((await client.resolve(withTag(repository, "latest"))).digest).toBe(digest);
    expect(paths(registry).slice(before)).toStrictEqual(["HEAD /v2/org/app/manifests/latest"]);
  });

  test("an index gives the image of the platform", async () => {
    const { client, repository, registry } = await startBed();
    const amd = seed(registry, "org/app", "amd", "amd");
    const arm = seed(registry, "org/app", "arm", "arm");
    const entry = (digest: string, architecture: string): object => ({
      mediaType: mediaTypes.ociManifest,
      digest,
      size: 1,
      platform: { os: "linux", architecture },
    });
    const index = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [entry(arm, "arm64"), entry(amd, "amd64")],
    };
    registry.putManifest(
      "org/app",
      { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(JSON.stringify(index)) },
      "all",
    );
    expect((await client.fetchImage(withTag(repository, "all"))).descriptor.digest).toBe(amd);
    const platform = { os: "linux", architecture: "arm64" };
    expect((await client.fetchImage(withTag(repository, "all"), { platform })).descriptor.digest).toBe(arm);
    const none = client.fetchImage(withTag(repository, "all"), { platform: { os: "windows", architecture: "amd64" } });
    await expect(none).rejects.toThrow(`no child with platform windows/amd64 in index ${registry.host}/org/app:all`);
  });

  test("50,000 tags come in pages of a thousand", async () => {
    const { client, repository, registry } = await startBed();
    const digest = seed(registry, "org/app", "latest");
    expect(digest).toMatch(/^sha256:/);
    const bytes = manifestFor({ mediaType: "text/plain", digest: sha256Digest(Buffer.from("hello")), size: 5 });
    for (let index = 1; index < 50_000; index++)
      registry.putManifest("org/app", { mediaType: mediaTypes.ociManifest, bytes }, `v${index}`);
    expect(await client.listTags(repository)).toHaveLength(50_000);
    expect(paths(registry).filter((path) => path.includes("/tags/list"))).toHaveLength(50);
  });

  test("more tags than allowed are refused", async () => {
    const { client, repository, registry } = await startBed({ maxPageSize: 2 }, { limits: { maxTags: 3 } });
    for (const tag of ["a", "b", "c", "d"]) seed(registry, "org/app", tag);
    await expect(client.listTags(repository)).rejects.toThrow("list tags: more than 3 tags");
  });

  test.each([true, false])("referrers are found, by the API: %s", async (referrers) => {
    const { client, repository } = await startBed({ referrers });
    const subject = await pushApp(client, repository, "1");
    const signature = await pushApp(client, repository, "sig", "signature", {
      artifactType: "application/vnd.example.signature",
      subject,
    });
    expect((await client.listReferrers(repository, subject.digest)).map(({ digest }) => digest)).toStrictEqual([
      signature.digest,
    ]);
    const typed = (artifactType: string): Promise<Descriptor[]> =>
      client.listReferrers(repository, subject.digest, { artifactType });
    expect(await typed("application/vnd.example.signature")).toHaveLength(1);
    expect(await typed("application/vnd.example.other")).toHaveLength(0);
    expect(await client.listReferrers(repository, signature.digest)).toStrictEqual([]);
  });

  test("what is deleted is gone", async () => {
    const { client, repository } = await startBed();
    const pushed = await pushApp(client, repository, "1");
    await client.deleteManifest(withDigest(repository, pushed.digest));
    await expect(client.fetchManifest(withTag(repository, "1"))).rejects.toThrow(
      `GET http://${repository.registry}/v2/org/app/manifests/1: MANIFEST_UNKNOWN: manifest unknown; unknown tag=1`,
    );
  });
});

describe("logins", () => {
  const auth = { username: "jane", password: "s3cr3t-pass" };

  test("basic", async () => {
    const bed = await startBed({ auth }, { keychain: keychainOf(auth) });
    await pushApp(bed.client, bed.repository, "1");
    expect(await bed.client.listTags(bed.repository)).toStrictEqual(["1"]);
  });

  test("bearer: one token for many requests, another for pushes", async () => {
    const bed = await startBed({ auth: { ...auth, scheme: "bearer" } }, { keychain: keychainOf(auth) });
    await pushApp(bed.client, bed.repository, "1");
    for (let round = 0; round < 3; round++) await bed.client.resolve(withTag(bed.repository, "1"));
    expect(paths(bed.registry).filter((path) => path.includes("/token"))).toHaveLength(2);
  });

  test("an expired token is fetched again", async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const bed = await startBed(
      { auth: { ...auth, scheme: "bearer", tokenSeconds: 60 }, now: () => nowMs },
      { keychain: keychainOf(auth) },
    );
    await pushApp(bed.client, bed.repository, "1");
    nowMs += 120_000;
    expect((await bed.client.resolve(withTag(bed.repository, "1"))).size).toBeGreaterThan(0);
  });

  test("a refresh token is exchanged", async () => {
    const bed = await startBed(
      { auth: { ...auth, scheme: "bearer", identityToken: "refresh-me" } },
      { keychain: keychainOf({ identityToken: "refresh-me" }) },
    );
    await pushApp(bed.client, bed.repository, "1");
    expect(paths(bed.registry)).toContain("POST /token");
  });

  test("anybody pulls what is public", async () => {
    const bed = await startBed({ auth: { ...auth, scheme: "bearer", anonymousPull: true } });
    seed(bed.registry, "org/app", "1");
    expect(await bed.client.listTags(bed.repository)).toStrictEqual(["1"]);
    await expect(pushApp(bed.client, bed.repository, "2")).rejects.toThrow("UNAUTHORIZED: authentication required");
  });

  test.each(["basic", "bearer"] as const)("a wrong password is refused and not shown: %s", async (scheme) => {
    const keychain = keychainOf({ username: "jane", password: "wrong-password" });
    const bed = await startBed({ auth: { ...auth, scheme } }, { keychain });
    const error = await bed.client.ping(bed.repository).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("UNAUTHORIZED: authentication required");
    expect(String(error)).not.toContain("wrong-password");
  });

  test.each<[string, RegExp]>([
    ["ftp://tokens.example.org/", /realm scheme "ftp" not allowed/],
    ["http://10.0.0.1/token", /realm host "10.0.0.1" is a private or link-local address/],
    ["nonsense", /parsing realm "nonsense"/],
  ])("credentials are not taken to %s", async (realm, message) => {
    const bed = await startBed({ auth: { ...auth, scheme: "bearer", realm } }, { keychain: keychainOf(auth) });
    await expect(bed.client.listTags(bed.repository)).rejects.toThrow(message);
  });
});

describe("registries that misbehave", () => {
  const tagged = parseReference("127.0.0.1/org/app:1").tag;

  test("content that is not what it is named", async () => {
    const good = Buffer.from("hello");
    const { client, repository, registry } = await startBed({
      intercept: ({ url }) => (url.includes("/blobs/") ? { status: 200, body: "hellO" } : undefined),
    });
    registry.putBlob("org/app", good);
    const digest = sha256Digest(good);
    await expect(client.fetchBlob(repository, { digest, size: 5 })).rejects.toThrow(
      `error verifying sha256 checksum after reading 5 bytes; got "${sha256Digest(Buffer.from("hellO"))}", want "${digest}"`,
    );
    await expect(client.fetchBlob(repository, { digest, size: 4 })).rejects.toThrow(
      "Content-Length header 5 does not match expected size 4",
    );
    await expect(client.fetchBlob(repository, { digest: "md5:abc" })).rejects.toThrow('refused the digest "md5:abc"');
    await expect(client.fetchBlob(repository, { digest, size: 5 }, { maxBytes: 4 })).rejects.toThrow(
      "it has 5 bytes, at most 4 are allowed",
    );
    await expect(client.fetchBlob(repository, { digest }, { maxBytes: 4 })).rejects.toThrow("more than 4 bytes");
  });

  test("a manifest that is not what was asked for", async () => {
    const { client, repository, registry } = await startBed({
      intercept: ({ url, method }) =>
        method === "GET" && url.includes("/manifests/sha256:")
          ? { status: 200, headers: { "content-type": mediaTypes.ociManifest }, body: "{}" }
          : undefined,
    });
    const digest = seed(registry, "org/app", "1");
    await expect(client.fetchManifest(withDigest(repository, digest))).rejects.toThrow(
      `manifest digest: "${sha256Digest(Buffer.from("{}"))}" does not match requested digest: "${digest}"`,
    );
  });

  test.each<[string, string, RegExp]>([
    ["no JSON", "<html>", /parse manifest: it is not JSON/],
    ["no object", "[]", /parse manifest: it is not an object/],
    ["layers that are no list", '{"layers":{}}', /parse manifest: layers is not a list/],
    ["layers that are no objects", '{"layers":[1]}', /layers\[0\] is not an object/],
    [
      "too many layers",
      JSON.stringify({ layers: Array.from({ length: 10_001 }, () => ({})) }),
      /more than 10000 layers/,
    ],
    ["a huge manifest", " ".repeat(5_000), /more than 4096 bytes|it has/],
  ])("%s", async (name, body, message) => {
    const limits = name === "a huge manifest" ? { maxManifestBytes: 4_096 } : {};
    const intercept: RegistryOptions["intercept"] = ({ url }) =>
      url.includes("/manifests/")
        ? { status: 200, headers: { "content-type": mediaTypes.ociManifest }, body }
        : undefined;
    const { client, repository } = await startBed({ intercept }, { limits: { retryDelayMs: 1, ...limits } });
    await expect(client.fetchImage(withTag(repository, "1"))).rejects.toThrow(message);
  });

  test("HEAD that says too little is followed by GET", async () => {
    const { client, repository, registry } = await startBed({
      intercept: ({ method, url }) =>
        method === "HEAD" && url.includes("/manifests/")
          ? { status: 200, headers: { "content-type": mediaTypes.ociManifest } }
          : undefined,
    });
    const digest = seed(registry, "org/app", "1");
    expect((await client.resolve(withTag(repository, tagged ?? ""))).digest).toBe(digest);
  });

  test("a busy registry is asked again, as often as allowed", async () => {
    let asked = 0;
    const bed = await startBed({
      intercept: ({ url }) => {
        if (!url.includes("/tags/list") || ++asked > 2) return undefined;
        return { status: 429, headers: { "retry-after": "0" }, body: "" };
      },
    });
    seed(bed.registry, "org/app", "1");
    expect(await bed.client.listTags(bed.repository)).toStrictEqual(["1"]);
    asked = -10;
    await expect(bed.client.listTags(bed.repository)).rejects.toThrow("unexpected status code 429 Too Many Requests");
    expect(asked).toBe(-7);
  });

  test("a wait that is too long is left to the next pass", async () => {
    const bed = await startBed({
      intercept: ({ url }) =>
        url.includes("/tags/list") ? { status: 503, headers: { "retry-after": "600" }, body: "" } : undefined,
    });
    const error = await bed.client.listTags(bed.repository).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 503, retryAfterMs: 600_000 });
    expect(paths(bed.registry).filter((path) => path.includes("/tags/list"))).toHaveLength(1);
  });

  test("connections that break are tried again", async () => {
    let broken = 1;
    const bed = await startBed({
      intercept: ({ url }) => (url.includes("/tags/list") && broken-- > 0 ? { status: 0, hangUp: true } : undefined),
    });
    seed(bed.registry, "org/app", "1");
    expect(await bed.client.listTags(bed.repository)).toStrictEqual(["1"]);
  });

  test("a registry that never finishes is left alone in time", async () => {
    const bed = await startBed(
      {
        intercept: ({ url }) =>
          url.includes("/tags/list") ? { status: 200, body: '{"tags":[', stall: true } : undefined,
      },
      { timeoutMs: 200 },
    );
    await expect(bed.client.listTags(bed.repository)).rejects.toThrow("context deadline exceeded");
  });

  test("pages that never end", async () => {
    const intercept: RegistryOptions["intercept"] = ({ url }) =>
      url.includes("/tags/list")
        ? { status: 200, headers: { link: '</v2/org/app/tags/list?n=1000>; rel="next"' }, body: '{"tags":["a"]}' }
        : undefined;
    const { client, repository } = await startBed({ intercept });
    await expect(client.listTags(repository)).rejects.toThrow("list tags: the pages never end");
  });

  test("a page of another host", async () => {
    const intercept: RegistryOptions["intercept"] = ({ url }) =>
      url.includes("/tags/list")
        ? { status: 200, headers: { link: '<https://elsewhere.example/v2/>; rel="next"' }, body: '{"tags":[]}' }
        : undefined;
    const { client, repository } = await startBed({ intercept });
    await expect(client.listTags(repository)).rejects.toThrow("to a page of elsewhere.example");
  });

  test("redirects: blobs may live elsewhere, credentials stay", async () => {
    const auth = { username: "jane", password: "s3cr3t-pass" };
    const store = await startBed();
    const digest = store.registry.putBlob("org/app", Buffer.from("hello"));
    const bed = await startBed(
      {
        auth,
        intercept: ({ url }) =>
          url.includes("/blobs/") ? { status: 307, headers: { location: `${store.registry.url}${url}` } } : undefined,
      },
      { keychain: keychainOf(auth) },
    );
    expect((await bed.client.fetchBlob(bed.repository, { digest })).toString()).toBe("hello");
    expect(store.registry.requests()[0]?.headers["authorization"]).toBeUndefined();
  });

  test.each<[string, RegExp]>([
    [
      "http://169.254.169.254/latest/meta-data",
      /SSRF protection: redirect from "127.0.0.1" to private\/link-local host/,
    ],
    ["file:///etc/passwd", /refused the scheme "file:"/],
    ["loop", /stopped after 10 redirects/],
  ])("a redirect to %s is not followed", async (target, message) => {
    const { client, repository } = await startBed({
      intercept: ({ url }) =>
        url.includes("/blobs/") ? { status: 302, headers: { location: target === "loop" ? url : target } } : undefined,
    });
    await expect(client.fetchBlob(repository, { digest: sha256Digest(config) })).rejects.toThrow(message);
  });

  test("nobody there", async () => {
    const { client } = await startBed();
    const error = await client
      .listTags(parseRepository("127.0.0.1:1/org/app"))
      .catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toMatch(/Get "https:\/\/127.*ECONNREFUSED.*; Get "http:\/\/127.*ECONNREFUSED/);
  });

  test("tags with escapes are one step of the path", async () => {
    const { client, repository, registry } = await startBed();
    await expect(client.resolve(withTag(repository, "../../_catalog"))).rejects.toThrow("MANIFEST_INVALID");
    expect(paths(registry).at(-1)).toBe("GET /v2/org/app/manifests/..%2F..%2F_catalog");
  });
});

describe("tags, if they changed", () => {
  const list = (
    body: object,
    headers: Record<string, string> = {},
  ): { status: 200; body: string; headers: Record<string, string> } => ({
    status: 200,
    body: JSON.stringify(body),
    headers,
  });

  test("a list that is still the same is not sent again", async () => {
    const conditions: unknown[] = [];
    const { client, repository } = await startBed({
      intercept({ url, headers }) {
        if (!url.includes("/tags/list")) return undefined;
        conditions.push(headers["if-none-match"]);
        return headers["if-none-match"] === '"1"' ? { status: 304 } : list({ tags: ["a", "b"] }, { etag: '"1"' });
      },
    });
    const first = await client.listTagsIfChanged(repository, {});
    expect(first).toEqual({ changed: true, tags: ["a", "b"], etag: '"1"' });
    expect(await client.listTagsIfChanged(repository, { etag: '"1"' })).toEqual({ changed: false });
    expect(await client.listTagsIfChanged(repository, { etag: '"0"' })).toEqual(first);
    expect(conditions).toEqual([undefined, '"1"', '"0"']);
  });

  test("of several pages nobody knows", async () => {
    const { client, repository } = await startBed({
      intercept: ({ url }) => {
        if (!url.includes("/tags/list")) return undefined;
        const link = { etag: '"1"', link: '</v2/org/app/tags/list?n=1&last=a>; rel="next"' };
        return url.includes("last=a") ? list({ tags: ["b"] }, { etag: '"2"' }) : list({ tags: ["a"] }, link);
      },
    });
    expect(await client.listTagsIfChanged(repository, {})).toEqual({ changed: true, tags: ["a", "b"] });
  });

  test("who is told to wait is not asked by another client either", async () => {
    let asked = 0;
    const clock = fakeClock();
    const budget = createHostBudget({ clock });
    const { client, repository, registry } = await startBed(
      {
        intercept: ({ url }) =>
          url.includes("/tags/list") && ++asked > 0 ? { status: 429, headers: { "retry-after": "120" } } : undefined,
      },
      { budget, clock },
    );
    await expect(client.listTags(repository)).rejects.toMatchObject({ status: 429, retryAfterMs: 120_000 });
    const other = createOciClient({ budget, clock });
    stops.push(() => other.close());
    await expect(other.listTags(parseRepository(`${registry.host}/org/other`))).rejects.toMatchObject({
      code: "OCI_HOST_BUSY",
    });
    expect(asked).toBe(1);
  });
});
