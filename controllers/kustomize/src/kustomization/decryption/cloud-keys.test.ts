import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { createCloudLogin } from "@eddy/cloud";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { createHuaweiKms } from "@eddy/kms";
import { decryptFile, encryptFile, type MasterKey } from "@eddy/sops";
import { createCloudKeys, type CloudSecrets } from "./cloud-keys.ts";
import { createVaultLogins } from "./vault-logins.ts";

/** A stand-in for all key services: what it seals is the plain text behind a prefix. */
let server: Server;
let url: string;
let http: HttpClient;
let asked: { path: string; authorization: string; body: string }[];

beforeEach(async () => {
  asked = [];
  http = createHttpClient();
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { "x-vault-token": token, authorization = String(token ?? "") } = incoming.headers;
      const request = { path: incoming.url ?? "", authorization, body: Buffer.concat(chunks).toString() };
      asked.push(request);
      outgoing.end(JSON.stringify(answer(request.path, JSON.parse(request.body) as Record<string, string>)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

const seal = (text: string): string =>
  Buffer.from(`sealed ${Buffer.from(text, "base64").toString("latin1")}`, "latin1").toString("base64");
const unseal = (text: string): string => Buffer.from(text, "base64").subarray("sealed ".length).toString("base64");

function answer(path: string, body: Record<string, string>): unknown {
  if (path.includes("/auth/")) return { auth: { client_token: "s.from-login", lease_duration: 3_600 } };
  if (path.includes("/encrypt/")) return { data: { ciphertext: `vault:v1:${seal(body["plaintext"] ?? "")}` } };
  if (path.includes("/decrypt/"))
    return { data: { plaintext: unseal((body["ciphertext"] ?? "").replace("vault:v1:", "")) } };
  if (path.endsWith("/encrypt-data")) return { cipher_text: seal(body["plain_text"] ?? "") };
  if (path.endsWith("/decrypt-data")) return { plain_text: unseal(body["cipher_text"] ?? "") };
  if (path.endsWith(":encrypt")) return { ciphertext: seal(body["plaintext"] ?? "") };
  if (path.endsWith(":decrypt")) return { plaintext: unseal(body["ciphertext"] ?? "") };
  if (path.includes("/keys/"))
    return { value: path.includes("/encrypt?") ? seal(body["value"] ?? "") : unseal(body["value"] ?? "") };
  return body["Plaintext"] === undefined
    ? { Plaintext: unseal(body["CiphertextBlob"] ?? "") }
    : { CiphertextBlob: seal(body["Plaintext"]) };
}

const noSecrets: CloudSecrets = { awsKms: undefined, azureKv: undefined, gcpKms: undefined, vaultToken: undefined };
const account = { namespace: "apps", name: "sops" };
const created = { enc: "", createdAt: "" };

function keysWith(secrets: Partial<CloudSecrets>, config?: string): ReturnType<typeof createCloudKeys> {
  const clock = fakeClock(Date.UTC(2026, 0, 2));
  const accounts = {
    annotations: async () => ({}),
    requestToken: async (_: unknown, [audience]: readonly string[]) => `jwt for ${audience}`,
  };
  const vault = createVaultLogins({ http, clock, accounts, config: async () => config, onSecret: () => undefined });
  const login = createCloudLogin({ clock, env: { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "s" } });
  const endpoints = { awsKms: url, gcpKms: url, azureKeyVault: url };
  const env = {
    HUAWEICLOUD_SDK_AK: "AK",
    HUAWEICLOUD_SDK_SK: "sk",
    HUAWEICLOUD_SDK_PROJECT_ID: "project",
    HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4: url,
  };
  const huawei = createHuaweiKms({ http, clock, env });
  return createCloudKeys({ ...noSecrets, ...secrets }, account, { http, clock, login, vault, huawei, endpoints });
}

async function roundTrip(key: MasterKey, services: ReturnType<typeof createCloudKeys>): Promise<string> {
  const rule = { keyGroups: [[key]], shamirThreshold: 0, rules: {}, macOnlyEncrypted: false };
  const encrypted = await encryptFile(Buffer.from("a: secret\n"), "yaml", { rule, services, now: new Date(0) });
  return Buffer.from((await decryptFile(encrypted, "yaml", services)).plain).toString();
}

describe("a file is encrypted and decrypted with a key of", () => {
  it("AWS KMS, with the Secret's credentials", async () => {
    const awsKms = "aws_access_key_id: AKID\naws_secret_access_key: secret\n";
    const key: MasterKey = { type: "kms", arn: "arn:aws:kms:eu-west-1:1:key/k", awsProfile: "", ...created };
    expect(await roundTrip(key, keysWith({ awsKms }))).toBe("a: secret\n");
    expect(asked.map(({ authorization }) => authorization.slice(0, 33))).toEqual(
      Array(2).fill("AWS4-HMAC-SHA256 Credential=AKID/"),
    );
  });

  it("HuaweiCloud KMS, with the key pair of the process", async () => {
    const key: MasterKey = { type: "hckms", keyId: "cn-north-4:k", ...created };
    expect(await roundTrip(key, keysWith({}))).toBe("a: secret\n");
    expect(asked.map(({ path, authorization }) => [path, authorization.slice(0, 26)])).toEqual([
      ["/v1.0/project/kms/encrypt-data", "SDK-HMAC-SHA256 Access=AK,"],
      ["/v1.0/project/kms/decrypt-data", "SDK-HMAC-SHA256 Access=AK,"],
    ]);
  });

  it("Vault, with the Secret's token", async () => {
    const key: MasterKey = { type: "hc_vault", vaultAddress: url, enginePath: "transit", keyName: "k", ...created };
    expect(await roundTrip(key, keysWith({ vaultToken: "s.token\n" }))).toBe("a: secret\n");
    expect(asked.map(({ path, authorization }) => [path, authorization])).toEqual([
      ["/v1/transit/encrypt/k", "s.token"],
      ["/v1/transit/decrypt/k", "s.token"],
    ]);
  });

  it("Vault, as a ServiceAccount that logs in once at a trusted address", async () => {
    const key: MasterKey = { type: "hc_vault", vaultAddress: url, enginePath: "transit", keyName: "k", ...created };
    expect(await roundTrip(key, keysWith({}, `instances:\n- address: ${url}/\n  loginPath: kubernetes\n`))).toBe(
      "a: secret\n",
    );
    expect(asked.map(({ path }) => path)).toEqual([
      "/v1/auth/kubernetes/login",
      "/v1/transit/encrypt/k",
      "/v1/transit/decrypt/k",
    ]);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ role: "apps_sops", jwt: `jwt for ${url}` });
    expect(asked[1]?.authorization).toBe("s.from-login");
  });
});

describe("nothing is sent", () => {
  const elsewhere: MasterKey = {
    type: "hc_vault",
    vaultAddress: "http://127.0.0.1:1",
    enginePath: "transit",
    keyName: "k",
    ...created,
  };
  it.each([
    ["to a Vault that the operator does not trust", "instances: []", "is not among the trusted instances"],
    ["without the operator's list", undefined, "--sops-vault-configmap is not set"],
  ])("%s", async (_name, config, message) => {
    await expect(roundTrip(elsewhere, keysWith({}, config))).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  it.each([
    ["AWS credentials that are a list", { awsKms: "- a" }, "failed to unmarshal AWS credentials file"],
    ["an Azure file without a client", { azureKv: "tenantId: t" }, "requires a 'clientId' field"],
  ])("with %s", (_name, secrets, message) => {
    expect(() => keysWith(secrets)).toThrow(message);
  });
});
