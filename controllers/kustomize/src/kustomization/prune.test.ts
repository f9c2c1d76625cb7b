import type { Kustomization } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { createAppliedMemory } from "@eddy/runtime/apply";
import type { Run } from "@eddy/runtime/controller";
import { expect, test } from "vitest";
import type { Cluster } from "./ports.ts";
import { pruneOrphans } from "./prune.ts";

const labels = { "kustomize.toolkit.fluxcd.io/name": "app", "kustomize.toolkit.fluxcd.io/namespace": "n" };
const entry = (name: string): { id: string; v: string } => ({ id: `n_${name}__ConfigMap`, v: "v1" });

/** A pass over an inventory, and what it has staged of it. */
function passOver(owned: readonly string[]): { run: Run<Kustomization>; staged: () => string[] } {
  let staged = owned.map((name) => entry(name).id);
  const object = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "app", namespace: "n" },
    spec: { prune: true },
    status: { inventory: { entries: owned.map(entry) } },
  };
  const run = {
    object,
    signal: new AbortController().signal,
    stageStatus: ({ inventory }: { inventory: { entries: { id: string }[] } }) => {
      staged = inventory.entries.map(({ id }) => id);
    },
    event: () => undefined,
  };
  return { run: run as unknown as Run<Kustomization>, staged: () => staged };
}

/** A cluster in which every deletion is told to `onDelete` first. */
function clusterOf(onDelete: () => void): Cluster {
  const live = (name: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "n", labels, uid: name, resourceVersion: "1" },
  });
  const kube = {
    get: async ({ name }: { name: string }) => live(name),
    delete: async () => onDelete(),
  };
  const memory = createAppliedMemory({ fieldManager: "kustomize-controller" });
  return { target: { kube: kube as unknown as KubeClient, memory } } as unknown as Cluster;
}

const ref = { group: "", kind: "ConfigMap", namespace: "n", name: "stays" };
const changes = [{ ref, version: "v1", action: "unchanged" }] as unknown as Parameters<typeof pruneOrphans>[1];
const budget = { pruneBudgetPercent: 100, pruneBudgetObjects: 20 };

// A pass that takes half a second writes what is staged; a process that dies then must not have forgotten what is still there.
test("nothing leaves the inventory before it is deleted", async () => {
  const { run, staged } = passOver(["stays", "goes", "goes-too"]);
  const during: string[][] = [];
  await pruneOrphans(
    run,
    changes,
    clusterOf(() => during.push(staged())),
    budget,
  );
  expect(during).toHaveLength(2);
  for (const ids of during) expect(ids.toSorted()).toEqual(["goes-too", "goes", "stays"].map((name) => entry(name).id));
  expect(staged()).toEqual([entry("stays").id]);
});

test("what could not be deleted stays in it", async () => {
  const { run, staged } = passOver(["stays", "goes"]);
  const refuse = (): void => {
    throw new Error("no");
  };
  await expect(pruneOrphans(run, changes, clusterOf(refuse), budget)).rejects.toThrow("no");
  expect(staged().toSorted()).toEqual(["goes", "stays"].map((name) => entry(name).id));
});
