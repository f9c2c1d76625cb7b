import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { CloudLogin } from "@eddy/cloud";
import { fakeClock } from "@eddy/core/clock";
import { cloudKeychain, parseCloudRegistry, parseRepository } from "../index.ts";

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function serve(answer: object): Promise<{ url: string; asked: { request: IncomingMessage; body: string }[] }> {
  const asked: { request: IncomingMessage; body: string }[] = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      asked.push({ request, body });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closes.push(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const clock = fakeClock();
const expiresAtMs = clock.now() + 3_600_000;
const never = (): never => {
  throw new Error("not to be asked");
};
const login: CloudLogin = {
  aws: () => Promise.resolve({ accessKeyId: "AKIA", secretAccessKey: "secret-key", sessionToken: "session" }),
  gcp: () => Promise.resolve({ value: "gcp-token", expiresAtMs }),
  azure: (scope) => Promise.resolve({ value: `azure-token for ${scope}`, expiresAtMs }),
  gcpKey: never,
  azureApplication: never,
  azureManagedIdentity: never,
  ldap: never,
  gitHubApp: never,
};

describe("registries of clouds", () => {
  test.each([
    ["aws", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", { region: "eu-west-1", dnsSuffix: "amazonaws.com" }],
    [
      "aws",
      "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
      { region: "cn-north-1", dnsSuffix: "amazonaws.com.cn" },
    ],
    ["aws", "123456789012.dkr-ecr.eu-west-1.on.aws", { region: "eu-west-1", dnsSuffix: "amazonaws.com" }],
    ["aws", "public.ecr.aws", { region: "us-east-1", isPublic: true }],
    ["azure", "me.azurecr.io", { host: "me.azurecr.io" }],
    ["gcp", "gcr.io", {}],
    ["gcp", "eu.gcr.io", {}],
    ["gcp", "europe-docker.pkg.dev", {}],
  ] as const)("%s: %s", (provider, host, want) => {
    expect(parseCloudRegistry(provider, host)).toMatchObject({ provider, ...want });
  });

  test.each([
    ["aws", "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example"],
    ["aws", "evil.example"],
    ["azure", "azurecr.io.evil.example"],
    ["gcp", "gcr.io.evil.example"],
    ["gcp", "docker.io"],
  ] as const)("%s takes no credentials to %s", async (provider, host) => {
    const keychain = cloudKeychain({ provider, login, clock });
    await expect(keychain.resolve(parseRepository(`${host}/app`))).rejects.toThrow(/^invalid (AWS|Azure|GCP) registry/);
  });
});

describe("logins", () => {
  test("Artifact Registry takes the access token", async () => {
    const keychain = cloudKeychain({ provider: "gcp", login, clock });
    expect(await keychain.resolve(parseRepository("europe-docker.pkg.dev/p/r/app"))).toMatchObject({
      username: "oauth2accesstoken",
      password: "gcp-token",
    });
  });

  test("ECR gives a pair for a signed request, kept until it ends", async () => {
    const authorizationToken = Buffer.from("AWS:pass:word").toString("base64");
    const ecr = await serve({ authorizationData: [{ authorizationToken, expiresAt: expiresAtMs / 1000 }] });
    const secrets: string[] = [];
    const keychain = cloudKeychain({
      provider: "aws",
      login,
      clock,
      endpoints: { ecr: ecr.url },
      onSecret: (secret) => secrets.push(secret),
    });
    const repository = parseRepository("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app");
    const pair = { username: "AWS", password: "pass:word" };
    expect(await keychain.resolve(repository)).toMatchObject(pair);
    expect(await keychain.resolve(repository)).toMatchObject(pair);
    expect(ecr.asked).toHaveLength(1);
    expect(ecr.asked[0]?.request.headers).toMatchObject({
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
      "x-amz-security-token": "session",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-west-1\/ecr\/aws4_request/,
      ) as string,
    });
    expect(secrets).toStrictEqual(["pass:word"]);
    clock.advance(3_600_000);
    await keychain.resolve(repository);
    expect(ecr.asked).toHaveLength(2);
  });

  test("ACR exchanges the token", async () => {
    const claims = Buffer.from(JSON.stringify({ exp: expiresAtMs / 1000 })).toString("base64url");
    const acr = await serve({ refresh_token: `h.${claims}.s` });
    const keychain = cloudKeychain({ provider: "azure", login, clock, endpoints: { acr: acr.url } });
    expect(await keychain.resolve(parseRepository("me.azurecr.io/app"))).toMatchObject({
      username: "00000000-0000-0000-0000-000000000000",
      password: `h.${claims}.s`,
      expiresAt: expiresAtMs,
    });
    expect(new URLSearchParams(acr.asked[0]?.body).get("service")).toBe("me.azurecr.io");
  });

  test.each([{}, { authorizationData: [] }, { authorizationData: [{ authorizationToken: "bm9jb2xvbg==" }] }])(
    "an answer that makes no sense: %j",
    async (answer) => {
      const ecr = await serve(answer);
      const keychain = cloudKeychain({ provider: "aws", login, clock, endpoints: { ecr: ecr.url } });
      const repository = parseRepository("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app");
      await expect(keychain.resolve(repository)).rejects.toMatchObject({ code: "OCI_PROTOCOL" });
    },
  );
});
