import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { createHuaweiKms, type HuaweiKms } from "./huawei-kms.ts";
import { canonicalRequest, signHuaweiRequest } from "./sign-huawei.ts";

describe("signHuaweiRequest()", () => {
  it("makes the canonical request of the signing guide's example", () => {
    const headers = {
      "content-type": "application/json",
      host: "service.region.example.com",
      "x-sdk-date": "20191115T033655Z",
    };
    const query = "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0";
    const url = new URL(`https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?${query}`);
    const text = canonicalRequest({ method: "GET", url, headers });
    expect(sha256(text)).toBe("b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a");
  });

  // Source: the tests of HuaweiCloud's Go SDK 0.1.207.
  it.each([
    ["GET", "limit=1", undefined, "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"],
    [
      "POST",
      "key=value",
      '{"Name":"test","Id":1}\n',
      "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
    ],
  ])("signs as the SDK does: %s", (method, query, body, signature) => {
    const url = new URL(`https://example.huaweicloud.com/path?${query}`);
    const request = { method, url, headers: { "x-sdk-date": "20060102T150405Z" }, ...(body ? { body } : {}) };
    expect(signHuaweiRequest(request, { accessKeyId: "AccessKey", secretAccessKey: "SecretKey" })).toBe(
      `SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=${signature}`,
    );
  });

  it("sorts the query, and encodes it and the path as they are signed", () => {
    const url = new URL("https://h/a b/(c)?test=%E4%B8%80%20(%26*)&multi=2&multi=1&path=/tmp/1");
    expect(canonicalRequest({ method: "GET", url, headers: {} }).split("\n").slice(1, 3)).toEqual([
      "/a%20b/%28c%29/",
      "multi=1&multi=2&path=%2Ftmp%2F1&test=%E4%B8%80%20%28%26%2A%29",
    ]);
  });
});

describe("HuaweiCloud KMS", () => {
  const keyId = "cn-north-4:0d0466b0-e727-4d9c-b35d-f84bb474a37f";
  const dataKey = Buffer.from("0123456789abcdef0123456789abcdef");
  let server: Server;
  let http: HttpClient;
  let url: string;
  let asked: { method: string; path: string; headers: Record<string, unknown>; body: unknown }[];
  let answers: { status: number; body: unknown }[];

  beforeEach(async () => {
    [asked, answers] = [[], []];
    http = createHttpClient();
    server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const { method = "", url: path = "", headers } = incoming;
        const text = Buffer.concat(chunks).toString();
        asked.push({ method, path, headers, body: text === "" ? undefined : JSON.parse(text) });
        const { status, body } = answers.shift() ?? { status: 500, body: {} };
        outgoing.writeHead(status).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    http.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = (env: Record<string, string>): HuaweiKms =>
    createHuaweiKms({
      http,
      clock: fakeClock(Date.UTC(2026, 0, 2, 3, 4, 5)),
      env: {
        HUAWEICLOUD_SDK_AK: "AK",
        HUAWEICLOUD_SDK_SK: "secret-of-huawei",
        HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4: url,
        HUAWEICLOUD_SDK_IAM_ENDPOINT: url,
        ...env,
      },
    });

  it("encrypts and decrypts in the key's region, signed, as the project that the environment names", async () => {
    answers = [
      { status: 200, body: { key_id: "k", cipher_text: "sealed" } },
      { status: 200, body: { plain_text: dataKey.toString("base64") } },
    ];
    const kms = open({ HUAWEICLOUD_SDK_PROJECT_ID: "project", HUAWEICLOUD_SDK_SECURITY_TOKEN: "token" });
    expect(await kms.encrypt(keyId, dataKey)).toBe("sealed");
    expect(await kms.decrypt(keyId, "sealed")).toEqual(dataKey);
    const [, key_id] = keyId.split(":");
    const common = { key_id, encryption_algorithm: "SYMMETRIC_DEFAULT" };
    expect(asked.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      {
        method: "POST",
        path: "/v1.0/project/kms/encrypt-data",
        body: { ...common, plain_text: dataKey.toString("base64") },
      },
      { method: "POST", path: "/v1.0/project/kms/decrypt-data", body: { ...common, cipher_text: "sealed" } },
    ]);
    expect(asked[0]?.headers).toMatchObject({
      "x-sdk-date": "20260102T030405Z",
      "x-project-id": "project",
      "x-security-token": "token",
      authorization: expect.stringMatching(
        /^SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token, Signature=[0-9a-f]{64}$/,
      ) as unknown,
    });
  });

  it("asks once which project a region's is", async () => {
    answers = [
      { status: 200, body: { projects: [{ id: "found", name: "cn-north-4" }] } },
      { status: 200, body: { cipher_text: "one" } },
      { status: 200, body: { cipher_text: "two" } },
    ];
    const kms = open({});
    await kms.encrypt(keyId, dataKey);
    await kms.encrypt(keyId, dataKey);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v3/projects?name=cn-north-4",
      "POST /v1.0/found/kms/encrypt-data",
      "POST /v1.0/found/kms/encrypt-data",
    ]);
  });

  it.each([
    ["no project", { status: 200, body: { projects: [] } }, {}, /0 projects have this name, want one/],
    [
      "two projects",
      { status: 200, body: { projects: [{ id: "a" }, { id: "b" }] } },
      {},
      /2 projects have this name, want one: name it in HUAWEICLOUD_SDK_PROJECT_ID/,
    ],
    [
      "a refusal",
      { status: 403, body: { error_code: "KMS.0303", error_msg: "Invalid ciphertext." } },
      { HUAWEICLOUD_SDK_PROJECT_ID: "p" },
      /^decrypt with HuaweiCloud KMS: status 403: KMS\.0303: Invalid ciphertext\.$/,
    ],
    [
      "an answer without the plain text",
      { status: 200, body: {} },
      { HUAWEICLOUD_SDK_PROJECT_ID: "p" },
      /the answer has no "plain_text"/,
    ],
    ["no key pair", { status: 200, body: {} }, { HUAWEICLOUD_SDK_SK: "" }, /HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK/],
  ])("says why not: %s", async (_, answer, env, message) => {
    answers = [answer];
    const failed = open(env).decrypt(keyId, "sealed");
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.not.toThrow("secret-of-huawei");
  });

  it.each(["cn-north-4", "evil.example.com/:k", "cn-north-4.evil:k", "cn-north-4:k/../x", ":k", "cn-north-4:"])(
    "sends nothing for %j, which names no key",
    async (bad) => {
      await expect(open({}).decrypt(bad, "sealed")).rejects.toThrow("expected 'region:key-uuid'");
      expect(asked).toEqual([]);
    },
  );
});
