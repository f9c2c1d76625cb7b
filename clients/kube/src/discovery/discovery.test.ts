import { describe, expect, test } from "vitest";
import { connect } from "../connect.ts";
import { answer, serveDiscovery, startServer } from "../testing/start-server.ts";

const deployment = { group: "apps", kind: "Deployment" };

test("a kind is found by group, in the preferred version unless another is asked for", async () => {
  const server = await startServer((request, response) => void serveDiscovery(request, response));
  const kube = connect(server.config);
  expect(await kube.resourceFor(deployment)).toMatchObject({
    version: "v1",
    plural: "deployments",
    namespaced: true,
    subresources: ["status"],
  });
  expect(await kube.resourceFor({ ...deployment, version: "v1beta1" })).toMatchObject({ version: "v1beta1" });
  expect(await kube.resourceFor({ group: "", kind: "Namespace" })).toMatchObject({
    plural: "namespaces",
    namespaced: false,
  });
  expect((await kube.resources()).map(({ kind, version }) => `${kind}/${version}`)).toEqual([
    "ConfigMap/v1",
    "Namespace/v1",
    "Deployment/v1",
    "Deployment/v1beta1",
    "Lease/v1",
  ]);
  expect(server.seen.length).toBe(2);
  kube.close();
});

test("a kind that is missing is looked for once more, with the ETag, and then there is no match", async () => {
  let widgets = false;
  const etagOf = (url: string): string => `"${url}${widgets}"`;
  const server = await startServer((request, response) => {
    if (request.headers["if-none-match"] === etagOf(request.url)) return void response.writeHead(304).end();
    const version = {
      version: "v1",
      resources: [{ resource: "widgets", responseKind: { kind: "Widget" }, scope: "Namespaced", verbs: ["get"] }],
    };
    const items = widgets && request.url === "/apis" ? [{ metadata: { name: "x.io" }, versions: [version] }] : [];
    const type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    answer(response, { items }, 200, { "content-type": type, etag: etagOf(request.url) });
  });
  const kube = connect(server.config);
  const widget = { group: "x.io", kind: "Widget", version: "v1" };
  await expect(kube.resourceFor(widget)).rejects.toMatchObject({
    status: { code: 404, reason: "NoKindMatch", message: `no matches for kind "Widget" in version "x.io/v1"` },
  });
  expect(server.seen.length).toBe(2);
  widgets = true;
  await Promise.all([kube.resourceFor(widget), kube.resourceFor(widget), kube.resourceFor(widget)]);
  expect(server.seen.length).toBe(4);
  kube.close();
});

describe("a server without aggregated discovery", () => {
  const lists: Record<string, object> = {
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": {
      kind: "APIGroupList",
      groups: [
        {
          name: "apps",
          preferredVersion: { groupVersion: "apps/v1" },
          versions: [{ groupVersion: "apps/v1beta1" }, { groupVersion: "apps/v1" }],
        },
        { name: "metrics.k8s.io", versions: [{ groupVersion: "metrics.k8s.io/v1" }] },
      ],
    },
    "/api/v1": {
      groupVersion: "v1",
      resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["get"] }],
    },
    "/apis/apps/v1": {
      groupVersion: "apps/v1",
      resources: [
        { name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get"], shortNames: ["deploy"] },
        { name: "deployments/scale", kind: "Scale", namespaced: true, verbs: ["get"] },
        { name: "deployments/status", kind: "Deployment", namespaced: true, verbs: ["get"] },
      ],
    },
    "/apis/apps/v1beta1": {
      groupVersion: "apps/v1beta1",
      resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get"] }],
    },
  };
  test("is read list by list, and one group that is down hides no other", async () => {
    const server = await startServer((request, response) => {
      const list = lists[request.url];
      return list ? answer(response, list) : void response.writeHead(500).end("service unavailable");
    });
    const kube = connect(server.config);
    expect(await kube.resourceFor(deployment)).toMatchObject({
      version: "v1",
      shortNames: ["deploy"],
      subresources: ["scale", "status"],
    });
    expect(await kube.resourceFor({ group: "", kind: "ConfigMap" })).toMatchObject({ plural: "configmaps" });
    kube.close();
  });
});
