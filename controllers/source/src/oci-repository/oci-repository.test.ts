import { gzipSync } from "node:zlib";
import { ociRepositoryKind, type OCIRepository } from "@eddy/api";
import {
  createSigstoreInstance,
  signBundle,
  signKeyless,
  signSimple,
  startRegistry,
  type Registry,
  type RegistryAnswer,
  type SignedImage,
} from "@eddy/registry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cosignKey, fluxLayer, putImage, type TestLayer } from "../testing/registry-content.ts";
import { conditionsOf, isStalled, readText, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

const auth = { username: "jane", password: "correct-horse" };
const origin = {
  "org.opencontainers.image.source": "https://git.example/app",
  "org.opencontainers.image.revision": "main@sha1:abc",
};
const ecrPattern = String.raw`^([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-zA-Z0-9][a-zA-Z0-9_-]{0,99})\.(amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`;
let bed: SourceBed<OCIRepository>;
let open: Registry;
let secured: Registry;
let name: string;
let content: TestLayer;
let intercept: ((url: string, method: string) => RegistryAnswer | undefined) | undefined;

beforeAll(async () => {
  bed = await startSourceBed<OCIRepository>(ociRepositoryKind);
  open = await startRegistry({ intercept: ({ url, method }) => intercept?.(url, method) });
  secured = await startRegistry({ auth: { ...auth, scheme: "bearer" } });
  content = await fluxLayer({ "app.yaml": "a: 1\n", "logo.png": "x", "doc/readme.md": "hi" });
});
afterAll(async () => {
  await bed.stop();
  await Promise.all([open.stop(), secured.stop()]);
});
beforeEach(async () => {
  intercept = undefined;
  name = `apps/${await bed.enterNamespace()}`;
});

// What fails is tried again for ever: it would take the time of the scenarios that follow.
const created: ReturnType<typeof bed.ref>[] = [];
afterEach(async () => {
  for (const ref of created.splice(0)) await bed.kube.delete(ref);
});

const urlOf = (registry: Registry = open): string => `oci://${registry.host}/${name}`;
async function create(object: string, spec: Partial<OCIRepository["spec"]> = {}): Promise<void> {
  created.push(bed.ref(object));
  await bed.create(object, { interval: "1h", url: urlOf(), ...spec });
}
const readyOf = (object: OCIRepository): string => conditionsOf(object).find((text) => text.startsWith("Ready=")) ?? "";
const requestsSince = (start: number): string[] =>
  open
    .requests()
    .slice(start)
    .filter(({ url }) => url.startsWith(`/v2/${name}/`))
    .map(({ method, url }) => `${method} ${url.replace(`/v2/${name}/`, "")}`);

describe("OCIRepository", () => {
  it("stores the tag, tells so, and asks by one HEAD request while nothing changes", async () => {
    const digest = putImage(open, name, "latest", [content], { annotations: origin });
    await create("app");
    const object = await bed.untilObject("app", settled("True"));
    const revision = `latest@${digest}`;
    const message = `stored artifact for digest '${revision}'`;
    expect(conditionsOf(object)).toEqual([
      `Ready=True/Succeeded: ${message}`,
      `ArtifactInStorage=True/Succeeded: ${message}`,
    ]);
    const path = `ocirepository/${bed.namespace}/app`;
    expect(object.status?.artifact).toMatchObject({
      revision,
      metadata: origin,
      path: `${path}/${digest.slice(7)}.tar.gz`,
    });
    expect(object.status?.url).toBe(`http://source-controller.test./${path}/latest.tar.gz`);
    await bed.handle.idle();
    expect(bed.events.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
      `NewArtifact: stored artifact with revision '${revision}' from '${urlOf()}', origin source 'https://git.example/app', origin revision 'main@sha1:abc'`,
    ]);
    const tree = await bed.treeOf(object);
    expect(tree.list("")).toEqual(["app.yaml", "doc"]);

    const [writes, start] = [bed.statusWrites(), open.requests().length];
    bed.handle.request(bed.ref("app"), "interval", "test");
    await bed.handle.idle();
    expect(bed.statusWrites()).toBe(writes);
    expect(requestsSince(start)).toEqual(["HEAD manifests/latest"]);
  });

  it("follows the tag, and stores anew when the spec takes something else of it", async () => {
    putImage(open, name, "latest", [content]);
    await create("app");
    await bed.untilObject("app", settled("True"));
    const next = putImage(open, name, "latest", [await fluxLayer({ "app.yaml": "a: 2\n", "b.yaml": "b: 1\n" })]);
    const second = await bed.request("app");
    expect(second.status?.artifact?.revision).toBe(`latest@${next}`);
    expect(readText(await bed.treeOf(second), "app.yaml")).toBe("a: 2\n");
    await bed.change("app", { spec: { ignore: "b.yaml" } });
    const third = await bed.untilObject("app", ({ status }) => status?.observedIgnore === "b.yaml");
    expect((await bed.treeOf(third)).list("")).toEqual(["app.yaml"]);
  });

  it("copies a layer as it is, by media type", async () => {
    const chart = { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes: Buffer.from("chart") };
    const digest = putImage(open, name, "1.0.0", [content, chart]);
    await create("app", {
      ref: { tag: "1.0.0" },
      layerSelector: { mediaType: chart.mediaType, operation: "copy" },
    });
    const { status } = await bed.untilObject("app", settled("True"));
    expect(status?.artifact?.revision).toBe(`1.0.0@${digest}`);
    expect(status?.observedLayerSelector).toEqual({ mediaType: chart.mediaType, operation: "copy" });
    expect(Buffer.from(await bed.artifacts.bytes(status?.artifact as never)).toString()).toBe("chart");
  });

  it.each<[string, OCIRepository["spec"]["ref"], string]>([
    ["tag", { tag: "1.1.0" }, "1.1.0@"],
    ["semver range", { semver: "1.x" }, "1.2.0@"],
    ["semver range with pre-releases", { semver: ">=1.0.0-0 <2" }, "1.3.0-rc.1@"],
    ["filtered range", { semver: ">=1.0.0-0", semverFilter: "^1\\.[01]\\." }, "1.1.0@"],
    ["range before tag", { semver: "<1.2", tag: "2.0.0" }, "1.1.0@"],
    ["range of versions with leading zeros", { semver: ">2024" }, "v2025.02.03@"],
  ])("resolves a %s", async (_, ref, want) => {
    for (const tag of ["1.0.0", "1.1.0", "1.2.0", "1.3.0-rc.1", "2.0.0", "latest", "1.9", "v2025.02.03"])
      putImage(open, name, tag, [content], { annotations: { tag } });
    await create("app", { ref: ref ?? {} });
    const { status } = await bed.untilObject("app", settled("True"));
    expect(status?.artifact?.revision.startsWith(want)).toBe(true);
  });

  it("pins a digest, and then asks for nothing", async () => {
    const digest = putImage(open, name, "latest", [content]);
    await create("app", { ref: { digest, semver: ">99" } });
    expect((await bed.untilObject("app", settled("True"))).status?.artifact?.revision).toBe(digest);
    const start = open.requests().length;
    await bed.request("app");
    expect(requestsSince(start)).toEqual([]);
  });

  it("converts versions of charts", async () => {
    const chart = { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes: Buffer.from("c") };
    putImage(open, name, "1.0.0_build.1", [chart]);
    await create("app", { ref: { semver: "*" }, layerSelector: { mediaType: chart.mediaType, operation: "copy" } });
    const { status } = await bed.untilObject("app", settled("True"));
    expect(status?.artifact?.revision).toMatch(/^1\.0\.0_build\.1@sha256:/);
  });

  it.each<[string, Partial<OCIRepository["spec"]>, string]>([
    [
      "no such repository",
      { url: "oci://{host}/nobody" },
      "OCIArtifactPullFailed: failed to determine artifact digest: GET http://{host}/v2/nobody/manifests/latest: NAME_UNKNOWN: repository name not known to registry; map[name:nobody]",
    ],
    [
      "no such tag",
      { ref: { tag: "none" } },
      "OCIArtifactPullFailed: failed to determine artifact digest: GET http://{host}/v2/{name}/manifests/none: MANIFEST_UNKNOWN: manifest unknown; unknown tag=none",
    ],
    [
      "no version in the range",
      { ref: { semver: ">9" } },
      "ReadOperationFailed: failed to determine the artifact tag for '{url}': no match found for semver: >9",
    ],
    [
      "a range that is none",
      { ref: { semver: "nonsense" } },
      "ReadOperationFailed: failed to determine the artifact tag for '{url}': semver 'nonsense' parse error: improper constraint: \"nonsense\"",
    ],
    [
      "no such layer",
      { layerSelector: { mediaType: "text/plain" } },
      "OCIArtifactLayerOperationFailed: failed to find layer with media type 'text/plain' in artifact",
    ],
    [
      "no such Secret",
      { secretRef: { name: "x" } },
      `AuthenticationFailed: failed to get credential: failed to get secret '{ns}/x': secrets "x" not found`,
    ],
    [
      "no such ServiceAccount",
      { serviceAccountName: "x" },
      "AuthenticationFailed: failed to get credential: serviceaccount '{ns}/x' not found",
    ],
    [
      "no such proxy",
      { proxySecretRef: { name: "x" } },
      "AuthenticationFailed: failed to get proxy address: secret '{ns}/x' not found",
    ],
    [
      "a cloud's login for a registry that is not the cloud's",
      { provider: "aws" },
      "OCIArtifactPullFailed: failed to determine artifact digest: Get \"http://{host}/v2/{name}/manifests/latest\": invalid AWS registry: '{host}'. must match {ecr}",
    ],
    [
      "no such certificate",
      { certSecretRef: { name: "x" } },
      "AuthenticationFailed: failed to generate transport for '{url}': secret '{ns}/x' not found",
    ],
  ])("retries: %s", async (_, spec, want) => {
    putImage(open, name, "latest", [content]);
    const fill = (text: string): string =>
      text
        .replaceAll("{host}", open.host)
        .replaceAll("{ecr}", ecrPattern)
        .replaceAll("{name}", name)
        .replaceAll("{url}", urlOf())
        .replaceAll("{ns}", bed.namespace);
    await create("app", { ...spec, ...(spec.url ? { url: fill(spec.url) } : {}) });
    const object = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(object)).toContain(`Ready=False/${fill(want)}`);
    expect(conditionsOf(object)).toContain(`FetchFailed=True/${fill(want)}`);
  });

  it.each<[string, Partial<OCIRepository["spec"]>, RegExp]>([
    [
      "a tag in the URL",
      { url: "oci://ghcr.io/org/app:1" },
      /^Ready=False\/URLInvalid: URL validation failed for 'oci:\/\/ghcr.io\/org\/app:1': repository can only contain the characters/,
    ],
    [
      "a ServiceAccount's login to a cloud",
      { provider: "gcp", serviceAccountName: "default" },
      /^Ready=False\/FeatureGateDisabled: to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity/,
    ],
  ])("stalls: %s", async (_, spec, want) => {
    // A real API server has it from a controller that need not run.
    const account = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: bed.namespace },
    };
    await bed.kube.apply(account, { fieldManager: "test", force: true });
    putImage(open, name, "latest", [content]);
    await create("app", spec);
    const object = await bed.untilObject("app", isStalled);
    expect(readyOf(object)).toMatch(want);
    expect(object.status?.artifact).toBeUndefined();
  });

  it("keeps the artifact when the registry fails, and tells when it is back", async () => {
    const digest = putImage(open, name, "latest", [content]);
    await create("app");
    await bed.untilObject("app", settled("True"));
    intercept = () => ({ status: 403, body: '{"errors":[{"code":"DENIED","message":"no"}]}' });
    await bed.request("app");
    const failed = await bed.untilObject("app", settled("False"));
    expect(failed.status?.artifact?.revision).toBe(`latest@${digest}`);
    bed.events.length = 0;
    intercept = undefined;
    await bed.untilObject("app", settled("True"));
    // Events are published once the status is written.
    await bed.handle.idle();
    expect(bed.events.some(({ reason, severity }) => reason === "Succeeded" && severity === "info")).toBe(true);
  });

  it("stores nothing of a layer that is not what it is named", async () => {
    putImage(open, name, "latest", [content]);
    intercept = (url) =>
      url.includes("/blobs/") ? { status: 200, body: "x".repeat(content.bytes.length) } : undefined;
    await create("app");
    const object = await bed.untilObject("app", settled("False"));
    expect(readyOf(object)).toMatch(
      /^Ready=False\/OCIArtifactLayerOperationFailed: failed to extract the first layer from artifact: error verifying sha256 checksum/,
    );
    expect(object.status?.artifact).toBeUndefined();
  });

  it.each<[string, () => Uint8Array]>([
    ["that cannot be read", () => Buffer.from("hello")],
    ["that unpacks to more than it should", () => gzipSync(Buffer.alloc(32 * 1024 * 1024))],
  ])("stores nothing of an archive %s", async (_, bytes) => {
    putImage(open, name, "latest", [{ mediaType: "text/plain", bytes: bytes() }]);
    await create("app");
    const object = await bed.untilObject("app", settled("False"));
    expect(readyOf(object)).toMatch(
      /^Ready=False\/OCIArtifactLayerOperationFailed: failed to extract layer contents from artifact: /,
    );
  });
});

describe("logins", () => {
  const config = (host: string): string =>
    JSON.stringify({ auths: { [host]: { auth: Buffer.from("jane:correct-horse").toString("base64") } } });

  it("by secretRef, and by the ServiceAccount's pull secrets", async () => {
    putImage(secured, name, "latest", [content]);
    await bed.createSecret("login", { ".dockerconfigjson": config(secured.host) });
    await bed.kube.create({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "puller", namespace: bed.namespace },
      imagePullSecrets: [{ name: "login" }],
    });
    await create("secret", { url: urlOf(secured), secretRef: { name: "login" } });
    await create("account", { url: urlOf(secured), serviceAccountName: "puller" });
    await bed.untilObject("secret", settled("True"));
    await bed.untilObject("account", settled("True"));
  });

  it("a wrong one is refused, and mended by its Secret", async () => {
    putImage(secured, name, "latest", [content]);
    await bed.createSecret("login", { ".dockerconfigjson": config("elsewhere.example") });
    await create("app", { url: urlOf(secured), secretRef: { name: "login" } });
    const refused = await bed.untilObject("app", settled("False"));
    expect(readyOf(refused)).toMatch(/UNAUTHORIZED: authentication required/);
    const data = { ".dockerconfigjson": Buffer.from(config(secured.host)).toString("base64") };
    const secret = { group: "", kind: "Secret", namespace: bed.namespace, name: "login" };
    await bed.kube.patch(secret, "merge", { data } as never);
    await bed.untilObject("app", settled("True"));
  });
});

describe("verification", () => {
  const trusted = cosignKey();
  const other = cosignKey();
  const verify = { provider: "cosign" as const, secretRef: { name: "keys" } };
  type Key = ReturnType<typeof cosignKey>;
  const image = (digest: string, claimed = digest): SignedImage => ({
    registry: open,
    repository: name,
    digest,
    claimed,
  });
  const sign = {
    "cosign 2": (digest: string, key: Key, claimed?: string): void =>
      signSimple(image(digest, claimed), key.privateKey),
    "cosign 3": (digest: string, key: Key, claimed?: string): void => signBundle(image(digest, claimed), key),
  };

  it.each(["cosign 2", "cosign 3"] as const)("accepts what any of the keys signed: %s", async (form) => {
    const digest = putImage(open, name, "latest", [content]);
    sign[form](digest, trusted);
    await bed.createSecret("keys", { "a.pub": other.pem, "b.pub": trusted.pem, "c.txt": "no key" });
    await create("app", { verify });
    const object = await bed.untilObject("app", settled("True"));
    expect(conditionsOf(object)).toContain(
      `SourceVerified=True/Succeeded: verified signature of revision latest@${digest}`,
    );
    const start = open.requests().length;
    await bed.request("app");
    expect(requestsSince(start)).toEqual(["HEAD manifests/latest"]);
  });

  it.each(["cosign 2", "cosign 3"] as const)("refuses another key and another image: %s", async (form) => {
    const digest = putImage(open, name, "latest", [content]);
    const neighbour = `sha256:${"a".repeat(64)}`;
    await bed.createSecret("keys", { "a.pub": trusted.pem });
    sign[form](digest, other);
    await create("app", { verify });
    const refusal = `Ready=False/VerificationError: failed to verify the signature using provider 'cosign': no matching signatures were found for '${open.host}/${name}@${digest}'`;
    const refused = await bed.untilObject("app", settled("False"));
    expect(readyOf(refused).startsWith(refusal)).toBe(true);
    expect(conditionsOf(refused).some((text) => text.startsWith("SourceVerified=False/VerificationError"))).toBe(true);
    expect(refused.status?.artifact).toBeUndefined();

    const second = putImage(open, name, "second", [content], { annotations: { n: "2" } });
    sign[form](second, trusted, neighbour);
    await create("second", { verify, ref: { tag: "second" } });
    const stolen = await bed.untilObject("second", settled("False"));
    expect(readyOf(stolen)).toMatch(/not about sha256:/);
  });

  it("keeps the last verified artifact when the next one is not signed, and goes on once it is", async () => {
    const first = putImage(open, name, "latest", [content]);
    sign["cosign 2"](first, trusted);
    await bed.createSecret("keys", { "a.pub": trusted.pem });
    await create("app", { verify });
    await bed.untilObject("app", settled("True"));
    const second = putImage(open, name, "latest", [await fluxLayer({ "app.yaml": "a: 2\n" })]);
    await bed.request("app");
    const refused = await bed.untilObject("app", settled("False"));
    expect(refused.status?.artifact?.revision).toBe(`latest@${first}`);
    sign["cosign 2"](second, trusted);
    const accepted = await bed.untilObject("app", settled("True"));
    expect(accepted.status?.artifact?.revision).toBe(`latest@${second}`);
  });

  describe("keyless", () => {
    const instance = createSigstoreInstance();
    const identity = {
      issuer: "https://accounts.example",
      subject: "https://git.example/app/release.yml@refs/heads/main",
    };
    const keyless = (issuer: string, subject: string): NonNullable<OCIRepository["spec"]["verify"]> => ({
      provider: "cosign",
      trustedRootSecretRef: { name: "root" },
      matchOIDCIdentity: [{ issuer, subject }],
    });
    beforeEach(() => bed.createSecret("root", { "trusted_root.json": instance.trustedRoot }));

    it("accepts whom the instance certified, and whose identity matches", async () => {
      const digest = putImage(open, name, "latest", [content]);
      signKeyless(image(digest), instance, identity);
      await create("app", { verify: keyless("^https://accounts\\.example$", "^https://git\\.example/app/.*$") });
      const object = await bed.untilObject("app", settled("True"));
      expect(conditionsOf(object)).toContain(
        `SourceVerified=True/Succeeded: verified signature of revision latest@${digest}`,
      );
    });

    it("refuses anybody else, another instance, and what the certificate log did not see", async () => {
      const digest = putImage(open, name, "latest", [content]);
      signKeyless(image(digest), instance, identity);
      await create("stranger", { verify: keyless(".*", "^https://git\\.example/other/.*$") });
      expect(readyOf(await bed.untilObject("stranger", settled("False")))).toMatch(
        /provider 'cosign keyless': no matching signatures: none of the expected identities matched/,
      );
      const second = putImage(open, name, "second", [content], { annotations: { n: "2" } });
      signKeyless(image(second), createSigstoreInstance(), identity);
      await create("elsewhere", { verify: keyless(".*", ".*"), ref: { tag: "second" } });
      expect(readyOf(await bed.untilObject("elsewhere", settled("False")))).toMatch(/VerificationError/);
      const third = putImage(open, name, "third", [content], { annotations: { n: "3" } });
      signKeyless(image(third), instance, identity, { withoutPromise: true });
      await create("unseen", { verify: keyless(".*", ".*"), ref: { tag: "third" } });
      expect(readyOf(await bed.untilObject("unseen", settled("False")))).toMatch(/expected 1 SCTs, got 0/);
    });
  });

  it("a key that is none says so", async () => {
    putImage(open, name, "latest", [content]);
    await bed.createSecret("keys", { "a.pub": "nonsense" });
    await create("app", { verify });
    const object = await bed.untilObject("app", settled("False"));
    expect(readyOf(object)).toMatch(/PEM decoding failed/);
  });
});
