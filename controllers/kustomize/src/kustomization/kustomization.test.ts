import { describe, expect, test } from "vitest";
import type { HistorySnapshot, Kustomization, KustomizationSpec, KustomizationStatus } from "@eddy/api";
import type { Caches } from "@eddy/runtime/controller";
import type { KubeObject } from "@eddy/core/object";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { determineChildStatus, isBehindSource } from "./child-status.ts";
import { artifactChanged } from "./controller.ts";
import { changesReadiness, determineUnreadiness, proveDependencies } from "./check-dependencies.ts";
import { resolvePath } from "./fetch-artifact.ts";
import { determineDisposal } from "./finalize.ts";
import { upsertHistory } from "./history.ts";
import { refuseEmptyBuild } from "./prune.ts";
import { exceedsBudget, isPruneConfirmed } from "./prune-budget.ts";
import { createRenderMemory } from "./render-memory.ts";
import { timeoutOf } from "./timing.ts";

const entries = [{ id: "ns_a__ConfigMap", v: "v1" }];
function kustomization(
  spec: Partial<KustomizationSpec> = {},
  status: KustomizationStatus = {},
  generation = 1,
): Kustomization {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "app", namespace: "ns", generation },
    spec: { interval: "10m", prune: true, sourceRef: { kind: "GitRepository", name: "src" }, ...spec },
    status,
  };
}

describe("determineDisposal()", () => {
  const owning = { inventory: { entries } };
  test.each([
    ["prune", { prune: true }, owning, "Delete"],
    ["no prune", { prune: false }, owning, "Orphan"],
    ["no prune, Delete", { prune: false, deletionPolicy: "Delete" }, owning, "Delete"],
    ["WaitForTermination", { prune: false, deletionPolicy: "WaitForTermination" }, owning, "DeleteAndWait"],
    ["Orphan", { prune: true, deletionPolicy: "Orphan" }, owning, "Orphan"],
    ["suspended", { suspend: true, deletionPolicy: "Delete" }, owning, "Orphan"],
    ["nothing owned", { prune: true }, {}, "Orphan"],
  ] as const)("%s", (_name, spec, status, want) => {
    expect(determineDisposal(kustomization(spec, status))).toBe(want);
  });
});

describe("determineUnreadiness()", () => {
  const ready = (status: Partial<KustomizationStatus> = {}): KustomizationStatus => ({
    observedGeneration: 1,
    lastAppliedRevision: "main@sha1:2",
    conditions: [
      { type: "Ready", status: "True", reason: "ReconciliationSucceeded", message: "", lastTransitionTime: "" },
    ],
    ...status,
  });
  const other = { sourceRef: { kind: "GitRepository", name: "other" } } as const;
  test.each([
    ["ready at this revision", kustomization({}, ready()), undefined],
    ["never reconciled", kustomization(), "is not ready"],
    ["a generation behind", kustomization({}, ready(), 2), "is not ready"],
    ["not ready", kustomization({}, ready({ conditions: [] })), "is not ready"],
    [
      "at an older revision of the same source",
      kustomization({}, ready({ lastAppliedRevision: "main@sha1:1" })),
      "revision is not up to date",
    ],
    ["at any revision of another source", kustomization(other, ready({ lastAppliedRevision: "x" })), undefined],
    [
      "at an older revision of the same source by its full name",
      kustomization(
        { sourceRef: { kind: "GitRepository", name: "src", namespace: "ns" } },
        ready({ lastAppliedRevision: "x" }),
      ),
      "revision is not up to date",
    ],
  ])("%s", (_name, dependency, want) => {
    expect(determineUnreadiness(dependency, kustomization(), "main@sha1:2")).toBe(want);
  });

  test("a proof holds while the dependency is seen to be ready", () => {
    const dependant = kustomization({ dependsOn: [{ name: "base" }] });
    let seen: Kustomization | undefined = kustomization({}, ready());
    const caches = { get: () => seen } as unknown as Caches;
    const holds = proveDependencies(dependant, { revision: "main@sha1:2" }, { caches });
    expect(holds?.()).toBe(true);
    seen = kustomization({}, ready(), 2);
    expect(holds?.()).toBe(false);
    seen = undefined;
    expect(holds?.()).toBe(false);
  });

  test("a history that grew wakes nobody; readiness, revision and labels do", () => {
    const before = kustomization({}, ready());
    expect(changesReadiness(before, kustomization({}, ready({ lastHandledReconcileAt: "x" })))).toBe(false);
    expect(changesReadiness(before, kustomization({}, ready({ lastAppliedRevision: "y" })))).toBe(true);
    expect(changesReadiness(before, kustomization({}, ready({ conditions: [] })))).toBe(true);
    expect(changesReadiness(before, { ...before, metadata: { ...before.metadata, labels: { a: "b" } } })).toBe(true);
  });
});

describe("isBehindSource()", () => {
  const conditions = [{ type: "Ready", status: "True", reason: "", message: "", lastTransitionTime: "" } as const];
  const ready = { conditions: [...conditions], lastAttemptedRevision: "r1" };
  const sourceAt = (revision?: string): KubeObject => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "src" },
    ...(revision ? { status: { artifact: { revision, digest: revision } } } : {}),
  });
  const ended = kustomization({}, ready);
  const deleted = { ...ended, metadata: { ...ended.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
  test.each([
    ["ready for what its source has", ended, sourceAt("r1"), false],
    ["ready for what its source had before", ended, sourceAt("r2"), true],
    ["suspended", kustomization({ suspend: true }, ready), sourceAt("r2"), false],
    ["on its way out", deleted, sourceAt("r2"), false],
    ["not ready, as its conditions tell", kustomization({}, { lastAttemptedRevision: "r1" }), sourceAt("r2"), false],
    ["of a source without an artifact", ended, sourceAt(), false],
    ["of a source that nobody knows", ended, undefined, false],
  ])("%s", (_name, child, source, want) => {
    expect(isBehindSource(child, source)).toBe(want);
  });

  test("is asked only of what this process reconciles", () => {
    const child = { ...ended, metadata: { ...ended.metadata, uid: "u" } };
    const statusOf = (known: Kustomization | undefined, object: KubeObject = child): unknown =>
      determineChildStatus(object, {
        caches: { get: () => sourceAt("r2") } as unknown as Caches,
        kustomizations: { get: () => known },
      });
    expect(statusOf(child)).toBe("InProgress");
    expect(statusOf(undefined)).toBeUndefined();
    expect(statusOf({ ...child, metadata: { ...child.metadata, uid: "of another cluster" } })).toBeUndefined();
    expect(statusOf(child, { ...child, apiVersion: "v1", kind: "Pod" })).toBeUndefined();
  });
});

test("artifactChanged() looks at revision and digest alone", () => {
  const source = (artifact: object | undefined, conditions: unknown[] = []): Parameters<typeof artifactChanged>[0] => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "a" },
    status: { conditions, ...(artifact ? { artifact } : {}) },
  });
  const first = { revision: "r1", digest: "d1", url: "u1" };
  expect(artifactChanged(source(first), source({ ...first, url: "u2" }, [1]))).toBe(false);
  expect(artifactChanged(source(first), source({ ...first, digest: "d2" }))).toBe(true);
  expect(artifactChanged(source(undefined), source(first))).toBe(true);
  expect(artifactChanged(source(first), undefined)).toBe(true);
});

describe("upsertHistory()", () => {
  const at = (digest: string, status: string, nowMs: number): Parameters<typeof upsertHistory>[1] => ({
    digest,
    status,
    metadata: { revision: digest },
    nowMs,
    durationMs: 1_500,
  });
  const brief = (history: HistorySnapshot[]): string[] =>
    history.map(
      ({ digest, lastReconciledStatus, totalReconciliations }) =>
        `${digest} ${lastReconciledStatus} ${totalReconciliations}`,
    );

  test("adds in front, bumps what came out before, keeps five", () => {
    let history: HistorySnapshot[] = [];
    for (const digest of ["1", "2", "3", "4", "5", "6"]) history = upsertHistory(history, at(digest, "Ok", 0));
    history = upsertHistory(history, at("4", "Ok", 10_000));
    history = upsertHistory(history, at("4", "Bad", 10_000));
    expect(brief(history)).toEqual(["4 Bad 1", "4 Ok 2", "6 Ok 1", "5 Ok 1", "3 Ok 1"]);
    expect(history[1]).toEqual({
      digest: "4",
      firstReconciled: "1970-01-01T00:00:00Z",
      lastReconciled: "1970-01-01T00:00:10Z",
      lastReconciledDuration: "1.5s",
      lastReconciledStatus: "Ok",
      totalReconciliations: 2,
      metadata: { revision: "4" },
    });
  });
});

describe("createRenderMemory()", () => {
  const rendered = { objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }], digest: "d" };
  const files = { "app/kustomization.yaml": "resources: [a.yaml]", "app/a.yaml": "a", "other/b.yaml": "b" };
  const read = new Set(["app", "app/kustomization.yaml", "app/a.yaml", "app/missing"]);
  const memory = createRenderMemory();
  memory.keep("ns/app", "inputs", memoryTree(files), { files: read, rendered });
  const recall = (more: Record<string, string>, inputs = "inputs"): unknown =>
    memory.recall("ns/app", inputs, memoryTree({ ...files, ...more }));

  test.each([
    ["another folder changed", { "other/b.yaml": "c" }, true],
    ["a file that was read changed", { "app/a.yaml": "changed" }, false],
    ["a folder that was listed has another file", { "app/new.yaml": "" }, false],
    ["a path that was missing is there", { "app/missing/x": "" }, false],
  ])("%s", (_name, more, isKept) => {
    expect(recall(more)).toEqual(isKept ? rendered : undefined);
  });

  test("other inputs, another Kustomization, and a forgotten one render again", () => {
    expect(recall({}, "other")).toBeUndefined();
    expect(memory.recall("ns/other", "inputs", memoryTree(files))).toBeUndefined();
    memory.forget("ns/app");
    expect(recall({})).toBeUndefined();
  });

  test("asks a tree that knows identities for them, and reads nothing", () => {
    const tree: FileTree = {
      ...memoryTree({ "a.yaml": "" }),
      identityOf: () => "blob-1",
      read: () => expect.unreachable("read"),
    };
    memory.keep("ns/x", "i", tree, { files: ["a.yaml"], rendered });
    expect(memory.recall("ns/x", "i", { ...tree })).toEqual(rendered);
    expect(memory.recall("ns/x", "i", { ...tree, identityOf: () => "blob-2" })).toBeUndefined();
  });
});

describe("resolvePath()", () => {
  const tree = memoryTree({ "apps/web/a.yaml": "", file: "" });
  test.each([
    [undefined, ""],
    ["./", ""],
    ["./apps/web", "apps/web"],
    ["apps//web/", "apps/web"],
    ["/apps", "apps"],
  ])("%s is %j", (path, want) => {
    expect(resolvePath(tree, path)).toBe(want);
  });
  test.each([
    ["./gone", "kustomization path not found: stat gone: no such file or directory"],
    ["../outside", "kustomization path not found: stat ../outside: no such file or directory"],
    ["file", "kustomization path not found: stat file: is a file"],
  ])("%s: %s", (path, message) => {
    expect(() => resolvePath(tree, path)).toThrow(message);
  });
});

test("refuseEmptyBuild() protects what is owned, and only that", () => {
  const owning = kustomization({}, { inventory: { entries } });
  expect(() => refuseEmptyBuild(owning, [])).toThrow(
    'prune refused: the build of "./" has no objects and the inventory has 1',
  );
  expect(() => refuseEmptyBuild(kustomization(), [])).not.toThrow();
  expect(() => refuseEmptyBuild(kustomization({ prune: false }, { inventory: { entries } }), [])).not.toThrow();
});

test.each([
  [{ interval: "10m" }, 570_000],
  [{ interval: "20s" }, 30_000],
  [{ interval: "10m", timeout: "3m" }, 180_000],
])("timeoutOf(%j) is %d ms", (spec, want) => {
  expect(timeoutOf(kustomization(spec))).toBe(want);
});

describe("the prune budget", () => {
  test.each([
    ["nothing", 0, 0, false],
    ["all of a small inventory", 20, 20, false],
    ["half of a large one", 50, 100, false],
    ["more than half", 51, 100, true],
    ["just above the free number, of little more", 21, 22, true],
    ["many, of very many", 400, 1_000, false],
  ])("%s", (_name, stale, owned, held) => {
    expect(exceedsBudget(stale, owned, { pruneBudgetPercent: 50, pruneBudgetObjects: 20 })).toBe(held);
  });
  test("100 percent holds nothing, 0 holds what is above the free number", () => {
    expect(exceedsBudget(100, 100, { pruneBudgetPercent: 100, pruneBudgetObjects: 0 })).toBe(false);
    expect(exceedsBudget(1, 100, { pruneBudgetPercent: 0, pruneBudgetObjects: 0 })).toBe(true);
  });

  const asked = (annotations: Record<string, string>, handled?: string): Kustomization => {
    const object = kustomization({}, handled === undefined ? {} : { lastHandledReconcileAt: handled });
    return { ...object, metadata: { ...object.metadata, annotations } };
  };
  const [requested, confirmed] = ["reconcile.fluxcd.io/requestedAt", "eddy.sh/confirmPruneAt"];
  test.each([
    ["nobody asked", asked({}), false],
    ["a request alone", asked({ [requested]: "1" }), false],
    ["a request that confirms", asked({ [requested]: "1", [confirmed]: "1" }), true],
    ["an answered one", asked({ [requested]: "1", [confirmed]: "1" }, "1"), false],
    ["a later request", asked({ [requested]: "2", [confirmed]: "1" }, "1"), false],
  ])("%s", (_name, object, want) => {
    expect(isPruneConfirmed(object)).toBe(want);
  });
});
