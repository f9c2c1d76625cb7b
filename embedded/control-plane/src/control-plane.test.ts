import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request as send, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@eddy/core/clock";
import { load } from "@eddy/goyaml";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "./index.ts";

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function ask(
  server: ControlPlane,
  method: string,
  path: string,
  options: RequestOptions = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = send(`${server.url}${path}`, { method, ca: server.caCert, agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };
const configMap = (name: string): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "1" } });

describe("on the socket", () => {
  let server: ControlPlane;
  beforeAll(
    async () =>
      void (server = await startControlPlane({ tokens: [{ token: "alice-token", user: "alice", groups: ["devs"] }] })),
  );
  afterAll(() => server.stop());

  test("the kubeconfig's client certificate is the admin", async () => {
    const config = load(server.kubeconfig) as { users: { user: Record<string, string> }[] };
    const user = config.users[0]?.user ?? {};
    const decode = (key: string): string => Buffer.from(user[key] ?? "", "base64").toString();
    const answer = await ask(
      server,
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      { cert: decode("client-certificate-data"), key: decode("client-key-data"), headers: json },
      JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }),
    );
    expect(JSON.parse(answer.body).status.userInfo).toEqual({
      username: "admin",
      groups: ["system:masters", "system:authenticated"],
    });
  });

  test.each([
    [
      "no credentials",
      undefined,
      "/api/v1/pods",
      403,
      /User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope/,
    ],
    ["no credentials, health", undefined, "/livez", 200, /^ok$/],
    ["an unknown token", "Bearer nope", "/api/v1/pods", 401, /Unauthorized/],
    ["a user without rights", "Bearer alice-token", "/api/v1/pods", 403, /User "alice"/],
    ["a user and discovery", "Bearer alice-token", "/apis", 200, /APIGroupList/],
  ])("%s", async (_name, authorization, path, status, body) => {
    const answer = await ask(server, "GET", path, { headers: authorization === undefined ? {} : { authorization } });
    expect(answer.status).toBe(status);
    expect(answer.body.replaceAll('\\"', '"')).toMatch(body);
  });

  test("HEAD /livez/ping has the header that turns client-side rate limiting off", async () => {
    const answer = await ask(server, "HEAD", "/livez/ping", {
      headers: { authorization: `Bearer ${server.adminToken}` },
    });
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.headers["x-kubernetes-pf-flowschema-uid"]).toMatch(/-/);
  });

  test("a body beyond 3 MiB is refused", async () => {
    const answer = await ask(
      server,
      "POST",
      "/api/v1/namespaces/default/configmaps",
      { headers: { ...json, authorization: `Bearer ${server.adminToken}` } },
      "x".repeat((3 << 20) + 1),
    ).catch((error: Error) => ({
      status:
        error.message.includes("EPIPE") || error.message.includes("hang up") || error.message.includes("ECONNRESET")
          ? 413
          : 0,
    }));
    expect(answer.status).toBe(413);
  });

  test("a watch sends its headers before anything happens, and ends when the server stops", async () => {
    const other = await startControlPlane();
    const agent = new Agent({ ca: other.caCert, keepAlive: true });
    const path = "/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=";
    const { resourceVersion } = JSON.parse(
      (await other.request({ method: "GET", path: "/api/v1/configmaps" })).body,
    ).metadata;
    const lines: string[] = [];
    let ended: () => void = () => {};
    const end = new Promise<void>((resolve) => (ended = resolve));
    await new Promise<void>((resolve, reject) => {
      const sent = send(
        `${other.url}${path}${resourceVersion}`,
        { agent, headers: { authorization: `Bearer ${other.adminToken}` } },
        (response) => {
          expect(response.statusCode).toBe(200);
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => lines.push(...chunk.split("\n").filter((line) => line !== "")));
          response.on("end", ended);
          resolve();
        },
      );
      sent.on("error", reject);
      sent.end();
    });
    await other.request({
      method: "POST",
      path: "/api/v1/namespaces/default/configmaps",
      headers: json,
      body: configMap("seen"),
    });
    await other.request({ method: "GET", path: "/livez" });
    await new Promise((resolve) => setImmediate(resolve));
    await other.stop();
    await end;
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(["ADDED"]);
  });

  test("ServiceAccount tokens speak for their account, until it is another one", async () => {
    const accounts = "/api/v1/namespaces/default/serviceaccounts";
    await server.request({
      method: "POST",
      path: accounts,
      headers: json,
      body: JSON.stringify({ metadata: { name: "bot" } }),
    });
    const request = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} });
    const issued = await server.request({
      method: "POST",
      path: `${accounts}/bot/token`,
      headers: json,
      body: request,
    });
    const { token } = JSON.parse(issued.body).status as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask(server, "GET", "/api/v1/namespaces/default/pods", { headers })).body).toContain(
      'User \\"system:serviceaccount:default:bot\\" cannot list',
    );
    expect(
      (await ask(server, "GET", "/apis", { headers: { authorization: `Bearer ${token.slice(0, -4)}AAAA` } })).status,
    ).toBe(401);
    await server.request({ method: "DELETE", path: `${accounts}/bot` });
    expect((await ask(server, "GET", "/apis", { headers })).status).toBe(401);
  });
});

describe("with a data folder", () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "eddy-control-plane-"))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test("objects, custom kinds and credentials survive a restart", async () => {
    const first = await startControlPlane({ dataDir: dir });
    await first.request({
      method: "POST",
      path: "/api/v1/namespaces/default/configmaps",
      headers: json,
      body: configMap("kept"),
    });
    await first.request({
      method: "POST",
      path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      headers: json,
      body: JSON.stringify({
        metadata: { name: "as.example.com" },
        spec: {
          group: "example.com",
          scope: "Cluster",
          names: { plural: "as", kind: "A" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: "object",
                  properties: { spec: { type: "object", properties: { n: { type: "integer" } } } },
                },
              },
            },
          ],
        },
      }),
    });
    const made = await first.request({
      method: "POST",
      path: "/apis/example.com/v1/as",
      headers: json,
      body: JSON.stringify({ apiVersion: "example.com/v1", kind: "A", metadata: { name: "x" }, spec: { n: 1 } }),
    });
    expect(made.status).toBe(201);
    const before = await first.request({ method: "GET", path: "/api/v1/namespaces/default/configmaps/kept" });
    await first.stop();
    const second = await startControlPlane({ dataDir: dir });
    expect(second.adminToken).toBe(first.adminToken);
    expect(second.caCert).toBe(first.caCert);
    expect((await second.request({ method: "GET", path: "/api/v1/namespaces/default/configmaps/kept" })).body).toBe(
      before.body,
    );
    expect(JSON.parse((await second.request({ method: "GET", path: "/apis/example.com/v1/as/x" })).body).spec).toEqual({
      n: 1,
    });
    const patched = await second.request({
      method: "PATCH",
      path: "/apis/example.com/v1/as/x",
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"spec":{"n":2}}',
    });
    expect(patched.status).toBe(200);
    await second.stop();
  });

  test("a data folder is one server's at a time, and is given back", async () => {
    const first = await startControlPlane({ dataDir: dir });
    await expect(startControlPlane({ dataDir: dir })).rejects.toMatchObject({ code: "DATA_LOCKED" });
    await expect(startControlPlane({ dataDir: `${dir}/other`, port: first.port })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
    });
    await first.stop();
    const again = await startControlPlane({ dataDir: `${dir}/other` });
    await again.stop();
  });

  test("a resourceVersion from before the restart cannot be watched from", async () => {
    const first = await startControlPlane({ dataDir: dir });
    await first.request({
      method: "POST",
      path: "/api/v1/namespaces/default/configmaps",
      headers: json,
      body: configMap("a"),
    });
    await first.stop();
    const second = await startControlPlane({ dataDir: dir });
    const watched = await second.request({ method: "GET", path: "/api/v1/configmaps?watch=true&resourceVersion=2" });
    expect(JSON.parse(watched.body)).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    await second.stop();
  });
});

test("a port that is taken is said clearly", async () => {
  const first = await startControlPlane();
  await expect(startControlPlane({ port: first.port })).rejects.toMatchObject({
    code: "LISTEN_FAILED",
    class: "terminal",
  });
  await first.stop();
  await first.stop();
});

test("a scaler and an event are read in each version they are served in", async () => {
  const server = await startControlPlane();
  const scalers = (version: string): string =>
    `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const body = JSON.stringify({
    metadata: { name: "x" },
    spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50, scaleTargetRef: { kind: "Deployment", name: "d" } },
  });
  expect(
    JSON.parse((await server.request({ method: "POST", path: scalers("v1"), headers: json, body })).body),
  ).toMatchObject({ apiVersion: "autoscaling/v1", spec: { targetCPUUtilizationPercentage: 50 } });
  expect(JSON.parse((await server.request({ method: "GET", path: `${scalers("v2")}/x` })).body)).toMatchObject({
    apiVersion: "autoscaling/v2",
    spec: { metrics: [{ resource: { name: "cpu" } }] },
  });
  const event = JSON.stringify({
    metadata: { name: "e" },
    eventTime: "2026-01-02T03:04:05.000000Z",
    regarding: { kind: "Pod", name: "p", namespace: "default" },
    note: "n",
    reason: "R",
    type: "Normal",
    action: "A",
    reportingController: "c",
    reportingInstance: "i",
  });
  await server.request({
    method: "POST",
    path: "/apis/events.k8s.io/v1/namespaces/default/events",
    headers: json,
    body: event,
  });
  const listed = await server.request({
    method: "GET",
    path: "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp",
  });
  expect(JSON.parse(listed.body).items).toMatchObject([{ message: "n", involvedObject: { name: "p" } }]);
  await server.stop();
});

test("events are gone after an hour", async () => {
  const clock = fakeClock();
  const server = await startControlPlane({ clock });
  const events = "/api/v1/namespaces/default/events";
  await server.request({
    method: "POST",
    path: events,
    headers: json,
    body: JSON.stringify({ metadata: { name: "e" }, involvedObject: { kind: "Pod", name: "p", namespace: "default" } }),
  });
  clock.advance(3_000_000);
  expect((await server.request({ method: "GET", path: `${events}/e` })).status).toBe(200);
  clock.advance(1_200_000);
  expect((await server.request({ method: "GET", path: `${events}/e` })).status).toBe(404);
  await server.stop();
});

test("time is the clock's", async () => {
  const clock = fakeClock(Date.UTC(2030, 0, 1));
  const server = await startControlPlane({ clock });
  const { body } = await server.request({ method: "GET", path: "/api/v1/namespaces/default" });
  expect(JSON.parse(body).metadata.creationTimestamp).toBe("2030-01-01T00:00:00Z");
  await server.stop();
});
