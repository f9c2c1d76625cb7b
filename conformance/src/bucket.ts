import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBucketServer, type BucketServer } from "@eddy/bucket-server";
import { messageOf } from "@eddy/core/errors";
import { startRealS3 } from "./bucket/real-s3.ts";
import { runStoreContract } from "./bucket/store-contract.ts";
import { compareSides, startBothSides, type SourceKind, type SourceScenario } from "./source/both-sides.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const keys = { accessKey: "reader", secretKey: "secret-of-the-reader" };
const account = { name: "127", key: Buffer.from("key of the account").toString("base64") };
const login = { type: "Opaque", data: { accesskey: keys.accessKey, secretkey: keys.secretKey } };

function scenarios(server: BucketServer): SourceScenario[] {
  const s3 = { bucketName: "plain", endpoint: server.s3.endpoint, insecure: true };
  const named = { ...s3, secretRef: { name: "login" } };
  const azure = { provider: "azure", bucketName: "plain", endpoint: server.azure.url, secretRef: { name: "login" } };
  const secrets = { login };
  const of = (data: Readonly<Record<string, string>>): NonNullable<SourceScenario["secrets"]> => ({ login: { data } });
  return [
    { name: "objects", spec: named, secrets, next: { ignore: "*.md" } },
    { name: "ignore file", spec: { ...named, bucketName: "ignoring" }, secrets },
    { name: "rules that undo", spec: { ...named, bucketName: "ignoring", ignore: "!/keep.md" }, secrets },
    { name: "prefix", spec: { ...named, prefix: "deploy/" }, secrets, next: { prefix: "none/" } },
    { name: "empty bucket", spec: { ...named, bucketName: "empty" }, secrets },
    { name: "region", spec: { ...named, region: "us-east-1" }, secrets },
    { name: "aws with keys", spec: { ...named, provider: "aws" }, secrets },
    {
      name: "ldap",
      spec: { ...s3, sts: { provider: "ldap", endpoint: server.s3.url, secretRef: { name: "login" } } },
      secrets: of({ username: "ada", password: "lovelace" }),
    },
    { name: "azure with a key", spec: azure, secrets: of({ accountKey: account.key }) },
    { name: "azure with a signature", spec: azure, secrets: of({ sasKey: server.sharedAccessSignature("plain") }) },
    { name: "no bucket", spec: { ...named, bucketName: "nowhere" }, secrets },
    { name: "no Secret", spec: named },
    { name: "half a login", spec: named, secrets: of({ accesskey: "reader" }) },
    { name: "wrong login", spec: named, secrets: of({ accesskey: "reader", secretkey: "wrong" }) },
    { name: "no login", spec: s3 },
    {
      name: "half an LDAP user",
      spec: { ...s3, sts: { provider: "ldap", endpoint: server.s3.url, secretRef: { name: "login" } } },
      secrets: of({ username: "ada" }),
    },
    { name: "azure with nothing", spec: azure, secrets: of({ other: "x" }) },
    {
      name: "gcp with a key that is no JSON",
      spec: { ...named, provider: "gcp" },
      secrets: of({ serviceaccount: "x" }),
    },
    {
      name: "gcp with another kind of key",
      spec: { ...named, provider: "gcp" },
      secrets: of({ serviceaccount: '{"type":"authorized_user"}' }),
    },
    { name: "gcp with nothing", spec: { ...named, provider: "gcp" }, secrets: of({ other: "x" }) },
    {
      name: "certificate without its key",
      spec: { ...named, certSecretRef: { name: "tls" } },
      secrets: { login, tls: { data: { "tls.crt": "x" } } },
    },
    {
      name: "no authority",
      spec: { ...named, certSecretRef: { name: "tls" } },
      secrets: { login, tls: { data: { other: "x" } } },
    },
    {
      name: "proxy without an address",
      spec: { ...named, proxySecretRef: { name: "proxy" } },
      secrets: { login, proxy: { data: { username: "x" } } },
    },
    { name: "service account without the gate", spec: { ...s3, provider: "aws", serviceAccountName: "reader" } },
    {
      name: "nobody there",
      spec: { ...named, endpoint: "127.0.0.1:1" },
      secrets,
      differs: "the reason of a failed connection is worded by Node, not by Go",
    },
  ];
}

const kind: SourceKind = {
  kind: "Bucket",
  comparable: (message) => message.trimEnd(),
  artifact: ({ path, revision, url }) => ({ path, revision, url }),
};

function fill(server: BucketServer): void {
  const files = { "deploy/app.yaml": "a: 1\n", "deploy/ü €.yaml": "b: 2\n", "README.md": "x", "logo.png": "p" };
  server.store.put("plain", { ...files, "folder/": "" });
  server.store.put("ignoring", { ...files, "keep.md": "k", ".sourceignore": "*.md\n/deploy/\n" });
  server.store.createBucket("empty");
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const server = await startBucketServer({ s3: keys, azure: account, ldapUsers: { ada: "lovelace" } });
  fill(server);
  try {
    await runStore(report, options, server, folder);
    await runControllers(report, options, server, folder);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runStore(report: Report, options: SuiteOptions, server: BucketServer, folder: string): Promise<void> {
  const program = upstreamProgram(options, "versitygw");
  if (program === undefined) return report.skip("store", "versitygw is not built: npm run upstream");
  const real = await startRealS3(program, folder, keys);
  try {
    const sides = [real.endpoint, server.s3.endpoint].map((endpoint) => ({ endpoint, keys }));
    await runStoreContract([sides[0], sides[1]] as Parameters<typeof runStoreContract>[0], { report, options });
  } finally {
    await real.stop();
  }
}

async function runControllers(
  report: Report,
  options: SuiteOptions,
  server: BucketServer,
  folder: string,
): Promise<void> {
  const program = upstreamProgram(options, "source-controller");
  if (program === undefined) return report.skip("bucket", "source-controller is not built: npm run upstream");
  const sides = await startBothSides(kind.kind, program, folder);
  try {
    await compareSides(sides, kind, scenarios(server), { report, options });
  } catch (error) {
    report.fail("bucket", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`);
  } finally {
    for (const side of sides) await side.stop();
  }
}

/** Our object store beside a real S3 server, and Buckets reconciled by Flux's source-controller and by ours. */
export const suite: Suite = {
  name: "bucket",
  summary: "object stores against a real S3 server, and Buckets against Flux's source-controller",
  run,
};
