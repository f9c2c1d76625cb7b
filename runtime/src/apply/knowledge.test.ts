import { describe, expect, test } from "vitest";
import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { refOf } from "@eddy/core/object";
import { createAppliedMemory, hashDesired, type AppliedRecord } from "./applied-memory.ts";
import { determineKnowledge, type Knowledge } from "./determine-knowledge.ts";
import { cedeIgnoredFields, compileIgnoreRules, withoutPaths } from "./ignore-rules.ts";

const desired: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "a", namespace: "ns", labels: { app: "a" } },
  spec: { replicas: 1 },
};
const liveMeta: ObjectMeta = {
  name: "a",
  namespace: "ns",
  uid: "u",
  resourceVersion: "10",
  generation: 1,
  labels: { app: "a" },
};
const memory = createAppliedMemory({ fieldManager: "kustomize-controller" });
memory.remember(
  { ...desired, metadata: liveMeta },
  { owner: { name: "o", namespace: "ns" }, hash: "h", object: desired },
);
const record = memory.get(refOf(desired)) as AppliedRecord;

const heldBy = { managedFields: [{ manager: "kubectl-edit", operation: "Update" as const }] };
const merge = { "kustomize.toolkit.fluxcd.io/ssa": "Merge" };
const recordOf = (live: ObjectMeta, annotations: Record<string, string> = {}): AppliedRecord => {
  const object = { ...desired, metadata: { ...desired.metadata, annotations } };
  memory.remember({ ...object, metadata: live }, { owner: { name: "o", namespace: "ns" }, hash: "h", object });
  return memory.get(refOf(desired)) as AppliedRecord;
};
const left = recordOf({ ...liveMeta, ...heldBy, annotations: merge }, merge);
const leftByHand = recordOf({ ...liveMeta, ...heldBy, annotations: merge });
const pending = recordOf({ ...liveMeta, ...heldBy });

interface Case {
  name: string;
  record?: AppliedRecord | undefined;
  live?: Partial<ObjectMeta> | "absent" | "unwatched";
  hash?: string;
  annotations?: Record<string, string>;
  want: Knowledge;
}

const cases: Case[] = [
  { name: "nothing differs", want: "Unchanged" },
  { name: "never applied by this process", record: undefined, want: "Unknown" },
  { name: "its kind is not watched yet", live: "unwatched", want: "Unknown" },
  { name: "it is gone", live: "absent", want: "Unknown" },
  { name: "our wish changed", hash: "other", want: "Changed" },
  { name: "its status was updated", live: { resourceVersion: "11" }, want: "Unchanged" },
  { name: "its spec was edited", live: { resourceVersion: "11", generation: 2 }, want: "Unknown" },
  { name: "a label of ours was edited", live: { resourceVersion: "11", labels: { app: "b" } }, want: "Unknown" },
  {
    name: "a label of somebody else was added",
    live: { resourceVersion: "11", labels: { app: "a", x: "y" } },
    want: "Unchanged",
  },
  {
    name: "kubectl took fields",
    live: { resourceVersion: "11", managedFields: [{ manager: "kubectl-edit", operation: "Update" }] },
    want: "Unknown",
  },
  {
    name: "somebody disabled it",
    live: { resourceVersion: "11", annotations: { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" } },
    want: "Unknown",
  },
  {
    name: "it is being deleted",
    live: { resourceVersion: "11", deletionTimestamp: "2026-01-01T00:00:00Z" },
    want: "Unknown",
  },
  { name: "it was replaced by another", live: { uid: "v", resourceVersion: "11" }, want: "Unknown" },
  { name: "the watch is behind our own write", live: { resourceVersion: "9", generation: 0 }, want: "Unchanged" },
  {
    name: "the watch is behind, and our wish changed",
    live: { resourceVersion: "9", generation: 0 },
    hash: "other",
    want: "Changed",
  },
  {
    name: "kubectl's fields are left to it",
    record: left,
    live: { ...heldBy, annotations: merge },
    annotations: merge,
    want: "Unchanged",
  },
  {
    name: "our wish changed, and kubectl's fields are left to it",
    record: left,
    live: { ...heldBy, annotations: merge },
    annotations: merge,
    hash: "other",
    want: "Changed",
  },
  {
    name: "kubectl's fields are not left to it any more",
    record: left,
    live: { ...heldBy, annotations: merge },
    hash: "other",
    want: "Unknown",
  },
  {
    name: "a hand leaves kubectl's fields to it",
    record: leftByHand,
    live: { ...heldBy, annotations: merge },
    want: "Unchanged",
  },
  { name: "kubectl took fields while it was written", record: pending, live: heldBy, want: "Unknown" },
  { name: "Git disables it", annotations: { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" }, want: "Skipped" },
  {
    name: "Git wants it created once",
    annotations: { "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" },
    hash: "other",
    want: "Skipped",
  },
];

describe("determineKnowledge()", () => {
  test.each(cases)("$name → $want", (row) => {
    const known = "record" in row ? row.record : record;
    const live = typeof row.live === "string" ? row.live : { ...liveMeta, ...row.live };
    const liveFingerprint = known && typeof live === "object" ? memory.fingerprint(live, known.owned) : undefined;
    const wanted = {
      ...desired,
      metadata: { ...desired.metadata, ...(row.annotations ? { annotations: row.annotations } : {}) },
    };
    expect(
      determineKnowledge({ desired: wanted, desiredHash: row.hash ?? "h", record: known, live, liveFingerprint }),
    ).toBe(row.want);
  });

  test("an object whose kind counts no generations is another with every write", () => {
    const { generation: _, ...meta } = liveMeta;
    const fingerprint = (resourceVersion: string): string =>
      memory.fingerprint({ ...meta, resourceVersion }, record.owned);
    expect(fingerprint("10")).not.toBe(fingerprint("11"));
  });
});

describe("createAppliedMemory()", () => {
  test("written() waits for every write to the object", async () => {
    const ref = refOf(desired);
    memory.beginWrite(ref);
    memory.beginWrite(ref);
    let isDone = false;
    const done = memory.written(ref).then(() => (isDone = true));
    memory.endWrite(ref);
    await Promise.resolve();
    expect([isDone, memory.isWriting(ref)]).toEqual([false, true]);
    memory.endWrite(ref);
    await done;
    expect([isDone, memory.isWriting(ref)]).toEqual([true, false]);
  });

  test("hashDesired() tells objects and rules apart, also by big integers", () => {
    const big = { ...desired, spec: { replicas: 9007199254740993n } };
    const hashes = [hashDesired(desired, []), hashDesired(desired, [1]), hashDesired(big, [])];
    expect(new Set(hashes).size).toBe(3);
  });
});

describe("ignore rules", () => {
  const replicas = compileIgnoreRules([
    { paths: ["/spec/replicas"], target: { kind: "Deploy.*", labelSelector: "app=a" } },
  ]);
  const live = (owned: boolean): KubeObject => ({
    ...desired,
    spec: { replicas: 5 },
    metadata: {
      ...desired.metadata,
      managedFields: owned
        ? [{ manager: "scaler", operation: "Apply", fieldsV1: { "f:spec": { "f:replicas": {} } } }]
        : [],
    },
  });
  const cede = (object: KubeObject): KubeObject =>
    cedeIgnoredFields(desired, object, desired, { rules: replicas, fieldManager: "kustomize-controller" });

  test("match by anchored expression and labels", () => {
    expect(replicas.pathsFor(desired)).toEqual([["spec", "replicas"]]);
    expect(replicas.pathsFor({ ...desired, kind: "XDeployment" })).toEqual([]);
    expect(replicas.pathsFor({ ...desired, metadata: { name: "a" } })).toEqual([]);
  });

  test("cede a field that another manager applied", () => {
    expect(cede(live(true))["spec"]).toEqual({});
  });

  test("adopt the cluster's value of a field that nobody applied", () => {
    expect(cede(live(false))["spec"]).toEqual({ replicas: 5 });
  });

  test("find list items by their merge keys", () => {
    const image = compileIgnoreRules([{ paths: ["/spec/containers/0/image"] }]);
    const wanted: KubeObject = { ...desired, spec: { containers: [{ name: "c", image: "a" }] } };
    const fields = { "f:spec": { "f:containers": { 'k:{"name":"c"}': { "f:image": {} } } } };
    const current: KubeObject = {
      ...wanted,
      spec: { containers: [{ name: "c", image: "b" }] },
      metadata: { name: "a", managedFields: [{ manager: "keel", operation: "Apply", fieldsV1: fields }] },
    };
    const ceded = cedeIgnoredFields(wanted, current, wanted, { rules: image, fieldManager: "kustomize-controller" });
    expect(ceded["spec"]).toEqual({ containers: [{ name: "c" }] });
  });

  test("leave alone what all objects share", () => {
    const paths = ["/__proto__/toString", "/spec/__proto__/valueOf", "/spec/constructor/prototype/toString"];
    const rules = compileIgnoreRules([{ paths }]);
    const before = [Object.prototype.toString, Object.prototype.valueOf];
    expect(withoutPaths(desired, rules.pathsFor(desired))).toEqual(desired);
    const empty: KubeObject = { ...desired, spec: {} };
    expect(cedeIgnoredFields(desired, live(true), empty, { rules, fieldManager: "kustomize-controller" })).toEqual(
      desired,
    );
    expect([Object.prototype.toString, Object.prototype.valueOf]).toEqual(before);
  });

  test("withoutPaths() unescapes, and leaves what is not there", () => {
    const { pathsFor } = compileIgnoreRules([{ paths: ["/metadata/labels/a~1b", "/spec/none/0"] }]);
    const object: KubeObject = { ...desired, metadata: { name: "a", labels: { "a/b": "x", c: "y" } } };
    expect(withoutPaths(object, pathsFor(object)).metadata.labels).toEqual({ c: "y" });
    expect(object.metadata.labels).toEqual({ "a/b": "x", c: "y" });
  });

  test.each([
    [{ paths: ["spec"] }, 'invalid JSON pointer "spec"'],
    [{ paths: ["/spec"], target: { name: "(" } }, 'invalid expression "("'],
  ])("refuse %j", (rule, message) => {
    expect(() => compileIgnoreRules([rule])).toThrow(message);
  });
});
