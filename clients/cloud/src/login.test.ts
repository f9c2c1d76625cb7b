import { execFileSync } from "node:child_process";
import { generateKeyPairSync, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock, type FakeClock } from "@eddy/core/clock";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { azureScopes, createCloudLogin, parseGitHubApp, type CloudLogin, type CloudLoginOptions } from "./index.ts";

/** What was asked, and what is answered: by method and path, without the query. */
interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: string;
}

const asked: Asked[] = [];
let answers: Record<string, { status?: number; type?: string; body: string | object }> = {};
let server: Server;
let base: string;
let clock: FakeClock;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

beforeAll(async () => {
  server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const url = new URL(request.url ?? "/", base);
      const { method = "", headers } = request;
      const body = Buffer.concat(chunks).toString();
      asked.push({ method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body });
      const answer = answers[`${method} ${url.pathname}`] ?? { status: 404, type: "text/plain", body: "nothing here" };
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200, { "content-type": answer.type ?? "application/json" }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  answers = {};
  clock = fakeClock(Date.parse("2026-11-21T15:00:00Z"));
});

const secrets: string[] = [];
function open(options: CloudLoginOptions = {}): CloudLogin {
  secrets.length = 0;
  const names = ["awsSts", "awsMetadata", "awsContainer", "gcpMetadata", "gcpSts", "gcpIamCredentials"] as const;
  const endpoints = Object.fromEntries([...names, "azureAuthority", "azureMetadata"].map((name) => [name, base]));
  const readFile = async (path: string): Promise<string> => `token of ${path}\n`;
  return createCloudLogin({ clock, env: {}, endpoints, readFile, onSecret: (text) => secrets.push(text), ...options });
}

const form = (index: number): Record<string, string> => Object.fromEntries(new URLSearchParams(asked[index]?.body));
function claimsOf(jwt: string | undefined): { header: unknown; claims: unknown } {
  const [header = "", claims = "", signature = ""] = jwt?.split(".") ?? [];
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw new Error("the token is not signed with the key");
  const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
  return { header: decode(header), claims: decode(claims) };
}

const stsAnswer = (action: string): string => `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <${action}Result><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK&amp;</SecretAccessKey>
  <SessionToken>ST</SessionToken><Expiration>2026-11-21T16:00:00Z</Expiration></Credentials></${action}Result></${action}Response>`;
const fromSts = {
  accessKeyId: "AK",
  secretAccessKey: "SK&",
  sessionToken: "ST",
  expiresAtMs: Date.parse("2026-11-21T16:00:00Z"),
};

describe("AWS, as the process", () => {
  const region = "eu-west-1";

  test("by keys of the environment", async () => {
    const env = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S", AWS_REGION: region };
    expect(await open({ env }).aws()).toEqual({ accessKeyId: "A", secretAccessKey: "S" });
    expect(secrets).toEqual(["S"]);
  });

  test("by web identity", async () => {
    answers["POST /"] = { type: "text/xml", body: stsAnswer("AssumeRoleWithWebIdentity") };
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "arn:r", AWS_ROLE_SESSION_NAME: "me" };
    expect(await open({ env }).aws({ region })).toEqual(fromSts);
    expect(form(0)).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: "arn:r",
      RoleSessionName: "me",
      WebIdentityToken: "token of /token",
    });
  });

  test("by the container's agent (EKS pod identity)", async () => {
    const body = { AccessKeyId: "A", SecretAccessKey: "S", Token: "T", Expiration: "2026-11-21T16:00:00Z" };
    answers["GET /v1/credentials"] = { body };
    const uri = `${base}/v1/credentials`;
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/pod" };
    expect(await open({ env }).aws({ region })).toMatchObject({ accessKeyId: "A", sessionToken: "T" });
    expect(asked[0]?.headers.authorization).toBe("token of /pod");
    const far = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://example.org/v1" };
    await expect(open({ env: far }).aws({ region })).rejects.toThrow("want https, or an agent's own address");
  });

  test("by the instance's role, with a session of the metadata service", async () => {
    const path = "/latest/meta-data/iam/security-credentials/";
    answers["PUT /latest/api/token"] = { type: "text/plain", body: "session" };
    answers[`GET ${path}`] = { type: "text/plain", body: "node-role\n" };
    answers[`GET ${path}node-role`] = { body: { Code: "Success", AccessKeyId: "A", SecretAccessKey: "S", Token: "T" } };
    expect(await open().aws({ region })).toMatchObject({ accessKeyId: "A", secretAccessKey: "S", sessionToken: "T" });
    expect(asked.slice(1).map(({ headers }) => headers["x-aws-ec2-metadata-token"])).toEqual(["session", "session"]);
  });

  test.each([
    [{}, {}, "AWS_REGION environment variable is not set in the Flux controller."],
    [{ AWS_REGION: "x/y" }, {}, 'the AWS region "x/y" is not one'],
    [{ AWS_REGION: "r", AWS_EC2_METADATA_DISABLED: "true" }, {}, "find AWS credentials: the environment names none"],
    [{ AWS_REGION: "r" }, {}, "ask the instance's metadata service: status 404"],
    [
      { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "r" },
      { region, stsEndpoint: "https://sts.example.org" },
      "invalid STS endpoint: 'https://sts.example.org'. must match",
    ],
  ])("refuses %j %j", async (env, options, why) => {
    const endpoints = "stsEndpoint" in options ? {} : { awsMetadata: base };
    await expect(open({ env, endpoints }).aws(options)).rejects.toThrow(why);
  });

  test("says what the service said, and nothing of the token", async () => {
    answers["POST /"] = {
      status: 403,
      type: "text/xml",
      body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not allowed</Message></Error></ErrorResponse>",
    };
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "r", AWS_REGION: region };
    const error = await open({ env })
      .aws()
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: "refused", code: "CLOUD_REFUSED", class: "retry" });
    expect(error.message).toBe("AssumeRoleWithWebIdentity: status 403: AccessDenied: Not allowed");
  });
});

describe("GCP", () => {
  const key = JSON.stringify({
    type: "service_account",
    client_email: "a@b",
    private_key: pem,
    private_key_id: "kid",
  });
  const withTokenUri = (): string => JSON.stringify({ ...JSON.parse(key), token_uri: `${base}/token` });

  test("by a service account's key", async () => {
    answers["POST /token"] = { body: { access_token: "T", expires_in: 3599 } };
    const token = await open().gcpKey(withTokenUri(), "the key", ["scope-a", "scope-b"]);
    expect(token).toEqual({ value: "T", expiresAtMs: clock.now() + 3_599_000 });
    expect(form(0)["grant_type"]).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const issuedAt = clock.now() / 1000;
    expect(claimsOf(form(0)["assertion"])).toEqual({
      header: { alg: "RS256", typ: "JWT", kid: "kid" },
      claims: { iss: "a@b", scope: "scope-a scope-b", aud: `${base}/token`, iat: issuedAt, exp: issuedAt + 3600 },
    });
    expect(secrets).toEqual(["T"]);
  });

  test.each([
    ["{", "failed to parse the key as JSON"],
    ["[]", "failed to parse the key as JSON"],
    ['{"type":"authorized_user"}', "must contain a service account key"],
    ['{"type":"service_account"}', "the key has no 'client_email'"],
    ['{"type":"service_account","client_email":"a","private_key":"secret-text"}', "could not parse private key"],
  ])("refuses %s", async (text, why) => {
    const error = await open()
      .gcpKey(text, "the key", [])
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: "configuration" });
    expect(error.message).toContain(why);
    expect(error.message).not.toContain("secret-text");
  });

  test("by the metadata server", async () => {
    const path = "/computeMetadata/v1/instance/service-accounts/default/token";
    answers[`GET ${path}`] = { body: { access_token: "T", expires_in: 60 } };
    expect((await open().gcp()).value).toBe("T");
    expect([asked[0]?.headers["metadata-flavor"], asked[0]?.query["scopes"]]).toEqual([
      "Google",
      "https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/userinfo.email",
    ]);
  });

  test("by an external account, with and without a service account", async () => {
    answers["POST /sts"] = { body: { access_token: "federated", expires_in: 60 } };
    answers["POST /impersonate"] = { body: { accessToken: "T", expireTime: "2026-11-21T16:00:00Z" } };
    const account = {
      type: "external_account",
      audience: "//iam.googleapis.com/x",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${base}/sts`,
      credential_source: { file: "/subject", format: { type: "json", subject_token_field_name: "t" } },
    };
    const files = (config: object) => async (path: string) =>
      path === "/config" ? JSON.stringify(config) : '{"t":"S"}';
    const env = { GOOGLE_APPLICATION_CREDENTIALS: "/config" };
    expect((await open({ env, readFile: files(account) }).gcp()).value).toBe("federated");
    expect(form(0)).toMatchObject({ subject_token: "S", audience: "//iam.googleapis.com/x" });
    const impersonating = { ...account, service_account_impersonation_url: `${base}/impersonate` };
    expect((await open({ env, readFile: files(impersonating) }).gcp()).value).toBe("T");
    expect(asked.at(-1)?.headers.authorization).toBe("Bearer federated");
    const unknown = { ...account, credential_source: { environment_id: "aws1" } };
    await expect(open({ env, readFile: files(unknown) }).gcp()).rejects.toThrow("want 'file' or 'url'");
  });
});

describe("Azure", () => {
  const application = { tenantId: "tenant", clientId: "client" };
  const path = "POST /tenant/oauth2/v2.0/token";

  test("by a client secret", async () => {
    answers[path] = { body: { access_token: "T", expires_in: "3600" } };
    const proof = { kind: "secret", secret: "s3cret" } as const;
    const token = await open().azureApplication({ ...application, proof }, azureScopes.blobStorage);
    expect(token).toEqual({ value: "T", expiresAtMs: clock.now() + 3_600_000 });
    expect(form(0)).toEqual({
      grant_type: "client_credentials",
      client_id: "client",
      scope: "https://storage.azure.com/.default",
      client_secret: "s3cret",
    });
  });

  test("says why it was refused", async () => {
    answers[path] = { status: 401, body: { error: "invalid_client", error_description: "AADSTS7000215: Invalid" } };
    const proof = { kind: "secret", secret: "s3cret" } as const;
    const error = await open()
      .azureApplication({ ...application, proof }, "x")
      .catch((reason) => reason);
    expect(error.message).toBe("log in to Azure: status 401: invalid_client: AADSTS7000215: Invalid");
    expect(error.kind).toBe("refused");
    await expect(open().azureApplication({ ...application, tenantId: "../x", proof }, "x")).rejects.toThrow(
      "tenant ID",
    );
  });

  test.each(["no PEM at all", pem])("refuses a certificate that is none", async (text) => {
    const proof = { kind: "certificate", pem: text } as const;
    await expect(open().azureApplication({ ...application, proof }, "x")).rejects.toThrow(
      "failed to parse client certificates",
    );
  });

  test("by a client certificate, with its chain where that is wanted", async () => {
    answers[path] = { body: { access_token: "T", expires_in: 60 } };
    const [dir, key] = [mkdtempSync(join(tmpdir(), "eddy-cloud-")), "key.pem"];
    writeFileSync(join(dir, key), pem);
    const args = ["req", "-x509", "-key", key, "-out", "cert.pem", "-days", "2", "-subj", "/CN=app"];
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
    const certificate = readFileSync(join(dir, "cert.pem"), "utf8");
    rmSync(dir, { recursive: true });
    const proof = { kind: "certificate", pem: `${pem}${certificate}`, sendChain: true } as const;
    expect((await open().azureApplication({ ...application, proof }, "x")).value).toBe("T");
    const { header, claims } = claimsOf(form(0)["client_assertion"]);
    const { raw, fingerprint } = new X509Certificate(certificate);
    const x5t = Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url");
    expect(header).toEqual({ alg: "RS256", typ: "JWT", x5t, x5c: [raw.toString("base64")] });
    expect(claims).toMatchObject({ aud: `${base}/tenant/oauth2/v2.0/token`, iss: "client", sub: "client" });
  });

  test("by workload identity of the process, and by the machine's", async () => {
    answers[path] = { body: { access_token: "T", expires_in: 60 } };
    const ids = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "client" };
    await open({ env: { ...ids, AZURE_FEDERATED_TOKEN_FILE: "/federated" } }).azure(azureScopes.devOps);
    expect(form(0)).toMatchObject({
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: "token of /federated",
    });
    answers["GET /metadata/identity/oauth2/token"] = { body: { access_token: "M", expires_in: "60" } };
    expect((await open({ env: ids }).azure(azureScopes.blobStorage)).value).toBe("M");
    expect(asked.at(-1)?.query).toMatchObject({ resource: "https://storage.azure.com", client_id: "client" });
    expect(asked.at(-1)?.headers["metadata"]).toBe("true");
    await open().azureManagedIdentity({ resourceId: "/sub/x" }, azureScopes.blobStorage);
    expect(asked.at(-1)?.query).toMatchObject({ msi_res_id: "/sub/x" });
  });
});

describe("a ServiceAccount of the cluster", () => {
  const serviceAccount = { namespace: "apps", name: "reader" };
  const requested: unknown[] = [];
  const withAccount = (annotations: Record<string, string>): CloudLogin =>
    open({
      serviceAccounts: {
        annotations: async () => annotations,
        requestToken: async (ref, audiences) => {
          requested.push([ref, audiences]);
          return "cluster-token";
        },
      },
    });
  beforeEach(() => void (requested.length = 0));

  test("becomes a role of AWS", async () => {
    answers["POST /"] = { type: "text/xml", body: stsAnswer("AssumeRoleWithWebIdentity") };
    const login = withAccount({ "eks.amazonaws.com/role-arn": "arn:aws:iam::123:role/x" });
    expect(await login.aws({ serviceAccount, region: "eu-west-1" })).toEqual(fromSts);
    expect(requested).toEqual([[serviceAccount, ["sts.amazonaws.com"]]]);
    expect(form(0)).toMatchObject({
      RoleArn: "arn:aws:iam::123:role/x",
      RoleSessionName: "reader.apps.eu-west-1.fluxcd.io",
      WebIdentityToken: "cluster-token",
    });
    await expect(login.aws({ serviceAccount })).rejects.toThrow("an AWS region is required for authenticating");
  });

  test("becomes a service account of GCP, on GKE", async () => {
    const metadata = "GET /computeMetadata/v1";
    answers[`${metadata}/project/project-id`] = { type: "text/plain", body: "p" };
    answers[`${metadata}/instance/attributes/cluster-location`] = { type: "text/plain", body: "l" };
    answers[`${metadata}/instance/attributes/cluster-name`] = { type: "text/plain", body: "c" };
    answers["POST /v1/token"] = { body: { access_token: "federated", expires_in: 60 } };
    const impersonation = "/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com:generateAccessToken";
    answers[`POST ${impersonation}`] = { body: { accessToken: "T", expireTime: "2026-11-21T16:00:00Z" } };
    const login = withAccount({ "iam.gke.io/gcp-service-account": "a@b.iam.gserviceaccount.com" });
    expect((await login.gcp({ serviceAccount })).value).toBe("T");
    expect(requested).toEqual([[serviceAccount, ["p.svc.id.goog"]]]);
    expect(form(3)["audience"]).toBe(
      "identitynamespace:p.svc.id.goog:https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
    );
  });

  test("is taken by a workload identity provider elsewhere", async () => {
    answers["POST /v1/token"] = { body: { access_token: "federated", expires_in: 60 } };
    const provider = "projects/1/locations/global/workloadIdentityPools/pool/providers/prov";
    const login = withAccount({ "gcp.auth.fluxcd.io/workload-identity-provider": provider });
    expect((await login.gcp({ serviceAccount })).value).toBe("federated");
    expect(requested).toEqual([[serviceAccount, [`//iam.googleapis.com/${provider}`]]]);
  });

  test("becomes an application of Azure", async () => {
    answers["POST /t1/oauth2/v2.0/token"] = { body: { access_token: "T", expires_in: 60 } };
    const annotations = { "azure.workload.identity/tenant-id": "t1", "azure.workload.identity/client-id": "c1" };
    expect((await withAccount(annotations).azure("s", { serviceAccount })).value).toBe("T");
    expect(requested).toEqual([[serviceAccount, ["api://AzureADTokenExchange"]]]);
    expect(form(0)).toMatchObject({ client_id: "c1", client_assertion: "cluster-token" });
  });

  test.each([
    ["aws", {}, "invalid eks.amazonaws.com/role-arn annotation: ''. must match ^arn:aws"],
    ["azure", {}, "azure tenant ID is not set in the service account annotation azure.workload.identity/tenant-id"],
    [
      "azure",
      { "azure.workload.identity/tenant-id": "t" },
      "azure client ID is not set in the service account annotation",
    ],
    ["gcp", { "iam.gke.io/gcp-service-account": "x" }, "invalid iam.gke.io/gcp-service-account annotation: 'x'"],
    ["gcp", { "gcp.auth.fluxcd.io/workload-identity-provider": "x" }, "workload-identity-provider annotation: 'x'"],
  ])("without its annotation is refused by %s: %j", async (cloud, annotations, why) => {
    const login = withAccount(annotations as Record<string, string>);
    const options = { serviceAccount, region: "r" };
    const tried =
      cloud === "aws" ? login.aws(options) : cloud === "gcp" ? login.gcp(options) : login.azure("s", options);
    await expect(tried).rejects.toThrow(why);
  });

  test("is refused where objects may not name one", async () => {
    await expect(open().gcp({ serviceAccount })).rejects.toThrow("object-level workload identity is not enabled");
  });
});

describe("GitHub", () => {
  const data = (): Record<string, string> => ({
    githubAppID: "12",
    githubAppInstallationID: "34",
    githubAppPrivateKey: pem,
    githubAppBaseURL: `${base}/api/v3/`,
  });
  const token = { body: { token: "ghs_T", expires_at: "2026-11-21T16:00:00Z" } };

  test("gives an installation's token", async () => {
    answers["POST /api/v3/app/installations/34/access_tokens"] = token;
    expect((await open().gitHubApp(parseGitHubApp(data()))).value).toBe("ghs_T");
    const issuedAt = clock.now() / 1000 - 30;
    expect(claimsOf(asked[0]?.headers.authorization?.slice("Bearer ".length)).claims).toEqual({
      iat: issuedAt,
      exp: issuedAt + 120,
      iss: "12",
    });
  });

  test("finds the installation of an organisation, or of a user", async () => {
    answers["GET /api/v3/users/octo/installation"] = { body: { id: 56 } };
    answers["POST /api/v3/app/installations/56/access_tokens"] = token;
    const { githubAppInstallationID: _, ...rest } = data();
    const app = parseGitHubApp({ ...rest, githubAppInstallationOwner: "octo" });
    expect((await open().gitHubApp(app)).value).toBe("ghs_T");
    delete answers["GET /api/v3/users/octo/installation"];
    await expect(open().gitHubApp(app)).rejects.toThrow(
      /failed to find organization installation: .*404.*; failed to find user installation: .*404/,
    );
  });

  test.each([
    [{ githubAppID: "" }, "app ID must be provided to use github app authentication"],
    [{ githubAppInstallationID: "x" }, "app installation owner or ID must be provided"],
    [{ githubAppInstallationOwner: "o" }, "only one of app installation owner or ID must be provided"],
    [{ githubAppPrivateKey: "" }, "private key must be provided"],
    [{ githubAppBaseURL: "ftp://x" }, "invalid API URL"],
  ])("refuses %j", (change, why) => expect(() => parseGitHubApp({ ...data(), ...change })).toThrow(why));
});

describe("the cache", () => {
  test("keeps a token for four fifths of its life, and asks once for all who wait", async () => {
    answers["POST /tenant/oauth2/v2.0/token"] = { body: { access_token: "T", expires_in: 1000 } };
    const proof = { kind: "secret", secret: "s" } as const;
    const login = open();
    const ask = (): Promise<unknown> => login.azureApplication({ tenantId: "tenant", clientId: "c", proof }, "x");
    await Promise.all([ask(), ask()]);
    expect(asked).toHaveLength(1);
    clock.advance(799_000);
    await ask();
    expect(asked).toHaveLength(1);
    clock.advance(2_000);
    await ask();
    expect(asked).toHaveLength(2);
    await login.azureApplication({ tenantId: "tenant", clientId: "c", proof: { ...proof, secret: "other" } }, "x");
    expect(asked).toHaveLength(3);
  });

  test("keeps no failure", async () => {
    const login = open();
    await expect(login.gcp()).rejects.toThrow("status 404");
    const path = "GET /computeMetadata/v1/instance/service-accounts/default/token";
    answers[path] = { body: { access_token: "T", expires_in: 60 } };
    expect((await login.gcp()).value).toBe("T");
  });

  test("an answer that is no JSON is not quoted", async () => {
    answers["GET /computeMetadata/v1/instance/service-accounts/default/token"] = { body: "secret-token" };
    await expect(open().gcp()).rejects.toThrow(
      "fetch a token from the GCP metadata server: the answer is no JSON object",
    );
  });
});

test("an LDAP user at an STS", async () => {
  answers["POST /"] = { type: "text/xml", body: stsAnswer("AssumeRoleWithLDAPIdentity") };
  expect(await open().ldap({ endpoint: `${base}/`, username: "u", password: "p" })).toEqual(fromSts);
  expect(form(0)).toMatchObject({ Action: "AssumeRoleWithLDAPIdentity", LDAPUsername: "u", LDAPPassword: "p" });
});
