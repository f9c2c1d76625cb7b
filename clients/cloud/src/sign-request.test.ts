import { expect, test } from "vitest";
import { awsTime, encodeAwsText, signAwsRequest, type AwsRequest } from "./aws/sign-request.ts";
import { codeCommitLogin, codeCommitRegion } from "./aws/code-commit.ts";
import { signAzureStorageRequest } from "./azure/sign-request.ts";

const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const iam = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const s3 = { credentials, region: "us-east-1", service: "s3", nowMs: Date.parse("2013-05-24T00:00:00Z") };
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The examples of AWS's own documentation of Signature Version 4.
const published: { name: string; request: AwsRequest; scope: typeof s3; want: string }[] = [
  {
    name: "S3: an object's first bytes",
    request: {
      method: "GET",
      url: new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
      headers: { Range: "bytes=0-9" },
    },
    scope: s3,
    want: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    name: "S3: a list",
    request: { method: "GET", url: new URL("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J") },
    scope: s3,
    want: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
  {
    name: "S3: a sub-resource without value",
    request: { method: "GET", url: new URL("https://examplebucket.s3.amazonaws.com/?lifecycle"), bodySha256: empty },
    scope: s3,
    want: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    name: "IAM: a query",
    request: {
      method: "GET",
      url: new URL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
      headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
    },
    scope: { credentials: iam, region: "us-east-1", service: "iam", nowMs: Date.parse("2015-08-30T12:36:00Z") },
    want: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  },
];

test.each(published)("signs as published: $name", ({ request, scope, want }) => {
  const { authorization = "" } = signAwsRequest(request, scope);
  expect(authorization.split("Signature=")[1]).toBe(want);
});

test("a session token is sent and signed", () => {
  const scope = { ...s3, credentials: { ...credentials, sessionToken: "session" } };
  const headers = signAwsRequest({ method: "GET", url: new URL("https://h/") }, scope);
  expect(headers["x-amz-security-token"]).toBe("session");
  expect(headers["authorization"]).toContain(
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
  );
});

test("encodes as AWS does", () => {
  expect(encodeAwsText("a b/c!'()*~é")).toBe("a%20b%2Fc%21%27%28%29%2A~%C3%A9");
  expect(awsTime(Date.UTC(2026, 10, 21, 15, 4, 5, 678))).toBe("20261121T150405Z");
});

// The example of the documentation of Shared Key, with the well-known key of the storage emulator.
test("signs a listing of blobs", () => {
  const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
  const request = {
    method: "GET",
    url: new URL("https://devstoreaccount1.blob.core.windows.net/c?restype=container&comp=list&prefix=A b&Prefix=c"),
    headers: { "x-ms-version": "2021-12-02", "X-Ms-Date": "Sat, 21 Nov 2026 15:00:00 GMT" },
  };
  const authorization = signAzureStorageRequest(request, { name: "devstoreaccount1", key });
  expect(authorization).toMatch(/^SharedKey devstoreaccount1:[A-Za-z0-9+/]{43}=$/);
  const other = { ...request, url: new URL(request.url.href.replace("A%20b", "A")) };
  expect(signAzureStorageRequest(other, { name: "devstoreaccount1", key })).not.toBe(authorization);
});

test("logs in to CodeCommit by a signature over the address", () => {
  const url = new URL("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo");
  const nowMs = Date.parse("2026-11-21T15:00:00Z");
  const login = codeCommitLogin(url, { ...credentials, sessionToken: "session", expiresAtMs: nowMs + 60_000 }, nowMs);
  expect(login.username).toBe("AKIAIOSFODNN7EXAMPLE%session");
  expect(login.password).toMatch(/^20261121T150000Z[0-9a-f]{64}$/);
  expect(login.expiresAtMs).toBe(nowMs + 60_000);
  expect(codeCommitLogin(url, credentials, nowMs)).toMatchObject({
    username: "AKIAIOSFODNN7EXAMPLE",
    expiresAtMs: nowMs + 900_000,
  });
});

test.each([
  ["https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/x", "cn-north-1"],
  ["https://git-codecommit-fips.us-gov-west-1.amazonaws.com/v1/repos/x", "us-gov-west-1"],
])("the region of %s is %s", (url, region) => expect(codeCommitRegion(new URL(url))).toBe(region));

test.each([
  ["http://git-codecommit.eu-west-1.amazonaws.com/x", "requires an HTTPS Git URL"],
  [
    "https://git-codecommit.eu-west-1.example.org/x",
    "invalid AWS CodeCommit Git URL: git-codecommit.eu-west-1.example.org",
  ],
  ["https://evil.example/git-codecommit.eu-west-1.amazonaws.com", "invalid AWS CodeCommit Git URL: evil.example"],
])("%s is none of CodeCommit's", (url, why) => expect(() => codeCommitRegion(new URL(url))).toThrow(why));
