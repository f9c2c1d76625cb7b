import http from "node:http";
import type { AddressInfo } from "node:net";
import { bucketKind, type Bucket } from "@eddy/api";
import { startBucketServer, type BucketServer } from "@eddy/bucket-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { conditionsOf, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

const account = { name: "127", key: Buffer.from("key of the account").toString("base64") };
let bed: SourceBed<Bucket>;
let server: BucketServer;
let authority: http.Server;
const asked: URLSearchParams[] = [];

beforeAll(async () => {
  server = await startBucketServer({ azure: account, bearerTokens: ["token-of-the-cloud"] });
  authority = http.createServer((request, response) => {
    void request.toArray().then((chunks) => {
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      const isKnown = request.url === "/tenant/oauth2/v2.0/token";
      response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify({ access_token: "token-of-the-cloud", expires_in: 3600 }));
    });
  });
  await new Promise<void>((resolve) => authority.listen(0, "127.0.0.1", resolve));
  process.env["AZURE_AUTHORITY_HOST"] = `http://127.0.0.1:${(authority.address() as AddressInfo).port}`;
  bed = await startSourceBed<Bucket>(bucketKind, { hasWorkloadIdentity: true });
  await bed.enterNamespace();
});
afterAll(async () => {
  delete process.env["AZURE_AUTHORITY_HOST"];
  await bed.stop();
  authority.close();
  await server.stop();
});

it("logs in to a cloud as a ServiceAccount of the namespace, once for all passes", async () => {
  const { namespace } = bed;
  server.store.put(namespace, { "app.yaml": "a: 1\n" });
  const spec = { interval: "1h", provider: "azure", bucketName: namespace, endpoint: server.azure.url };
  await bed.create("app", { ...spec, serviceAccountName: "reader" });
  const failed = await bed.untilObject("app", settled("False"));
  expect(conditionsOf(failed).join()).toContain(`failed to get service account '${namespace}/reader'`);

  const annotations = { "azure.workload.identity/tenant-id": "tenant", "azure.workload.identity/client-id": "client" };
  const metadata = { name: "reader", namespace, annotations };
  await bed.kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  await bed.untilObject("app", settled("True"));
  await bed.request("app");
  expect(asked).toHaveLength(1);
  const assertion = asked[0]?.get("client_assertion") ?? "";
  const claims = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString()) as object;
  expect(claims).toMatchObject({
    sub: `system:serviceaccount:${namespace}:reader`,
    aud: ["api://AzureADTokenExchange"],
  });
  expect(asked[0]?.get("client_id")).toBe("client");
});

it("shows who this process is to nobody whom a Secret names", async () => {
  const told: string[] = [];
  const stranger = http.createServer((request, response) => {
    told.push(request.url ?? "");
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  const own = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "secret-of-the-process" };
  Object.assign(process.env, own);
  try {
    await bed.createSecret("host", { authorityHost: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}` });
    const spec = { interval: "1h", provider: "azure", bucketName: bed.namespace, endpoint: server.azure.url };
    await bed.create("other", { ...spec, secretRef: { name: "host" } });
    await bed.untilObject("other", settled("False"));
    expect(told).toEqual([]);
  } finally {
    for (const name of Object.keys(own)) delete process.env[name];
    stranger.close();
  }
});
