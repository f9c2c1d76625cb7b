import { imageRepositoryKind, type ImageRepository } from "@eddy/api";
import { startRegistry, type Registry, type RegistryAnswer, type RegistryRequest } from "@eddy/registry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, pushImage, settled, startImageBed, type ImageBed } from "../testing/image-bed.ts";

const auth = { username: "jane", password: "correct-horse" };
let bed: ImageBed;
let open: Registry;
let secured: Registry;
let image: string;
let path: string;
let intercept: ((request: RegistryRequest) => RegistryAnswer | undefined) | undefined;

beforeAll(async () => {
  bed = await startImageBed();
  open = await startRegistry({ intercept: (request) => intercept?.(request) });
  secured = await startRegistry({ auth: { ...auth, scheme: "bearer" } });
});
afterAll(async () => {
  await bed.stop();
  await Promise.all([open.stop(), secured.stop()]);
});
beforeEach(async () => {
  intercept = undefined;
  path = `apps/${await bed.enterNamespace()}`;
  image = `${open.host}/${path}`;
});
// What fails is tried again for ever: it would take the time of the scenarios that follow.
afterEach(async () => {
  const { items } = await bed.kube.list<ImageRepository>(imageRepositoryKind, { namespace: bed.namespace });
  for (const { metadata } of items)
    await bed.kube.delete({ ...imageRepositoryKind, namespace: bed.namespace, name: metadata.name });
});

const until = (accept: (object: ImageRepository) => boolean): Promise<ImageRepository> =>
  bed.until(imageRepositoryKind, "app", accept);
const readyOf = (object: ImageRepository): string =>
  conditionsOf(object).find((text) => text.startsWith("Ready=")) ?? "";
const lists = (): number => open.requests().filter(({ url }) => url.startsWith(`/v2/${path}/tags/list`)).length;
const told = (): string[] => bed.events.map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`);

describe("ImageRepository", () => {
  it("scans, counts, sums up, and says so once", async () => {
    for (const tag of ["1.0.0", "1.1.0", "1.1.0.sig", "main"]) pushImage(open, path, tag);
    await bed.repository("app", { image });
    const object = await until(settled("True"));
    // Adler-32 of ["main","1.1.0","1.0.0"], as Go's hash/adler32 has it.
    const message = "successful scan: found 3 tags with checksum 1243284829";
    expect(conditionsOf(object)).toEqual([`Ready=True/Succeeded: ${message}`]);
    expect(object.status).toMatchObject({
      canonicalImageName: image,
      observedExclusionList: ["^.*\\.sig$"],
      observedGeneration: 1,
      lastScanResult: { revision: "1243284829", tagCount: 3, latestTags: ["main", "1.1.0", "1.0.0"] },
    });
    expect(object.status?.lastScanResult?.scanTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(told()).toEqual([`info Succeeded: ${message}`]);
    expect(bed.events[0]?.reportingController).toBe("image-reflector-controller");

    const [before, writes] = [lists(), bed.writes("ImageRepository")];
    await bed.tick(imageRepositoryKind, "app");
    expect([lists(), bed.writes("ImageRepository")]).toEqual([before, writes]);
    await bed.request(imageRepositoryKind, "app");
    expect([lists(), told().length]).toEqual([before + 1, 1]);
    expect(bed.metrics()).toContain('eddy_image_scans_total{result="changed"} 1\n');
    expect(bed.metrics()).toContain('eddy_image_scans_total{result="unchanged"} 1\n');
  });

  it("scans at once when it is asked to, and tells of new tags", async () => {
    pushImage(open, path, "1.0.0");
    await bed.repository("app", { image });
    await until(settled("True"));
    pushImage(open, path, "1.1.0");
    const { status } = await bed.request(imageRepositoryKind, "app");
    expect(status?.lastScanResult).toMatchObject({ tagCount: 2, latestTags: ["1.1.0", "1.0.0"] });
    expect(told()).toHaveLength(2);
  });

  it("keeps ten of many tags in the status", async () => {
    for (let patch = 10; patch < 30; patch++) pushImage(open, path, `1.0.${patch}`);
    await bed.repository("app", { image });
    const { status } = await until(settled("True"));
    expect(status?.lastScanResult?.latestTags).toHaveLength(10);
    expect(status?.lastScanResult?.latestTags?.[0]).toBe("1.0.29");
  });

  it("a changed exclusion list is a reason to scan, and so is another image", async () => {
    for (const tag of ["1.0.0", "dev-1", "dev-2"]) pushImage(open, path, tag);
    pushImage(open, `${path}/other`, "9.0.0");
    await bed.repository("app", { image });
    await until(settled("True"));
    await bed.change(imageRepositoryKind, "app", { spec: { exclusionList: ["^dev-"] } });
    const second = await until(({ status }) => status?.lastScanResult?.tagCount === 1);
    expect(second.status?.observedExclusionList).toEqual(["^dev-"]);
    await bed.change(imageRepositoryKind, "app", { spec: { image: `${image}/other` } });
    const third = await until(({ status }) => status?.canonicalImageName === `${image}/other`);
    expect(third.status?.lastScanResult?.latestTags).toEqual(["9.0.0"]);
  });

  it("a repository without tags is one of none", async () => {
    intercept = ({ url }) =>
      url.includes("/tags/list") ? { status: 200, body: '{"name":"x","tags":null}' } : undefined;
    await bed.repository("app", { image });
    const { status } = await until(settled("True"));
    // Of an empty list: filtering makes one in Go, too.
    expect(status?.lastScanResult).toMatchObject({ tagCount: 0, revision: "18153657" });
    expect(status?.lastScanResult).not.toHaveProperty("latestTags");
    const before = lists();
    await bed.tick(imageRepositoryKind, "app");
    expect(lists()).toBe(before);
  });

  it("tags that no registry can have are no tags", async () => {
    const tags = ["1.0.0", "x".repeat(10_240), "a b", "1\u0000", "\u001b[31m", "日本", "../..", ""];
    intercept = ({ url }) => (url.includes("/tags/list") ? { status: 200, body: JSON.stringify({ tags }) } : undefined);
    await bed.repository("app", { image });
    const { status } = await until(settled("True"));
    expect(status?.lastScanResult).toMatchObject({ tagCount: 1, latestTags: ["1.0.0"] });
  });

  it("after a restart it scans again, once", async () => {
    pushImage(open, path, "1.0.0");
    await bed.repository("app", { image });
    await until(settled("True"));
    const before = lists();
    await bed.restart();
    await bed.idle();
    expect(lists()).toBe(before + 1);
  });

  it("is quiet while it is suspended, and forgets what is deleted", async () => {
    await bed.repository("app", { image, suspend: true });
    await bed.idle();
    expect(lists()).toBe(0);
    pushImage(open, path, "1.0.0");
    await bed.change(imageRepositoryKind, "app", { spec: { suspend: false } });
    await until(settled("True"));
    await bed.kube.delete({ ...imageRepositoryKind, namespace: bed.namespace, name: "app" });
    await bed.untilGone(imageRepositoryKind, "app");
  });

  it("asks on a condition where the registry takes one", async () => {
    const conditions: unknown[] = [];
    let tags = ["1.0.0"];
    intercept = ({ url, headers }) => {
      if (!url.includes("/tags/list")) return undefined;
      const etag = `"${tags.length}"`;
      conditions.push(headers["if-none-match"]);
      if (headers["if-none-match"] === etag) return { status: 304 };
      return { status: 200, body: JSON.stringify({ tags }), headers: { etag } };
    };
    await bed.repository("app", { image });
    const first = await until(settled("True"));
    const second = await bed.request(imageRepositoryKind, "app");
    expect(second.status?.lastScanResult).toMatchObject({
      tagCount: 1,
      revision: first.status?.lastScanResult?.revision,
    });
    tags = ["1.0.0", "1.1.0"];
    const third = await bed.request(imageRepositoryKind, "app");
    expect(third.status?.lastScanResult).toMatchObject({ tagCount: 2 });
    // Another list is made of the same tags: nothing is asked on a condition.
    await bed.change(imageRepositoryKind, "app", { spec: { exclusionList: ["^1\\.0"] } });
    await until(({ status }) => status?.lastScanResult?.tagCount === 1);
    expect(conditions).toEqual([undefined, '"1"', '"1"', undefined]);
  });
});

describe("what is wrong", () => {
  it.each([
    [
      "https://registry.example/app",
      "image 'https://registry.example/app' should not include URL scheme; remove 'https://'",
    ],
    ["registry.example/app:v1", "image 'registry.example/app:v1' should not include a tag; remove ':v1'"],
    ["localhost:5000/app:v1", "image 'localhost:5000/app:v1' should not include a tag; remove ':v1'"],
    ["Not An Image", "could not parse reference: Not An Image"],
  ])("with the image %s", async (given, message) => {
    await bed.repository("app", { image: given });
    const object = await until(settled("False"));
    expect(conditionsOf(object)).toEqual([
      `Stalled=True/ImageURLInvalid: ${message}`,
      `Ready=False/ImageURLInvalid: ${message}`,
    ]);
    expect(told()).toEqual([`error ImageURLInvalid: ${message}`]);
  });

  it("with an exclusion: it stalls, and the registry is not asked", async () => {
    await bed.repository("app", { image, exclusionList: ["("] });
    const object = await until(settled("False"));
    const message = "scan failed: failed to compile regex (: error parsing regexp: missing closing ): `(`";
    expect(conditionsOf(object)).toContain(`Stalled=True/ReadOperationFailed: ${message}`);
    expect(lists()).toBe(0);
  });

  it("with a registry that refuses: it is tried again, and told once", async () => {
    let refusals = 0;
    intercept = ({ url }) =>
      url.includes("/tags/list") && refusals++ < 3
        ? { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known"}]}' }
        : undefined;
    pushImage(open, path, "1.0.0");
    await bed.repository("app", { image });
    await until(settled("True"));
    const url = `http://${open.host}/v2/${path}/tags/list?n=1000`;
    expect(told()[0]).toBe(
      `error ReadOperationFailed: scan failed: GET ${url}: NAME_UNKNOWN: repository name not known`,
    );
    expect(told()).toHaveLength(2);
  });
});

describe("a registry of one's own", () => {
  let own: Registry;
  beforeEach(async () => {
    own = await startRegistry({ intercept: (request) => intercept?.(request) });
  });
  afterEach(async () => {
    await own.stop();
  });

  it("that is slow holds nobody else up", async () => {
    intercept = ({ url }) =>
      url.includes("/slow") && url.includes("/tags/") ? { status: 200, stall: true } : undefined;
    for (let index = 0; index < 20; index++)
      await bed.repository(`slow-${index}`, { image: `${own.host}/slow-${index}`, timeout: "2s" });
    pushImage(open, path, "1.0.0");
    await bed.repository("app", { image });
    expect(readyOf(await until(settled("True")))).toContain("found 1 tags");
  });

  it("that asks for patience: nobody asks it before", async () => {
    let asked = 0;
    intercept = ({ url }) =>
      url.includes("/tags/list") && ++asked === 1 ? { status: 429, headers: { "retry-after": "3600" } } : undefined;
    await bed.repository("app", { image: `${own.host}/app` });
    await until(settled("False"));
    await bed.repository("other", { image: `${own.host}/other` });
    const other = await bed.until(imageRepositoryKind, "other", settled("False"));
    expect(readyOf(other)).toMatch(/scan failed: .* asked to be left alone for another (?:1h0m0s|59m\d+s)$/);
    await bed.request(imageRepositoryKind, "app");
    expect(asked).toBe(1);
  });

  it("that somebody's proxy speaks for: nobody else is told to wait", async () => {
    const proxy = await startRegistry({
      intercept: ({ url }) =>
        url.includes("/tags/") ? { status: 429, headers: { "retry-after": "3600" } } : undefined,
    });
    try {
      await bed.createSecret("proxy", { address: proxy.url });
      await bed.repository("evil", { image: `${own.host}/app`, insecure: true, proxySecretRef: { name: "proxy" } });
      const evil = await bed.until(imageRepositoryKind, "evil", settled("False"));
      expect(readyOf(evil)).toContain("429");
      pushImage(own, "app", "1.0.0");
      await bed.repository("app", { image: `${own.host}/app` });
      expect(readyOf(await until(settled("True")))).toContain("found 1 tags");
    } finally {
      await proxy.stop();
    }
  });

  it("that has 50,000 tags", async () => {
    const tags = Array.from({ length: 50_000 }, (_, index) => `1.0.${index}`);
    const pageSize = 1_000;
    intercept = ({ url }) => {
      const at = new URL(url, own.url).searchParams.get("last");
      if (!url.includes("/tags/list")) return undefined;
      const start = at === null ? 0 : Number(at.slice(4)) + 1;
      const page = tags.slice(start, start + pageSize);
      const more = start + pageSize < tags.length;
      return {
        status: 200,
        body: JSON.stringify({ tags: page }),
        headers: more ? { link: `</v2/big/tags/list?n=1000&last=${page.at(-1)}>; rel="next"` } : {},
      };
    };
    await bed.repository("app", { image: `${own.host}/big` });
    const { status } = await until(settled("True"));
    expect(status?.lastScanResult).toMatchObject({ tagCount: 50_000 });
  });
});

describe("logins", () => {
  const config = (host: string, password = auth.password): Record<string, string> => ({
    ".dockerconfigjson": JSON.stringify({ auths: { [host]: { username: auth.username, password } } }),
  });
  const type = "kubernetes.io/dockerconfigjson";
  beforeEach(() => {
    image = `${secured.host}/${path}`;
    pushImage(secured, path, "1.0.0");
  });

  it("nobody in particular is not let in", async () => {
    await bed.repository("app", { image });
    expect(readyOf(await until(settled("False")))).toMatch(
      /^Ready=False\/ReadOperationFailed: scan failed: .*UNAUTHORIZED/,
    );
  });

  it("a pull secret; a changed one is read anew", async () => {
    await bed.createSecret("pull", config(secured.host, "wrong-password"), type);
    await bed.repository("app", { image, secretRef: { name: "pull" } });
    const failed = await until(settled("False"));
    expect(JSON.stringify(failed)).not.toContain("wrong-password");
    const ref = { group: "", version: "v1", kind: "Secret", namespace: bed.namespace, name: "pull" };
    await bed.kube.patch(ref, "merge", { stringData: config(secured.host) });
    await until(settled("True"));
  });

  it("the pull secrets of a ServiceAccount", async () => {
    await bed.createSecret("pull", config(secured.host), type);
    const metadata = { name: "puller", namespace: bed.namespace };
    await bed.kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata, imagePullSecrets: [{ name: "pull" }] });
    await bed.repository("app", { image, serviceAccountName: "puller" });
    await until(settled("True"));
  });

  it.each([
    [{ secretRef: { name: "gone" } }, 'secrets "gone" not found'],
    [{ certSecretRef: { name: "gone" } }, 'secrets "gone" not found'],
    [{ serviceAccountName: "gone" }, "serviceaccount 'NS/gone' not found"],
    [{ proxySecretRef: { name: "gone" } }, "secret 'NS/gone' not found"],
  ])("%j, which is not there", async (spec, why) => {
    await bed.repository("app", { image, ...spec });
    const message = `failed to configure authentication options: ${why.replace("NS", bed.namespace)}`;
    expect(readyOf(await until(settled("False")))).toBe(`Ready=False/AuthenticationFailed: ${message}`);
    await bed.idle();
    expect(told()).toEqual([`error AuthenticationFailed: ${message}`]);
  });

  it.each([
    [{ proxySecretRef: { name: "empty" } }, "secret 'NS/empty': key 'address' not found"],
    [
      { certSecretRef: { name: "empty" } },
      "secret 'NS/empty' must contain either 'ca.crt' or both 'tls.crt' and 'tls.key'",
    ],
  ])("%j, which says nothing", async (spec, why) => {
    await bed.createSecret("empty", { a: "b" });
    await bed.repository("app", { image, ...spec });
    expect(readyOf(await until(settled("False")))).toBe(
      `Ready=False/AuthenticationFailed: failed to configure authentication options: ${why.replace("NS", bed.namespace)}`,
    );
  });

  it("a cloud's login as a ServiceAccount is a gate", async () => {
    await bed.repository("app", { image, provider: "aws", serviceAccountName: "puller" });
    expect(conditionsOf(await until(settled("False")))[0]).toBe(
      "Stalled=True/FeatureGateDisabled: to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller",
    );
  });

  it("a cloud's login for a registry that is not the cloud's", async () => {
    await bed.repository("app", { image, provider: "aws" });
    expect(readyOf(await until(settled("False")))).toMatch(
      /^Ready=False\/AuthenticationFailed: failed to configure authentication options: /,
    );
  });
});
