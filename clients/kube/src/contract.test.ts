import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import type { KubeObject } from "@eddy/core/object";
import {
  acquireLease,
  connect,
  hasReason,
  parseKubeconfig,
  reflect,
  resolveContext,
  type KubeClient,
} from "./index.ts";

/** The client against a whole API server that shares no wire code with it. */
describe("against the embedded control plane", () => {
  let plane: ControlPlane;
  let kube: KubeClient;
  beforeAll(async () => {
    plane = await startControlPlane();
    kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  });
  afterAll(async () => {
    kube.close();
    await plane.stop();
  });

  const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default" },
    data,
  });
  const key = (name: string): Parameters<KubeClient["get"]>[0] => ({
    group: "",
    kind: "ConfigMap",
    namespace: "default",
    name,
  });

  test("apply, conflict, force, dry run, patches of every type, delete", async () => {
    await kube.apply(configMap("a", { x: "1" }), { fieldManager: "one" });
    const conflict = await kube
      .apply(configMap("a", { x: "2" }), { fieldManager: "two" })
      .catch((error: unknown) => error);
    expect(hasReason(conflict, "Conflict")).toBe(true);
    expect(String(conflict)).toContain('conflict with "one": .data.x');
    const dry = await kube.apply(configMap("a", { x: "2" }), { fieldManager: "two", force: true, dryRun: true });
    expect(dry["data"]).toEqual({ x: "2" });
    expect((await kube.get(key("a")))["data"]).toEqual({ x: "1" });
    expect((await kube.patch(key("a"), "merge", { data: { y: "m" } }))["data"]).toEqual({ x: "1", y: "m" });
    expect((await kube.patch(key("a"), "json", [{ op: "remove", path: "/data/x" }]))["data"]).toEqual({ y: "m" });
    expect((await kube.patch(key("a"), "strategic", { data: { z: "s" } }))["data"]).toEqual({ y: "m", z: "s" });
    expect(await kube.delete(key("a"))).toBeUndefined();
    await expect(kube.get(key("a"))).rejects.toMatchObject({ status: { code: 404, reason: "NotFound" } });
  });

  test("lists by pages and by selector, in full and as metadata", async () => {
    for (const name of ["l1", "l2", "l3"]) {
      const object = configMap(name, { a: "b" });
      await kube.create({ ...object, metadata: { ...object.metadata, labels: { listed: "yes" } } });
    }
    const listed = await kube.list({ group: "", kind: "ConfigMap" }, { labelSelector: "listed=yes", limit: 2 });
    expect(listed.items.map(({ metadata, kind }) => `${kind}/${metadata.name}`)).toEqual([
      "ConfigMap/l1",
      "ConfigMap/l2",
      "ConfigMap/l3",
    ]);
    const [first] = (
      await kube.list({ group: "", kind: "ConfigMap" }, { labelSelector: "listed=yes", metadataOnly: true })
    ).items;
    expect(Object.keys(first ?? {}).sort()).toEqual(["apiVersion", "kind", "metadata"]);
  });

  test.for([true, false])("reflects what others do (metadata only: %s)", async (metadataOnly) => {
    const events: string[] = [];
    const reflection = reflect(
      kube,
      { group: "", kind: "ConfigMap" },
      { namespace: "default", metadataOnly },
      ({ type, object }) => void events.push(`${type} ${object.metadata.name}`),
    );
    await reflection.synced;
    expect(reflection.store.get("default", "kube-root-ca.crt")).toBeDefined();
    events.length = 0;
    await kube.create(configMap("r"));
    await kube.patch(key("r"), "merge", { data: { a: "b" } });
    await kube.delete(key("r"));
    await expect.poll(() => events).toEqual(["Added r", "Updated r", "Deleted r"]);
    reflection.stop();
  });

  test("finds a kind that was defined a moment ago", async () => {
    const widget = { group: "x.io", kind: "Widget" };
    await expect(kube.resourceFor(widget)).rejects.toMatchObject({ status: { reason: "NoKindMatch" } });
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    await kube.create({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.x.io" },
      spec: {
        group: "x.io",
        scope: "Namespaced",
        names: { plural: "widgets", kind: "Widget" },
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    });
    await expect
      .poll(() =>
        kube.resourceFor(widget).then(
          ({ plural }) => plural,
          () => "",
        ),
      )
      .toBe("widgets");
  });

  test("acts for somebody else, who may do less", async () => {
    const alice = kube.impersonate({ user: "alice", groups: ["devs"] });
    await expect(alice.list({ group: "", kind: "Secret" })).rejects.toMatchObject({
      status: { code: 403, reason: "Forbidden" },
    });
  });

  test("holds a lease and gives it back", async () => {
    const candidate = acquireLease(kube, { namespace: "default", name: "leader", identity: "me" });
    expect((await candidate.acquired).isHeld()).toBe(true);
    await candidate.stop();
    const lease = await kube.get({ group: "coordination.k8s.io", kind: "Lease", namespace: "default", name: "leader" });
    expect(lease["spec"]).toMatchObject({ leaseTransitions: 0 });
    expect((lease["spec"] as { holderIdentity?: string }).holderIdentity ?? "").toBe("");
  });
});
