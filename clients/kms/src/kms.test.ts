import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { createAwsKms, createAzureKeyVault, createGcpKms, createVaultTransit, loginToVault } from "./index.ts";

/** What a stand-in was asked. */
interface Asked {
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

let server: Server;
let url: string;
let http: HttpClient;
let asked: Asked[];
let answer: (asked: Asked) => { status?: number; body: unknown };

beforeEach(async () => {
  asked = [];
  http = createHttpClient();
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = { path: incoming.url ?? "", headers: incoming.headers, body: Buffer.concat(chunks).toString() };
      asked.push(request);
      const { status = 200, body } = answer(request);
      outgoing.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

const dataKey = Buffer.from("0123456789abcdef0123456789abcdef");
const base64 = (text: Uint8Array | string): string => Buffer.from(text).toString("base64");
const parsed = (index = -1): unknown => JSON.parse(asked.at(index)?.body ?? "");

describe("AWS KMS", () => {
  const arn = "arn:aws:kms:eu-west-1:123456789012:key/1";
  const options = (): Parameters<typeof createAwsKms>[0] => ({
    http,
    clock: fakeClock(Date.UTC(2026, 0, 2)),
    credentials: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" }),
    endpoint: url,
    stsEndpoint: url,
  });

  it("asks the key's region, signed, with the context of the key", async () => {
    answer = ({ headers }) =>
      headers["x-amz-target"] === "TrentService.Decrypt"
        ? { body: { Plaintext: base64(dataKey) } }
        : { body: { CiphertextBlob: base64("sealed") } };
    const kms = createAwsKms(options());
    expect(Buffer.from(await kms.encrypt({ arn, context: { app: "web" } }, dataKey)).toString()).toBe("sealed");
    expect(parsed()).toEqual({ KeyId: arn, Plaintext: base64(dataKey), EncryptionContext: { app: "web" } });
    expect(await kms.decrypt({ arn }, Buffer.from("sealed"))).toEqual(dataKey);
    expect(parsed()).toEqual({ KeyId: arn, CiphertextBlob: base64("sealed") });
    expect(asked[1]?.headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20260102\/eu-west-1\/kms\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
  });

  it("assumes the role that the key names", async () => {
    const credentials =
      "<AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>";
    answer = ({ body }) =>
      body.startsWith("Action=AssumeRole")
        ? {
            body: `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
          }
        : { body: { Plaintext: base64(dataKey) } };
    await createAwsKms(options()).decrypt({ arn, role: "arn:aws:iam::1:role/sops" }, Buffer.from("sealed"));
    expect(new URLSearchParams(asked[0]?.body).get("RoleArn")).toBe("arn:aws:iam::1:role/sops");
    expect(asked[1]?.headers["authorization"]).toContain("Credential=ROLE/");
  });

  it("says what the service says, and which ARN is none", async () => {
    answer = () => ({ status: 400, body: { __type: "com.amazonaws#AccessDeniedException", Message: "not yours" } });
    const kms = createAwsKms(options());
    await expect(kms.decrypt({ arn }, dataKey)).rejects.toThrow(
      "decrypt with AWS KMS: status 400: AccessDeniedException: not yours",
    );
    await expect(kms.decrypt({ arn: "arn:aws:s3:::x" }, dataKey)).rejects.toThrow(
      "no valid ARN found in 'arn:aws:s3:::x'",
    );
  });
});

describe("GCP KMS", () => {
  const resource = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
  it("encrypts and decrypts with a bearer token", async () => {
    answer = ({ path }) =>
      path.endsWith(":encrypt") ? { body: { ciphertext: base64("sealed") } } : { body: { plaintext: base64(dataKey) } };
    const kms = createGcpKms({ http, endpoint: url, token: async () => "token" });
    expect(Buffer.from(await kms.encrypt(resource, dataKey)).toString()).toBe("sealed");
    expect(await kms.decrypt(resource, Buffer.from("sealed"))).toEqual(dataKey);
    expect(asked.map(({ path, headers }) => [path, headers["authorization"]])).toEqual([
      [`/v1/${resource}:encrypt`, "Bearer token"],
      [`/v1/${resource}:decrypt`, "Bearer token"],
    ]);
  });

  it("refuses a resource that could lead elsewhere", async () => {
    const kms = createGcpKms({ http, endpoint: url, token: async () => "token" });
    await expect(kms.decrypt("projects/p/../../x", dataKey)).rejects.toThrow("no valid resource ID");
    expect(asked).toEqual([]);
  });
});

describe("Azure Key Vault", () => {
  it("asks for a token of the vault's cloud, and speaks RSA-OAEP-256", async () => {
    const scopes: string[] = [];
    answer = () => ({ body: { value: dataKey.toString("base64url") } });
    const vault = createAzureKeyVault({
      http,
      endpoint: url,
      token: async (scope) => {
        scopes.push(scope);
        return "token";
      },
    });
    const key = { vaultUrl: "https://team.vault.azure.net", name: "sops", version: "v1" };
    expect(await vault.decrypt(key, Buffer.from("sealed"))).toEqual(dataKey);
    expect([asked[0]?.path, parsed(0), scopes]).toEqual([
      "/keys/sops/v1/decrypt?api-version=7.4",
      { alg: "RSA-OAEP-256", value: Buffer.from("sealed").toString("base64url") },
      ["https://vault.azure.net/.default"],
    ]);
  });

  it.each([
    "https://vault.azure.net.evil.example",
    "http://team.vault.azure.net",
    "https://evil.example/#.vault.azure.net",
    "team",
  ])("sends no token to %s", async (vaultUrl) => {
    const vault = createAzureKeyVault({ http, token: () => Promise.reject(new Error("a token was asked for")) });
    await expect(vault.decrypt({ vaultUrl, name: "k", version: "" }, dataKey)).rejects.toThrow("is no Azure Key Vault");
  });
});

describe("Vault transit", () => {
  it("encrypts and decrypts below the engine's path", async () => {
    answer = ({ path }) => ({
      body: { data: path.includes("/encrypt/") ? { ciphertext: "vault:v1:x" } : { plaintext: base64(dataKey) } },
    });
    const transit = createVaultTransit({ http, token: async () => "token" });
    const key = { vaultAddress: `${url}/`, enginePath: "team/transit", keyName: "sops" };
    expect(await transit.encrypt(key, dataKey)).toBe("vault:v1:x");
    expect(await transit.decrypt(key, "vault:v1:x")).toEqual(dataKey);
    expect(asked.map(({ path, headers }) => [path, headers["x-vault-token"]])).toEqual([
      ["/v1/team/transit/encrypt/sops", "token"],
      ["/v1/team/transit/decrypt/sops", "token"],
    ]);
  });

  it("logs in with a token of the cluster", async () => {
    answer = () => ({ body: { auth: { client_token: "s.1", lease_duration: 60 } } });
    const login = { address: url, loginPath: "kubernetes", role: "apps_sops", jwt: "jwt" };
    expect(await loginToVault(http, login)).toEqual({ token: "s.1", leaseMs: 60_000 });
    expect([asked[0]?.path, parsed(0)]).toEqual(["/v1/auth/kubernetes/login", { role: "apps_sops", jwt: "jwt" }]);
  });

  it("says what Vault says, never the token, and follows no redirect with it", async () => {
    const transit = createVaultTransit({ http, token: async () => "s.secret" });
    const key = { vaultAddress: url, enginePath: "transit", keyName: "sops" };
    answer = () => ({ status: 403, body: { errors: ["permission denied"] } });
    await expect(transit.decrypt(key, "vault:v1:x")).rejects.toThrow(
      "decrypt with Vault transit: status 403: permission denied",
    );
    answer = () => ({ status: 307, body: "" });
    await expect(transit.decrypt(key, "vault:v1:x")).rejects.toThrow("status 307");
    answer = () => ({ body: "<html>" });
    await expect(transit.decrypt(key, "vault:v1:x")).rejects.toThrow("the answer is no JSON object");
    await expect(transit.decrypt({ ...key, vaultAddress: "ftp://x" }, "x")).rejects.toThrow("is no address of a Vault");
  });
});
