import { expect, test } from "vitest";
import { connect } from "../connect.ts";
import type { KubeClient } from "../client.ts";
import {
  answer,
  failure,
  serveDiscovery,
  startServer,
  type Behaviour,
  type TestServer,
} from "../testing/start-server.ts";

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "n" }, data: { a: "b" } };
const key = { group: "", kind: "ConfigMap", namespace: "n", name: "c" };

async function serve(
  behaviour: Behaviour,
): Promise<{ kube: KubeClient; requests: () => string[]; server: TestServer }> {
  const server = await startServer((request, response, incoming) => {
    if (!serveDiscovery(request, response)) behaviour(request, response, incoming);
  });
  const kube = connect(server.config);
  await kube.resources();
  const requests = (): string[] =>
    server.seen
      .slice(2)
      .map(({ method, url, headers, body }) => [method, url, headers["content-type"], body].filter(Boolean).join(" "));
  return { kube, requests, server };
}

const body = JSON.stringify(configMap);
const deleteBody = (extra: object): string => JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", ...extra });
const rows: [name: string, act: (kube: KubeClient) => Promise<unknown>, want: string][] = [
  ["get", (kube) => kube.get(key), "GET /api/v1/namespaces/n/configmaps/c"],
  [
    "get in a version",
    (kube) => kube.get({ group: "apps", kind: "Deployment", version: "v1beta1", namespace: "n", name: "d" }),
    "GET /apis/apps/v1beta1/namespaces/n/deployments/d",
  ],
  [
    "get of a cluster-scoped object",
    (kube) => kube.get({ group: "", kind: "Namespace", namespace: "", name: "n" }),
    "GET /api/v1/namespaces/n",
  ],
  [
    "create",
    (kube) => kube.create(configMap, { fieldManager: "m", fieldValidation: "Strict" }),
    `POST /api/v1/namespaces/n/configmaps?fieldManager=m&fieldValidation=Strict application/json ${body}`,
  ],
  [
    "replace of a status, dry",
    (kube) => kube.replace(configMap, { subresource: "status", dryRun: true }),
    `PUT /api/v1/namespaces/n/configmaps/c/status?dryRun=All application/json ${body}`,
  ],
  [
    "apply",
    (kube) => kube.apply(configMap, { fieldManager: "m" }),
    `PATCH /api/v1/namespaces/n/configmaps/c?fieldManager=m application/apply-patch+yaml ${body}`,
  ],
  [
    "apply by force, dry",
    (kube) => kube.apply(configMap, { fieldManager: "m", force: true, dryRun: true }),
    `PATCH /api/v1/namespaces/n/configmaps/c?fieldManager=m&dryRun=All&force=true application/apply-patch+yaml ${body}`,
  ],
  [
    "merge patch",
    (kube) => kube.patch(key, "merge", { a: null }),
    `PATCH /api/v1/namespaces/n/configmaps/c application/merge-patch+json {"a":null}`,
  ],
  [
    "json patch",
    (kube) => kube.patch(key, "json", []),
    `PATCH /api/v1/namespaces/n/configmaps/c application/json-patch+json []`,
  ],
  [
    "strategic patch",
    (kube) => kube.patch(key, "strategic", {}),
    `PATCH /api/v1/namespaces/n/configmaps/c application/strategic-merge-patch+json {}`,
  ],
  ["delete", (kube) => kube.delete(key), `DELETE /api/v1/namespaces/n/configmaps/c application/json ${deleteBody({})}`],
  [
    "delete with everything",
    (kube) =>
      kube.delete(key, {
        propagationPolicy: "Foreground",
        preconditions: { uid: "u" },
        gracePeriodSeconds: 0,
        dryRun: true,
      }),
    `DELETE /api/v1/namespaces/n/configmaps/c application/json ${deleteBody({ propagationPolicy: "Foreground", preconditions: { uid: "u" }, gracePeriodSeconds: 0, dryRun: ["All"] })}`,
  ],
  [
    "list with selectors",
    (kube) => kube.list(key, { namespace: "n", labelSelector: "a in (b,c)", fieldSelector: "metadata.name=x" }),
    "GET /api/v1/namespaces/n/configmaps?labelSelector=a%20in%20(b%2Cc)&fieldSelector=metadata.name%3Dx&limit=500",
  ],
];

test.for(rows)("%s is the request that it should be", async ([, act, want]) => {
  const { kube, requests } = await serve((_, response) => answer(response, { metadata: {} }));
  await act(kube);
  expect(requests()).toEqual([want]);
  kube.close();
});

test("a list follows its pages, and starts again in one piece when they expired", async () => {
  let expired = false;
  const { kube, requests } = await serve((request, response) => {
    const query = new URL(request.url, "http://x").searchParams;
    if (query.get("continue") === "two" && expired) return answer(response, failure(410, "Expired"), 410);
    if (query.get("limit") === null)
      return answer(response, { metadata: { resourceVersion: "9" }, items: [{ metadata: { name: "all" } }] });
    if (query.get("continue") === "two")
      return answer(response, { metadata: { resourceVersion: "5" }, items: [{ metadata: { name: "b" } }] });
    answer(response, { metadata: { resourceVersion: "5", continue: "two" }, items: [{ metadata: { name: "a" } }] });
  });
  const list = await kube.list(key, { limit: 1 });
  expect(list).toEqual({
    resourceVersion: "5",
    items: ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })),
  });
  expired = true;
  expect((await kube.list(key, { limit: 1 })).items.map(({ metadata }) => metadata.name)).toEqual(["all"]);
  expect(requests().length).toBe(5);
  kube.close();
});

test("metadata-only objects keep the kind they have", async () => {
  const { kube, server } = await serve((_, response) =>
    answer(response, { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "c" } }),
  );
  expect(await kube.get(key, { metadataOnly: true })).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
  });
  expect(server.seen.at(-1)?.headers.accept).toBe("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
  kube.close();
});

test("a delete tells whether finalizers keep the object", async () => {
  const kept = {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "c", deletionTimestamp: "2026-01-01T00:00:00Z" },
  };
  const { kube } = await serve((request, response) =>
    answer(response, request.url.endsWith("/c") ? kept : { kind: "Status", status: "Success" }),
  );
  expect(await kube.delete(key)).toEqual(kept);
  expect(await kube.delete({ ...key, name: "gone" })).toBeUndefined();
  kube.close();
});

test("a path that is gone makes discovery look again; an object that is gone does not", async () => {
  const { kube, requests } = await serve((request, response) =>
    request.url.endsWith("/c")
      ? answer(response, failure(404, "NotFound"), 404)
      : void response.writeHead(404).end("404 page not found"),
  );
  await expect(kube.get(key)).rejects.toMatchObject({ status: { code: 404, reason: "NotFound" } });
  await expect(kube.get({ ...key, name: "d" })).rejects.toMatchObject({ status: { message: "404 page not found" } });
  await kube.get({ ...key, name: "d" }).catch(() => {});
  expect(requests().filter((request) => request.startsWith("GET /api"))).toHaveLength(3 + 2);
  kube.close();
});

test.for(["", ".", "..", "a/b", "a%2fb"])("the name %j never reaches the server", async (name) => {
  const { kube, requests } = await serve((_, response) => answer(response, {}));
  await expect(kube.get({ ...key, name })).rejects.toMatchObject({ code: "INVALID_NAME", class: "terminal" });
  await expect(kube.get({ ...key, namespace: "" })).rejects.toThrow("namespaced");
  expect(requests()).toEqual([]);
  kube.close();
});

test("behind a fence only reading is sent, of any identity, and nothing is repeated", async () => {
  let mayWrite = true;
  const fence = (): void => {
    if (!mayWrite) throw new Error("not the leader");
  };
  const server = await startServer((request, response) => {
    if (serveDiscovery(request, response)) return;
    // What was asked for again comes too late.
    if (request.method === "PATCH") mayWrite = false;
    if (request.method === "PATCH") response.setHeader("retry-after", "0");
    answer(response, configMap, request.method === "PATCH" ? 429 : 200);
  });
  const kube = connect(server.config, { fence });
  await expect(kube.patch(key, "merge", {})).rejects.toThrow("not the leader");
  expect(server.seen.filter(({ method }) => method === "PATCH")).toHaveLength(1);
  const other = kube.impersonate({ user: "tenant" });
  for (const write of [kube.create(configMap), kube.delete(key), other.replace(configMap), kube.raw("POST", "/x")])
    await expect(write).rejects.toThrow("not the leader");
  await expect(kube.get(key)).resolves.toBeDefined();
  kube.close();
});
