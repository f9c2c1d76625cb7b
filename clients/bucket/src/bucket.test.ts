import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@eddy/core/clock";
import { createCloudLogin } from "@eddy/cloud";
import { startBucketServer, type BucketServer } from "@eddy/bucket-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  openAzureBucket,
  openGcsBucket,
  openS3Bucket,
  type AzureAccess,
  type Bucket,
  type S3BucketOptions,
} from "./index.ts";
import { s3Address, s3Region } from "./s3/address.ts";
import { readListPage } from "./s3/list-page.ts";

const clock = systemClock;
const keys = { accessKey: "reader", secretKey: "secret/with+signs" };
const account = { name: "127", key: Buffer.from("account key").toString("base64") };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const email = "reader@project.iam.gserviceaccount.com";
const signal = new AbortController().signal;
const call = { signal };
let server: BucketServer;
let sequence = 0;
let name: string;
const opened: Bucket[] = [];

beforeAll(async () => {
  const gcsAccounts = { [email]: publicKey.export({ type: "spki", format: "pem" }).toString() };
  const ldapUsers = { ada: "lovelace" };
  server = await startBucketServer({
    s3: keys,
    azure: account,
    gcsAccounts,
    ldapUsers,
    bearerTokens: ["azure-token"],
    pageSize: 3,
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  name = `bucket-${sequence++}`;
});
afterEach(() => {
  for (const bucket of opened.splice(0)) bucket.close();
});

const keep = (bucket: Bucket): Bucket => {
  opened.push(bucket);
  return bucket;
};
const credentials = { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey };
const s3 = (change: Partial<S3BucketOptions> = {}): Bucket =>
  keep(
    openS3Bucket({
      bucket: name,
      endpoint: server.s3.endpoint,
      insecure: true,
      http: {},
      clock,
      credentials: async () => credentials,
      ...change,
    }),
  );
const azure = (access: AzureAccess = { kind: "sharedKey", account }): Bucket =>
  keep(openAzureBucket({ bucket: name, endpoint: server.azure.url, access, http: {}, clock }));
const serviceAccountKey = (): string =>
  JSON.stringify({
    type: "service_account",
    client_email: email,
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: `${server.gcs.url}/token`,
  });
const gcs = (): Bucket => {
  const login = createCloudLogin({ env: {} });
  const token = (): ReturnType<typeof login.gcpKey> => login.gcpKey(serviceAccountKey(), "the key", ["read"]);
  return keep(openGcsBucket({ bucket: name, baseUrl: server.gcs.url, token, http: {}, clock }));
};

const services = [
  ["S3", () => s3()],
  ["GCS", () => gcs()],
  ["Azure", () => azure()],
] as const;

describe.each(services)("%s", (_, open) => {
  const listed = async (bucket: Bucket, prefix = ""): Promise<string[]> =>
    (await Array.fromAsync(bucket.list({ prefix, signal }))).map(({ key }) => key);

  test("tells whether a bucket is there", async () => {
    expect(await open().exists(call)).toBe(false);
    server.store.createBucket(name);
    expect(await open().exists(call)).toBe(true);
    expect(await listed(open())).toEqual([]);
  });

  test("lists every page, in order, with any character in a key", async () => {
    const keysOf = [
      "a b.yaml",
      "a+b&c=d.yaml",
      "deploy/app.yaml",
      "deploy/sub/ü €.yaml",
      "f(1)'!*~.yaml",
      "p%20q.yaml",
      "z<>.yaml",
    ];
    server.store.put(name, Object.fromEntries(keysOf.map((key) => [key, `content of ${key}`])));
    expect(await listed(open())).toEqual(keysOf);
    expect(await listed(open(), "deploy/")).toEqual(["deploy/app.yaml", "deploy/sub/ü €.yaml"]);
    for (const key of keysOf) {
      const found = await open().get(key, { signal, maxBytes: 100 });
      expect(Buffer.from(found?.bytes ?? []).toString()).toBe(`content of ${key}`);
    }
  });

  test("gives an object the etag that a list gives it, and another when it changes", async () => {
    server.store.put(name, { a: "1", b: "1" });
    const first = await Array.fromAsync(open().list({ prefix: "", signal }));
    expect((await open().get("a", { signal, maxBytes: 9 }))?.etag).toBe(first[0]?.etag);
    server.store.put(name, { a: "2" });
    const second = await Array.fromAsync(open().list({ prefix: "", signal }));
    expect(second[0]?.etag).not.toBe(first[0]?.etag);
    expect(second[1]?.etag).toBe(first[1]?.etag);
  });

  test("has no object where there is none, and bounds those that there are", async () => {
    server.store.put(name, { big: "x".repeat(101) });
    expect(await open().get("none", { signal, maxBytes: 9 })).toBeUndefined();
    await expect(open().get("big", { signal, maxBytes: 100 })).rejects.toMatchObject({ kind: "tooLarge" });
  });

  test("stops when it is told to", async () => {
    server.store.createBucket(name);
    const stopped = AbortSignal.abort(new Error("stop"));
    await expect(open().exists({ signal: stopped })).rejects.toThrow("stop");
  });
});

describe("S3", () => {
  test.each([
    [
      "with another secret",
      { ...credentials, secretAccessKey: "wrong" },
      /^The request signature we calculated does not match/,
    ],
    [
      "with an unknown key",
      { ...credentials, accessKeyId: "nobody" },
      /^The Access Key Id you provided does not exist/,
    ],
    ["with nothing", undefined, /^Access Denied\.$/],
  ])("is refused %s", async (_, wrong, why) => {
    server.store.put(name, { a: "1" });
    const bucket = s3({ credentials: async () => wrong });
    await expect(bucket.exists(call)).rejects.toMatchObject({ kind: "denied", message: expect.stringMatching(why) });
    await expect(bucket.get("a", { signal, maxBytes: 9 })).rejects.toMatchObject({ kind: "denied" });
    await expect(Array.fromAsync(bucket.list({ prefix: "", signal }))).rejects.toMatchObject({ kind: "denied" });
  });

  test("reads a bucket that is open to everybody without keys", async () => {
    const open = await startBucketServer();
    open.store.put(name, { a: "1" });
    const bucket = s3({ endpoint: open.s3.endpoint, credentials: async () => undefined });
    expect(await bucket.exists(call)).toBe(true);
    expect((await bucket.get("a", { signal, maxBytes: 9 }))?.etag).toHaveLength(32);
    await open.stop();
  });

  test("finds out the region, also by a head that cannot say it", async () => {
    const elsewhere = await startBucketServer({ s3: keys, region: "eu-central-9" });
    elsewhere.store.put(name, { a: "1" });
    const bucket = s3({ endpoint: elsewhere.s3.endpoint });
    expect(await bucket.exists(call)).toBe(true);
    expect(await Array.fromAsync(bucket.list({ prefix: "", signal }))).toHaveLength(1);
    await expect(s3({ endpoint: elsewhere.s3.endpoint, region: "us-east-1" }).exists(call)).rejects.toThrow(
      "The authorization header is malformed; the region is wrong; expecting 'eu-central-9'.",
    );
    await elsewhere.stop();
  });

  test("signs with temporary keys", async () => {
    server.store.put(name, { a: "1" });
    const login = createCloudLogin({ env: {} });
    const user = { endpoint: server.s3.url, username: "ada", password: "lovelace" };
    expect(await s3({ credentials: () => login.ldap(user) }).exists(call)).toBe(true);
    const { sessionToken: _, ...withoutToken } = await login.ldap(user);
    await expect(s3({ credentials: async () => withoutToken }).exists(call)).rejects.toMatchObject({ kind: "denied" });
    await expect(login.ldap({ ...user, password: "wrong" })).rejects.toMatchObject({ kind: "refused" });
  });

  test.each([
    ["s3.amazonaws.com", "b-1", "b-1.s3.eu-west-1.amazonaws.com", true],
    ["s3.amazonaws.com", "with.dots", "s3.eu-west-1.amazonaws.com", false],
    ["s3.eu-west-3.amazonaws.com", "b-1", "b-1.s3.eu-west-3.amazonaws.com", true],
    ["storage.googleapis.com", "b-1", "b-1.storage.googleapis.com", true],
    ["minio.example:9000", "b-1", "minio.example:9000", false],
    ["[::1]:9000", "b-1", "[::1]:9000", false],
  ])("at %s %s is at %s", (endpoint, bucket, host, virtualHost) => {
    expect(s3Address(endpoint, bucket, { region: "eu-west-1", insecure: false })).toEqual({ host, virtualHost });
  });

  test.each([
    ["https://s3.example", "b-1", "is not a host, or a host and a port"],
    ["s3.example/path", "b-1", "is not a host, or a host and a port"],
    ["user:secret@s3.example", "b-1", 'Endpoint: "s3.example" is not a host'],
    ["s3.example", "b/../c", "contains invalid characters"],
  ])("refuses %s %s", (endpoint, bucket, why) => {
    expect(() => openS3Bucket({ endpoint, bucket, http: {}, clock })).toThrow(why);
  });

  test.each([
    ["s3.eu-west-3.amazonaws.com", undefined, "eu-west-3"],
    ["s3.dualstack.eu-west-3.amazonaws.com", undefined, "eu-west-3"],
    ["s3.amazonaws.com", undefined, "us-east-1"],
    ["s3.eu-west-3.amazonaws.com", "given", "given"],
    ["minio.example:9000", "", "us-east-1"],
  ])("the region of %s, given %s, is %s", (endpoint, given, want) => expect(s3Region(endpoint, given)).toBe(want));

  test("reads pages of the first version, with and without a marker", () => {
    const page = (rest: string): string =>
      `<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a+b</Key><ETag>"1"</ETag></Contents>${rest}</ListBucketResult>`;
    expect(readListPage(page(""), true)).toEqual({ objects: [{ key: "a+b", etag: "1" }], next: { marker: "a+b" } });
    expect(readListPage(page("<NextMarker>m</NextMarker>"), true).next).toEqual({ marker: "m" });
    expect(readListPage(page("<EncodingType>url</EncodingType>"), true).objects[0]?.key).toBe("a b");
    expect(() => readListPage(page(""), false)).toThrow("it is cut short and does not say where to go on");
    expect(() => readListPage("<html/>", false)).toThrow('it is a "html"');
  });
});

describe("Azure", () => {
  test.each([
    ["a shared key", (): AzureAccess => ({ kind: "sharedKey", account })],
    [
      "a shared access signature",
      (): AzureAccess => ({ kind: "sas", query: `?${server.sharedAccessSignature(name)}` }),
    ],
    ["a token", (): AzureAccess => ({ kind: "token", token: async () => ({ value: "azure-token", expiresAtMs: 0 }) })],
  ])("is read with %s", async (_, access) => {
    server.store.put(name, { "a b": "1" });
    expect(await azure(access()).exists(call)).toBe(true);
    expect(await azure(access()).get("a b", { signal, maxBytes: 9 })).toMatchObject({
      etag: expect.stringMatching(/^"0x/),
    });
  });

  test("is refused otherwise, without words that change each time", async () => {
    server.store.put(name, { a: "1" });
    const wrong = { ...account, key: Buffer.from("other").toString("base64") };
    const error = await azure({ kind: "sharedKey", account: wrong })
      .exists(call)
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: "denied" });
    expect(error.message).toMatch(/^the specified bucket name may be incorrect.*: AuthenticationFailed: Server failed/);
    expect(error.message).not.toContain("RequestId");
    const elsewhere = { kind: "sas", query: server.sharedAccessSignature("another") } as const;
    await expect(azure(elsewhere).get("a", { signal, maxBytes: 9 })).rejects.toMatchObject({ kind: "denied" });
  });

  test("a key that no address can hold is refused", async () => {
    const unholdable = azure().get("a/../b", { signal, maxBytes: 9 });
    await expect(unholdable).rejects.toThrow('the key "a/../b" has a step "." or ".."');
  });

  test("sends no token in the open", () => {
    const access = { kind: "token", token: async () => ({ value: "t", expiresAtMs: 0 }) } as const;
    const options = { bucket: "b", access, http: {}, clock };
    expect(() => openAzureBucket({ ...options, endpoint: "http://account.blob.example" })).toThrow("non TLS protected");
    expect(() => openAzureBucket({ ...options, endpoint: "account.blob.example" })).toThrow("no http or https URL");
  });
});

describe("a service that misbehaves", () => {
  let stand: Server;
  async function serve(handler: RequestListener): Promise<string> {
    stand = createServer(handler);
    await new Promise<void>((resolve) => stand.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(stand.address() as AddressInfo).port}`;
  }
  afterEach(() => {
    stand.closeAllConnections();
    stand.close();
  });

  test.each([
    ["a failing one", 503, "", "status 503"],
    ["one that sends us elsewhere", 301, "", "status 301"],
    ["HTML", 200, "<html><br></html>", "read XML"],
    ["an entity bomb", 200, '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "a document type is not allowed"],
    ["an endless list", 200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "cut short"],
  ])("%s", async (_, status, body, why) => {
    const endpoint = await serve((_, response) =>
      response.writeHead(status, { location: "http://169.254.169.254/" }).end(body),
    );
    await expect(Array.fromAsync(s3({ endpoint }).list({ prefix: "", signal }))).rejects.toThrow(why);
  });
});
