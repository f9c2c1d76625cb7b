import { afterEach, expect, test } from "vitest";
import { startBucketServer, type BucketServer } from "./index.ts";

const running: BucketServer[] = [];
const start = async (options: Parameters<typeof startBucketServer>[0] = {}): Promise<BucketServer> => {
  const server = await startBucketServer(options);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
const text = async (url: string, init?: RequestInit): Promise<string> => {
  const answer = await fetch(url, init);
  return `${answer.status} ${await answer.text()}`;
};

test("shows the same objects by every protocol", async () => {
  const server = await start();
  server.store.put("b", { "a b": "1", c: "2" });
  expect(await text(`${server.s3.url}/b/a%20b`)).toBe("200 1");
  expect(await text(`${server.gcs.url}/storage/v1/b/b/o/a%20b?alt=media`)).toBe("200 1");
  expect(await text(`${server.azure.url}/b/a%20b`)).toBe("200 1");
  server.store.put("b", { c: undefined });
  expect(await text(`${server.azure.url}/b?restype=container&comp=list`)).not.toContain("<Name>c</Name>");
  expect(server.requests()).toMatchObject({ "s3 GET object": 1, "gcs media": 1, "azure blob": 1, "azure list": 1 });
});

test("reads and writes by S3, with conditions", async () => {
  const { s3 } = await start();
  expect(await text(`${s3.url}/b/k`, { method: "PUT", body: "1" })).toContain("404 ");
  await text(`${s3.url}/b`, { method: "PUT" });
  await text(`${s3.url}/b/k`, { method: "PUT", body: "1" });
  const { headers } = await fetch(`${s3.url}/b/k`, { method: "HEAD" });
  const etag = headers.get("etag") ?? "";
  expect((await fetch(`${s3.url}/b/k`, { headers: { "if-none-match": etag } })).status).toBe(304);
  expect(await text(`${s3.url}/b/k`, { headers: { "if-match": '"other"' } })).toContain(
    "<Code>PreconditionFailed</Code>",
  );
  expect((await fetch(`${s3.url}/b/k`, { method: "DELETE" })).status).toBe(204);
  expect(await text(`${s3.url}/b/k`)).toContain("<Code>NoSuchKey</Code>");
});

test.each([
  ["GET", "/b?delimiter=/", "501", "NotImplemented"],
  ["POST", "/b/k", "405", "MethodNotAllowed"],
  ["GET", "/", "400", "InvalidRequest"],
  ["GET", "/b?max-keys=x", "400", "InvalidArgument"],
  ["POST", "/", "403", "AccessDenied"],
])("S3 says no to %s %s", async (method, path, status, code) => {
  const server = await start();
  server.store.createBucket("b");
  const answer = await text(`${server.s3.url}${path}`, { method });
  expect(answer).toContain(`${status} `);
  expect(answer).toContain(`<Code>${code}</Code>`);
});

test("a wrong generation and a wrong assertion are refused by GCS", async () => {
  const server = await start({ bearerTokens: ["t"] });
  server.store.put("b", { k: "1" });
  const object = `${server.gcs.url}/storage/v1/b/b/o/k`;
  expect(await text(object)).toContain("401 ");
  const headers = { authorization: "Bearer t" };
  expect(await text(`${object}?alt=media&ifGenerationMatch=99`, { headers })).toContain("412 ");
  const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "x.y.z" };
  expect(await text(`${server.gcs.url}/token`, { method: "POST", body: new URLSearchParams(form) })).toContain(
    "invalid_grant",
  );
});

test("is not open to other machines without keys", async () => {
  await expect(startBucketServer({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "BUCKET_SERVER_OPEN" });
});
