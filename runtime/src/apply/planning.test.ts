import { describe, expect, test } from "vitest";
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "@eddy/core/object";
import { refOf } from "@eddy/core/object";
import { KubeApiError, KubeConnectionError } from "@eddy/kube";
import { formatApplyError, isImmutableError } from "./apply-error.ts";
import { changeEntry, formatChanges, hasChanged } from "./change-set.ts";
import { controlsOf, isOwnedBy } from "./control-metadata.ts";
import { needsTakeover, planOverride, planTakeover } from "./foreign-managers.ts";
import { hasDrifted } from "./has-drifted.ts";
import { inParallel } from "./in-parallel.ts";
import { normalizeObject } from "./normalize-object.ts";
import { compareRefs, stageOf } from "./object-order.ts";

const owner = { name: "apps", namespace: "flux-system" };
const objectOf = (
  apiVersion: string,
  kind: string,
  more: Partial<KubeObject> = {},
  metadata: Partial<ObjectMeta> = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: "a", namespace: "ns", ...metadata },
  ...more,
});

describe("compareRefs()", () => {
  test("orders as upstream applies: what others need first, admission last, the rest by group, kind, namespace and name", () => {
    const objects = [
      objectOf("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
      objectOf("example.com/v1", "Widget"),
      objectOf("batch/v1", "Job"),
      objectOf("apps/v1", "Deployment", {}, { name: "b" }),
      objectOf("apps/v1", "Deployment", {}, { name: "a", namespace: "z" }),
      objectOf("apps/v1", "Deployment", {}, { name: "a" }),
      objectOf("v1", "Secret"),
      objectOf("v1", "Namespace"),
      objectOf("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
      objectOf("v1", "ServiceAccount"),
    ];
    const sorted = objects.map(refOf).sort(compareRefs);
    expect(sorted.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`)).toEqual([
      "CustomResourceDefinition/ns/a",
      "Namespace/ns/a",
      "ServiceAccount/ns/a",
      "Secret/ns/a",
      "Deployment/ns/a",
      "Deployment/ns/b",
      "Deployment/z/a",
      "Job/ns/a",
      "Widget/ns/a",
      "ValidatingWebhookConfiguration/ns/a",
    ]);
  });
});

test.each([
  ["v1", "Namespace", "Definitions"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole", "Definitions"],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "Definitions"],
  ["storage.k8s.io/v1", "StorageClass", "Classes"],
  ["gateway.networking.k8s.io/v1", "GatewayClass", "Classes"],
  ["example.com/v1", "Early", "Custom"],
  ["other.com/v1", "Early", "Resources"],
  ["rbac.authorization.k8s.io/v1", "Role", "Resources"],
  ["apps/v1", "Deployment", "Resources"],
])("stageOf(%s %s) is %s", (apiVersion, kind, want) => {
  expect(stageOf(objectOf(apiVersion, kind), new Set(["example.com/Early"]))).toBe(want);
});

describe("normalizeObject()", () => {
  const normalized = (object: KubeObject): KubeObject =>
    normalizeObject(object, owner, { labels: { team: "x" }, annotations: { note: "y" } });

  test("sets ownership and common metadata over what is there, and drops what the server owns", () => {
    const { metadata } = normalized(
      objectOf(
        "v1",
        "ConfigMap",
        {},
        {
          labels: { team: "old", keep: "me" },
          resourceVersion: "7",
          uid: "u",
          creationTimestamp: "2026-01-01T00:00:00Z",
        },
      ),
    );
    expect(metadata).toEqual({
      name: "a",
      namespace: "ns",
      labels: {
        keep: "me",
        team: "x",
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
      },
      annotations: { note: "y" },
    });
  });

  test("encodes stringData over data", () => {
    const { data, stringData } = normalized(
      objectOf("v1", "Secret", { data: { a: "b2xk", b: "Yg==" }, stringData: { a: "new" } }),
    );
    expect({ data, stringData }).toEqual({ data: { a: "bmV3", b: "Yg==" }, stringData: undefined });
  });

  test("leaves stringData that is no text to the server", () => {
    const { data, stringData } = normalized(objectOf("v1", "Secret", { stringData: { a: 1, b: "x" } }));
    expect({ data, stringData }).toEqual({ data: undefined, stringData: { a: 1, b: "x" } });
    expect(normalized(objectOf("v1", "Secret", { stringData: { a: null } }))["data"]).toEqual({ a: "" });
  });

  test("names the default protocol of ports, by which they are merged", () => {
    const service = normalized(
      objectOf("v1", "Service", { spec: { ports: [{ port: 80 }, { port: 53, protocol: "UDP" }] } }),
    );
    expect(service["spec"]).toEqual({
      ports: [
        { port: 80, protocol: "TCP" },
        { port: 53, protocol: "UDP" },
      ],
    });
    const template = { spec: { containers: [{ name: "a", ports: [{ containerPort: 80 }] }] } };
    const deployment = normalized(objectOf("apps/v1", "Deployment", { spec: { template } }));
    expect(deployment["spec"]).toEqual({
      template: { spec: { containers: [{ name: "a", ports: [{ containerPort: 80, protocol: "TCP" }] }] } },
    });
  });

  test("drops a status, but not a definition's", () => {
    expect(normalized(objectOf("v1", "ConfigMap", { status: {} }))["status"]).toBeUndefined();
    expect(
      normalized(objectOf("apiextensions.k8s.io/v1", "CustomResourceDefinition", { status: {} }))["status"],
    ).toEqual({});
  });

  test("drops a conversion's bundle that is no certificate", () => {
    const bundle = (text: string): KubeObject =>
      objectOf("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
        spec: { conversion: { webhook: { clientConfig: { caBundle: Buffer.from(text).toString("base64") } } } },
      });
    const left = (text: string): unknown =>
      (normalized(bundle(text)) as { spec?: { conversion: { webhook: { clientConfig: object } } } }).spec?.conversion
        .webhook.clientConfig;
    expect(left("\n")).toEqual({});
    expect(left("-----BEGIN CERTIFICATE-----\n")).toHaveProperty("caBundle");
  });
});

describe("hasDrifted()", () => {
  const live = objectOf(
    "v1",
    "ConfigMap",
    { data: { a: "1" }, status: { x: 1 } },
    { labels: { a: "b" }, resourceVersion: "1" },
  );
  test.each([
    ["nothing", {}, {}, false],
    ["status and bookkeeping", { status: { x: 2 } }, { resourceVersion: "2", generation: 3 }, false],
    ["absent and empty annotations", {}, { annotations: {} }, false],
    ["a label", {}, { labels: { a: "c" } }, true],
    ["an annotation", {}, { annotations: { a: "c" } }, true],
    ["content", { data: { a: "2" } }, {}, true],
    ["a removed member", { data: undefined }, {}, true],
  ])("%s", (_name, more, metadata, want) => {
    expect(hasDrifted(live, { ...live, ...more, metadata: { ...live.metadata, ...metadata } })).toBe(want);
  });

  test("ignores the metrics that old servers double", () => {
    const autoscaler = (metrics: object[]): KubeObject =>
      objectOf("autoscaling/v2", "HorizontalPodAutoscaler", { spec: { metrics } });
    const metric = { type: "Resource" };
    expect(hasDrifted(autoscaler([metric]), autoscaler([metric, metric, {}]))).toBe(false);
  });
});

describe("controlsOf()", () => {
  const key = (name: string): string => `kustomize.toolkit.fluxcd.io/${name}`;
  test.each([
    [{ annotations: { [key("reconcile")]: "Disabled" } }, "ignored"],
    [{ labels: { [key("ssa")]: "ignore" } }, "ignored"],
    [{ annotations: { [key("ssa")]: "IfNotPresent" } }, "ifNotPresent"],
    [{ annotations: { [key("ssa")]: "MERGE" } }, "merge"],
    [{ labels: { [key("force")]: "enabled" } }, "force"],
    [{ annotations: { [key("prune")]: "disabled" } }, "keep"],
  ])("%j is %s", (metadata, want) => {
    const controls = controlsOf(metadata);
    expect(
      Object.entries(controls)
        .filter(([, isSet]) => isSet)
        .map(([name]) => name),
    ).toEqual([want]);
  });

  test("both labels make an owner", () => {
    const labels = {
      "kustomize.toolkit.fluxcd.io/name": "apps",
      "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    };
    expect([
      isOwnedBy({ labels }, owner),
      isOwnedBy({ labels: { ...labels, [key("namespace")]: "x" } }, owner),
      isOwnedBy({}, owner),
    ]).toEqual([true, false, false]);
  });
});

test("planOverride() takes over from those that are named, and from nobody else", () => {
  const entry = (manager: string, operation: "Apply" | "Update", fields: object): ManagedFieldsEntry => ({
    manager,
    operation,
    fieldsV1: fields as never,
  });
  const kubectl = entry("kubectl-edit", "Update", { "f:data": { "f:b": {} } });
  const managedFields = [entry("hand", "Update", { "f:data": { "f:a": {} } }), kubectl];
  const live = objectOf("v1", "ConfigMap", {}, { managedFields, resourceVersion: "7" });
  expect(planOverride(live, { fieldManager: "helm-controller", overridden: ["hand"] })).toEqual([
    { op: "test", path: "/metadata/resourceVersion", value: "7" },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [kubectl, entry("helm-controller", "Apply", { "f:data": { "f:a": {} } })],
    },
  ]);
  expect(planOverride(live, { fieldManager: "helm-controller", overridden: ["other"] })).toEqual([]);
});

describe("planTakeover()", () => {
  const options = { fieldManager: "kustomize-controller" };
  const entry = (
    manager: string,
    operation: "Apply" | "Update",
    fields: object,
    subresource?: string,
  ): ManagedFieldsEntry => ({
    manager,
    operation,
    fieldsV1: fields as never,
    ...(subresource ? { subresource } : {}),
  });
  const own = entry("kustomize-controller", "Apply", { "f:data": { "f:a": {} } });
  const plan = (...managedFields: ManagedFieldsEntry[]): unknown =>
    planTakeover(objectOf("v1", "ConfigMap", {}, { managedFields }), options);

  test.each([
    ["only the owner", [own]],
    ["a controller's status", [own, entry("kube-controller-manager", "Update", {}, "status")]],
    ["kubectl's scale", [own, entry("kubectl-scale", "Update", {}, "scale")]],
    ["another manager", [own, entry("istio", "Apply", {})]],
  ])("leaves %s alone", (_name, managedFields) => {
    expect(plan(...managedFields)).toEqual([]);
    expect(needsTakeover({ name: "a", managedFields }, options)).toBe(false);
  });

  test("adds kubectl's fields to the owner's, and keeps others' entries", () => {
    const other = entry("istio", "Apply", { "f:metadata": {} });
    const steps = plan(own, entry("kubectl-client-side-apply", "Update", { "f:data": { "f:b": {} } }), other);
    expect(steps).toEqual([
      {
        op: "replace",
        path: "/metadata/managedFields",
        value: [other, entry("kustomize-controller", "Apply", { "f:data": { "f:a": {}, "f:b": {} } })],
      },
    ]);
  });

  test("makes the first foreign entry the owner's when it has none", () => {
    expect(plan(entry("before-first-apply", "Update", { "f:data": {} }))).toEqual([
      {
        op: "replace",
        path: "/metadata/managedFields",
        value: [entry("kustomize-controller", "Apply", { "f:data": {} })],
      },
    ]);
  });

  test("takes over its own past and the managers it is told to", () => {
    const past = entry("kustomize-controller", "Update", {});
    expect(needsTakeover({ name: "a", managedFields: [past] }, options)).toBe(true);
    const argo = entry("argocd-controller", "Apply", {});
    expect(needsTakeover({ name: "a", managedFields: [argo] }, options)).toBe(false);
    expect(needsTakeover({ name: "a", managedFields: [argo] }, { ...options, overridden: ["argocd"] })).toBe(true);
  });

  test("removes bookkeeping of older tools, only from the version that was looked at", () => {
    const live = objectOf(
      "v1",
      "ConfigMap",
      {},
      {
        resourceVersion: "7",
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", "a~b/c": "" },
        labels: { "fluxcd.io/sync-gc-mark": "x" },
      },
    );
    expect(planTakeover(live, options)).toEqual([
      { op: "test", path: "/metadata/resourceVersion", value: "7" },
      { op: "remove", path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration" },
      { op: "remove", path: "/metadata/labels/fluxcd.io~1sync-gc-mark" },
    ]);
  });
});

describe("formatApplyError()", () => {
  const api = (code: number, reason: string, message: string, causes?: { reason: string }[]): KubeApiError =>
    new KubeApiError({ code, reason, message, ...(causes ? { details: { causes } } : {}) });
  const object = objectOf("apps/v1", "Deployment");
  const { namespace: _, ...bare } = object.metadata;
  const unscoped = { ...object, metadata: bare };
  test.each([
    [
      "Deployment/ns/a dry-run failed (Invalid): spec.x is wrong",
      object,
      "dry-run",
      api(422, "Invalid", "spec.x is wrong"),
    ],
    [
      "Deployment/ns/a dry-run failed: failed to create typed patch object",
      object,
      "dry-run",
      api(500, "InternalError", "failed to create typed patch object"),
    ],
    [
      "Deployment/ns/a dry-run failed (InternalError): Internal error occurred: x",
      object,
      "dry-run",
      api(500, "InternalError", "Internal error occurred: x"),
    ],
    ["Deployment/ns/a dry-run failed (Forbidden): no", object, "dry-run", api(403, "Forbidden", "no")],
    [
      "Deployment/ns/a dry-run failed (FieldManagerConflict): conflict",
      object,
      "dry-run",
      api(409, "Conflict", "conflict", [{ reason: "FieldManagerConflict" }]),
    ],
    [
      'Deployment/ns/a not found: namespaces "ns" not found',
      object,
      "dry-run",
      api(404, "NotFound", 'namespaces "ns" not found'),
    ],
    [
      "Deployment/a namespace not specified: the server could not find the requested resource",
      unscoped,
      "dry-run",
      api(404, "NotFound", "the server could not find the requested resource"),
    ],
    [
      'Deployment/ns/a dry-run failed: no matches for kind "X"',
      object,
      "dry-run",
      api(404, "NoKindMatch", 'no matches for kind "X"'),
    ],
    [
      "Deployment/ns/a dry-run failed: connect ECONNREFUSED",
      object,
      "dry-run",
      new KubeConnectionError("connect ECONNREFUSED"),
    ],
    ["Deployment/ns/a apply failed: boom", object, "apply", api(500, "InternalError", "boom")],
    ["Deployment/ns/a metadata.managedFields cleanup failed: boom", object, "cleanup", new Error("boom")],
    ["Deployment/ns/a immutable field detected, failed to delete object: boom", object, "delete", new Error("boom")],
  ] as const)("%s", (want, subject, phase, error) => {
    expect(formatApplyError(subject, phase, error)).toBe(want);
  });

  test.each([
    [api(422, "Invalid", "x"), true],
    [api(409, "Conflict", "x"), true],
    [api(403, "Forbidden", "admission denied: spec.y is immutable after creation"), true],
    [api(403, "Forbidden", "no"), false],
    [new KubeConnectionError("refused"), false],
  ])("isImmutableError() of %s is %s", (error, want) => {
    expect(isImmutableError(error)).toBe(want);
  });
});

test("formatChanges() writes one line an object", () => {
  const entries = [
    changeEntry(objectOf("apps/v1", "Deployment"), "configured"),
    changeEntry({ apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } }, "unchanged"),
  ];
  expect(formatChanges(entries)).toBe("Deployment/ns/a configured\nNamespace/x unchanged");
  expect(entries.map(hasChanged)).toEqual([true, false]);
});

describe("inParallel()", () => {
  test("keeps the limit and starts in order", async () => {
    let running = 0;
    let most = 0;
    const started: number[] = [];
    await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    expect([most, started]).toEqual([2, [1, 2, 3, 4, 5]]);
  });

  test("starts nothing after a failure, lets the others end, and throws the first by order", async () => {
    const ended: number[] = [];
    const failing = inParallel([1, 2, 3, 4], 2, async (item) => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
      throw new Error(`item ${item}`);
    });
    await expect(failing).rejects.toThrow("item 1");
    expect(ended).toEqual([1, 2]);
  });
});
