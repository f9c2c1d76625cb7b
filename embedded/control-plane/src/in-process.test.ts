import { afterEach, beforeEach, expect, test } from "vitest";
import { startControlPlane, type ControlPlane, type ObjectEvent } from "./index.ts";

let server: ControlPlane;
beforeEach(async () => void (server = await startControlPlane()));
afterEach(() => server.stop());

const deployments = { group: "apps", version: "v1", resource: "deployments" };
const maps = { group: "", version: "v1", resource: "configmaps" };
const namespaces = { group: "", version: "v1", resource: "namespaces" };
const turns = async (): Promise<void> => {
  for (let count = 0; count < 8; count++) await new Promise((resolve) => setImmediate(resolve));
};
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "a:1" }] } },
  },
};

test("a status update leaves the spec, and is owned by its writer", () => {
  const created = server.objects.create(deployments, deployment);
  const updated = server.objects.updateStatus(deployments, {
    ...created,
    spec: { replicas: 9 },
    status: { observedGeneration: 1, readyReplicas: 1 },
  });
  expect(updated).toMatchObject({ spec: { replicas: 1 }, status: { readyReplicas: 1 }, metadata: { generation: 1 } });
  expect(updated.metadata.managedFields?.map(({ manager, subresource }) => [manager, subresource])).toEqual([
    ["kube-controller-manager", undefined],
    ["kube-controller-manager", "status"],
  ]);
});

test("a stale update is refused, a no-op writes nothing", () => {
  const created = server.objects.create(deployments, deployment);
  const updated = server.objects.update(deployments, {
    ...created,
    spec: { ...(created["spec"] as object), replicas: 3 },
  });
  expect(updated.metadata.generation).toBe(2);
  expect(() =>
    server.objects.update(deployments, { ...created, metadata: { ...created.metadata, labels: { a: "b" } } }),
  ).toThrow(expect.objectContaining({ code: "CONFLICT", httpStatus: 409 }));
  expect(server.objects.update(deployments, updated as never).metadata.resourceVersion).toBe(
    updated.metadata.resourceVersion,
  );
});

test("changes are told in order, before the write returns", () => {
  const seen: string[] = [];
  const cancel = server.objects.watch(
    [maps],
    (event: ObjectEvent) => seen.push(`${event.type} ${event.object.metadata.name}`),
    { initial: true },
  );
  seen.length = 0;
  server.objects.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } });
  server.objects.create(deployments, deployment);
  expect(server.objects.delete(maps, "default", "a")).toBe(true);
  expect(server.objects.delete(maps, "default", "a")).toBe(false);
  cancel();
  server.objects.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", namespace: "default" } });
  expect(seen).toEqual(["ADDED a", "DELETED a"]);
});

test("a namespace goes when its last object is let go", async () => {
  server.objects.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
  server.objects.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "free", namespace: "n" } });
  server.objects.create(maps, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "held", namespace: "n", finalizers: ["example.com/hold"] },
  });
  server.objects.delete(namespaces, "", "n");
  await turns();
  const terminating = server.objects.get(namespaces, "", "n");
  expect(terminating?.["status"]).toMatchObject({ phase: "Terminating" });
  expect(JSON.stringify(terminating?.["status"])).toContain("example.com/hold in 1 resource instances");
  expect(server.objects.list(maps, { namespace: "n" }).map((each) => each.metadata.name)).toEqual(["held"]);
  expect(() =>
    server.objects.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "late", namespace: "n" } }),
  ).toThrow(expect.objectContaining({ code: "FORBIDDEN" }));
  const held = server.objects.get(maps, "n", "held");
  const { finalizers: _finalizers, ...metadata } = held?.metadata ?? { name: "held" };
  server.objects.update(maps, { apiVersion: "v1", kind: "ConfigMap", metadata });
  await turns();
  expect(server.objects.get(namespaces, "", "n")).toBeUndefined();
});

test("nobody grants more than they have", async () => {
  const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
  const json = { "content-type": "application/json" };
  const role = (name: string, rules: object[]): string => JSON.stringify({ metadata: { name }, rules });
  const own = [
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["create"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
  ];
  await server.request({ method: "POST", path: `${rbac}/roles`, headers: json, body: role("lead", own) });
  await server.request({
    method: "POST",
    path: `${rbac}/rolebindings`,
    headers: json,
    body: JSON.stringify({
      metadata: { name: "lead" },
      roleRef: { kind: "Role", name: "lead" },
      subjects: [{ kind: "User", name: "alice" }],
    }),
  });
  const asAlice = { ...json, "impersonate-user": "alice" };
  const less = await server.request({
    method: "POST",
    path: `${rbac}/roles`,
    headers: asAlice,
    body: role("less", [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]),
  });
  const more = await server.request({
    method: "POST",
    path: `${rbac}/roles`,
    headers: asAlice,
    body: role("more", [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }]),
  });
  expect([less.status, more.status]).toEqual([201, 403]);
  expect(JSON.parse(more.body).message).toContain("is attempting to grant RBAC permissions not currently held");
});
