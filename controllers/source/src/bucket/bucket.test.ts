import { createHash, generateKeyPairSync } from "node:crypto";
import { bucketKind, type Bucket } from "@eddy/api";
import { startBucketServer, type BucketServer } from "@eddy/bucket-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, readText, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

const keys = { accessKey: "reader", secretKey: "secret-of-the-reader" };
const account = { name: "127", key: Buffer.from("key of the account").toString("base64") };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const email = "reader@project.iam.gserviceaccount.com";
let bed: SourceBed<Bucket>;
let server: BucketServer;
let namespace: string;

beforeAll(async () => {
  const gcsAccounts = { [email]: publicKey.export({ type: "spki", format: "pem" }).toString() };
  server = await startBucketServer({
    s3: keys,
    azure: account,
    gcsAccounts,
    ldapUsers: { ada: "lovelace" },
    pageSize: 2,
  });
  process.env["STORAGE_EMULATOR_HOST"] = server.gcs.url.replace("http://", "");
  bed = await startSourceBed<Bucket>(bucketKind);
});
afterAll(async () => {
  delete process.env["STORAGE_EMULATOR_HOST"];
  await bed.stop();
  await server.stop();
});
beforeEach(async () => {
  namespace = await bed.enterNamespace();
});

const files = { "deploy/app.yaml": "a: 1\n", "README.md": "hello\n", "logo.png": "x", "empty/": "" };
const login = { secretRef: { name: "login" } };

async function create(name: string, spec: Partial<Bucket["spec"]> = {}): Promise<void> {
  const defaults = { interval: "1h", bucketName: namespace, endpoint: server.s3.endpoint, insecure: true };
  await bed.create(name, { ...defaults, ...spec });
}

const createLogin = (): Promise<void> =>
  bed.createSecret("login", { accesskey: keys.accessKey, secretkey: keys.secretKey });

/** The recipe of the revision, said once more. */
function revisionOf(etags: Record<string, string>): string {
  const lines = Object.entries(etags).map(([key, etag]) => `${key} ${etag}\n`);
  return `sha256:${createHash("sha256").update(lines.join("")).digest("hex")}`;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("Bucket", () => {
  it("stores the objects, tells so, and neither writes nor fetches when nothing changes", async () => {
    server.store.put(namespace, files);
    await createLogin();
    await create("app", login);
    const object = await bed.untilObject("app", settled("True"));
    // Sorted by the bytes of the keys; a marker of a folder is none of them, and nothing is left out by default.
    const revision = revisionOf({
      "README.md": md5("hello\n"),
      "deploy/app.yaml": md5("a: 1\n"),
      "logo.png": md5("x"),
    });
    const message = `stored artifact: revision '${revision}'`;
    expect(conditionsOf(object)).toEqual([
      `Ready=True/Succeeded: ${message}`,
      `ArtifactInStorage=True/Succeeded: ${message}`,
    ]);
    const path = `bucket/${namespace}/app`;
    expect(object.status?.artifact).toMatchObject({ revision, path: `${path}/${revision.slice(7)}.tar.gz` });
    expect(object.status?.url).toBe(`http://source-controller.test./${path}/latest.tar.gz`);
    await bed.handle.idle();
    expect(bed.events.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
      `NewArtifact: stored artifact with 3 fetched files from '${namespace}' bucket`,
    ]);
    expect(bed.events[0]?.metadata).toMatchObject({ "source.toolkit.fluxcd.io/revision": revision });
    expect((await bed.treeOf(object)).list("")).toEqual(["README.md", "deploy", "logo.png"]);

    const [writes, gets] = [bed.statusWrites(), server.requests()["s3 GET object"] ?? 0];
    bed.handle.request(bed.ref("app"), "interval", "test");
    await bed.handle.idle();
    expect([bed.statusWrites(), bed.events.length]).toEqual([writes, 1]);
    expect((server.requests()["s3 GET object"] ?? 0) - gets, "only .sourceignore is asked for").toBe(1);
  });

  it("fetches what changed, and only that", async () => {
    server.store.put(namespace, files);
    await createLogin();
    await create("app", login);
    const first = await bed.untilObject("app", settled("True"));
    server.store.put(namespace, { "deploy/app.yaml": "a: 2\n", "logo.png": undefined });
    const gets = server.requests()["s3 GET object"] ?? 0;
    const second = await bed.request("app");
    expect(second.status?.artifact?.revision).not.toBe(first.status?.artifact?.revision);
    const tree = await bed.treeOf(second);
    expect([tree.list(""), readText(tree, "deploy/app.yaml")]).toEqual([["README.md", "deploy"], "a: 2\n"]);
    expect((server.requests()["s3 GET object"] ?? 0) - gets).toBe(2);
  });

  it("leaves out what .sourceignore and spec.ignore say, and stays below the prefix", async () => {
    server.store.put(namespace, { ...files, ".sourceignore": "*.md\n/deploy/secret*\n", "deploy/secret.yaml": "s" });
    await createLogin();
    await create("rules", login);
    await create("spec", { ...login, ignore: "*.png\n!README.md" });
    await create("prefix", { ...login, prefix: "deploy/" });
    const listed = async (name: string): Promise<unknown> => {
      const tree = await bed.treeOf(await bed.untilObject(name, settled("True")));
      return [tree.list(""), tree.list("deploy")];
    };
    expect(await listed("rules")).toEqual([[".sourceignore", "deploy", "logo.png"], ["app.yaml"]]);
    expect(await listed("spec")).toEqual([[".sourceignore", "README.md", "deploy"], ["app.yaml"]]);
    expect(await listed("prefix")).toEqual([[".sourceignore", "deploy"], ["app.yaml"]]);
    await bed.change("spec", { spec: { ignore: "*.yaml" } });
    const ignoring = await bed.untilObject("spec", ({ status }) => status?.observedIgnore === "*.yaml");
    expect((await bed.treeOf(ignoring)).list("")).toEqual([".sourceignore", "logo.png"]);
  });

  it("reads an empty bucket", async () => {
    server.store.createBucket(namespace);
    await createLogin();
    await create("app", login);
    const { status } = await bed.untilObject("app", settled("True"));
    expect(status?.artifact?.revision).toBe(revisionOf({}));
  });

  const serviceAccount = (): string =>
    JSON.stringify({
      type: "service_account",
      client_email: email,
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: `${server.gcs.url}/token`,
    });

  it.each<[string, () => Record<string, string>, () => Partial<Bucket["spec"]>]>([
    ["AWS", () => ({ accesskey: keys.accessKey, secretkey: keys.secretKey }), () => ({ provider: "aws" })],
    [
      "GCP",
      () => ({ serviceaccount: serviceAccount() }),
      () => ({ provider: "gcp", endpoint: "storage.googleapis.com" }),
    ],
    ["Azure by key", () => ({ accountKey: account.key }), () => ({ provider: "azure", endpoint: server.azure.url })],
    [
      "Azure by signature",
      () => ({ sasKey: `?${server.sharedAccessSignature(namespace)}` }),
      () => ({ provider: "azure", endpoint: server.azure.url }),
    ],
  ])("logs in to %s with a Secret; a second pass sees no change", async (_, data, spec) => {
    server.store.put(namespace, files);
    await bed.createSecret("login", data());
    await create("app", { ...login, ...spec() });
    const first = await bed.untilObject("app", settled("True"));
    expect(readText(await bed.treeOf(first), "deploy/app.yaml")).toBe("a: 1\n");
    const writes = bed.statusWrites();
    bed.handle.request(bed.ref("app"), "interval", "test");
    await bed.handle.idle();
    expect(bed.statusWrites()).toBe(writes);
    expect(bed.events).toHaveLength(1);
  });

  it("logs in with temporary keys for an LDAP user", async () => {
    server.store.put(namespace, files);
    await bed.createSecret("ldap", { username: "ada", password: "lovelace" });
    const sts = { provider: "ldap", endpoint: server.s3.url, secretRef: { name: "ldap" } } as const;
    await create("app", { sts });
    await bed.untilObject("app", settled("True"));
  });

  it("goes through a proxy", async () => {
    server.store.put(namespace, files);
    await createLogin();
    await bed.createSecret("proxy", { address: "socks5://proxy.invalid:1080" });
    await create("app", { ...login, proxySecretRef: { name: "proxy" } });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      'AuthenticationFailed: configure proxy: scheme "socks5" is not supported',
    );
  });

  it.each<[string, Record<string, string> | undefined, Partial<Bucket["spec"]>, string]>([
    [
      "no Secret",
      undefined,
      login,
      `AuthenticationFailed: failed to get secret '{ns}/login': secrets "login" not found`,
    ],
    [
      "half a login",
      { accesskey: "a" },
      login,
      "AuthenticationFailed: invalid 'login' secret data: required fields 'accesskey' and 'secretkey'",
    ],
    [
      "a wrong login",
      { accesskey: "reader", secretkey: "wrong-battery-staple" },
      login,
      "BucketOperationFailed: failed to confirm existence of '{ns}' bucket: The request signature we calculated does not match",
    ],
    [
      "no such bucket",
      { accesskey: keys.accessKey, secretkey: keys.secretKey },
      { ...login, bucketName: "nowhere" },
      "BucketOperationFailed: bucket 'nowhere' not found",
    ],
    [
      "an endpoint that is none",
      undefined,
      { endpoint: "https://s3.example/x" },
      'AuthenticationFailed: Endpoint: "https://s3.example/x" is not a host, or a host and a port',
    ],
    [
      "a key of GCP that is none",
      { serviceaccount: "secret-text" },
      { ...login, provider: "gcp" },
      "AuthenticationFailed: invalid 'login' secret data: failed to parse 'serviceaccount' as JSON",
    ],
    [
      "an account of Azure that is none",
      { other: "x" },
      { ...login, provider: "azure", endpoint: "https://account.blob.example" },
      "AuthenticationFailed: invalid 'login' secret data: requires a 'clientId' or 'accountKey' field, a combination",
    ],
    [
      "a certificate without its key",
      { "tls.crt": "x" },
      { certSecretRef: { name: "login" } },
      "AuthenticationFailed: failed to get TLS config: secret '{ns}/login' contains 'tls.crt' but missing 'tls.key'",
    ],
    [
      "half an LDAP user",
      { username: "ada" },
      { sts: { provider: "ldap", endpoint: "http://127.0.0.1:1", secretRef: { name: "login" } } },
      "AuthenticationFailed: invalid 'login' secret data for 'ldap' STS provider: required fields username, password",
    ],
  ])("retries: %s", async (_, data, spec, want) => {
    server.store.createBucket(namespace);
    if (data) await bed.createSecret("login", data);
    await create("app", spec);
    const failed = await bed.untilObject("app", settled("False"));
    const text = want.replaceAll("{ns}", namespace);
    const conditions = conditionsOf(failed);
    expect(conditions.find((line) => line.startsWith("Ready=False"))).toContain(`Ready=False/${text}`);
    expect(conditions.find((line) => line.startsWith("FetchFailed"))).toContain(`FetchFailed=True/${text}`);
    expect(failed.status?.observedGeneration).not.toBe(failed.metadata.generation);
    expect(JSON.stringify([failed, bed.events])).not.toMatch(/wrong-battery-staple|secret-text/);
  });

  it("stalls where a ServiceAccount may not log in", async () => {
    await create("app", { provider: "aws", serviceAccountName: "reader", region: "eu-west-1" });
    const stalled = await bed.untilObject("app", isStalled);
    expect(conditionsOf(stalled).join()).toContain(
      "FetchFailed=True/FeatureGateDisabled: to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller",
    );
  });

  it("is refused by its own rules before anything is tried", async () => {
    const sts = { provider: "aws", endpoint: "https://sts.amazonaws.com" } as const;
    await expect(create("a", { provider: "gcp", sts })).rejects.toThrow(
      "STS configuration is only supported for the 'aws' and 'generic'",
    );
    await expect(create("b", { sts })).rejects.toThrow("'ldap' is the only supported STS provider for the 'generic'");
    await expect(create("c", { serviceAccountName: "x" })).rejects.toThrow(
      "not supported for the 'generic' Bucket provider",
    );
    const both = { provider: "aws", serviceAccountName: "x", ...login } as const;
    await expect(create("d", both)).rejects.toThrow("cannot set both .spec.secretRef and .spec.serviceAccountName");
    await expect(create("e", { provider: "aws", sts: { ...sts, secretRef: { name: "x" } } })).rejects.toThrow(
      "not required",
    );
  });

  it("keeps the last artifact when the bucket is gone, and recovers", async () => {
    server.store.put(namespace, files);
    await createLogin();
    await create("app", login);
    const first = await bed.untilObject("app", settled("True"));
    await bed.change("app", { spec: { bucketName: "nowhere" } });
    const failed = await bed.untilObject("app", settled("False"));
    expect(failed.status?.artifact).toEqual(first.status?.artifact);
    bed.events.length = 0;
    await bed.change("app", { spec: { bucketName: namespace } });
    await bed.untilObject("app", settled("True"));
    await bed.handle.idle();
    expect(bed.events.map(({ severity, reason }) => [severity, reason])).toContainEqual(["info", "Succeeded"]);
  });

  it("says which keys cannot be files", async () => {
    server.store.put(namespace, { a: "1", "a/b": "2" });
    await createLogin();
    await create("app", login);
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain("BucketOperationFailed: failed to get 'a' object: is a directory");
  });

  it("gives up in time", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    await create("app", { endpoint: `127.0.0.1:${port}`, timeout: "50ms" });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      `failed to confirm existence of '${namespace}' bucket: context deadline exceeded (50ms)`,
    );
    await bed.kube.delete(bed.ref("app"));
    await bed.untilGone("app");
    silent.close();
  });

  it("removes its artifacts when it is deleted", async () => {
    server.store.put(namespace, files);
    await createLogin();
    await create("app", login);
    const { status } = await bed.untilObject("app", settled("True"));
    await bed.kube.delete(bed.ref("app"));
    await bed.untilGone("app");
    expect(status?.artifact && (await bed.artifacts.verify(status.artifact))).toBe(false);
  });
});
