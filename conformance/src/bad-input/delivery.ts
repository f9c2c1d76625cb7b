import assert from "node:assert/strict";
import { kustomizeNameLabel, kustomizeNamespaceLabel } from "@eddy/api";
import type { GitFiles } from "@eddy/git-server";
import { configMap, createKustomization, createSource, isReadyAt, requestSource, valueOf, type Bed } from "./bed.ts";

/** A repository of several apps whose every commit changes, adds and removes objects. */
export interface Delivery {
  readonly ns: string;
  /** Paths of the ConfigMaps of all apps. */
  readonly objects: readonly string[];
  /** Commits once more and asks for it; resolves the commit. */
  commit(): Promise<string>;
  /** Resolves when every app is Ready at the last commit, and asserts that the cluster equals it. */
  converged(): Promise<void>;
  /** Asserts that every object with an ownership label is in the inventory of its owner. */
  checkNothingOrphaned(): Promise<void>;
}

const apps = ["one", "two", "three"];

/** Creates the repository at its first commit, its source and a Kustomization an app. */
export async function openDelivery(bed: Bed): Promise<Delivery> {
  const ns = await bed.namespace();
  let version = 1;
  const nameOf = (app: string, what: string): string => `${app}-${what}`;
  const objectsAt = (at: number): string[] => apps.flatMap((app) => [nameOf(app, "stays"), nameOf(app, `comes-${at}`)]);
  const filesAt = (at: number): GitFiles =>
    Object.fromEntries(
      apps.flatMap((app) => [
        [`${app}/stays.yaml`, configMap(nameOf(app, "stays"), ns, `${at}`)],
        // A new object with each commit, and the one before goes.
        [`${app}/comes.yaml`, configMap(nameOf(app, `comes-${at}`), ns, `${at}`)],
      ]),
    );
  const { url, commit: first = "" } = await bed.git.createRepository(ns, filesAt(version));
  let last = first;
  await createSource(bed, ns, "app", { url });
  for (const app of apps) await createKustomization(bed, ns, app, { path: `./${app}` });

  return {
    ns,
    objects: apps.map((app) => nameOf(app, "stays")),
    async commit() {
      version++;
      last = await bed.git.commit(ns, { files: filesAt(version), message: `version ${version}` });
      await requestSource(bed, ns, "app");
      return last;
    },
    async converged() {
      const wanted = objectsAt(version);
      await Promise.all(apps.map((app) => bed.kustomizations.until(ns, app, (object) => isReadyAt(object, last))));
      await Promise.all(wanted.map((name) => bed.configMaps.until(ns, name, (one) => valueOf(one) === `${version}`)));
      const { items } = await bed.kube.list({ group: "", kind: "ConfigMap" }, { namespace: ns });
      const owned = items.filter(({ metadata }) => metadata.labels?.[kustomizeNameLabel] !== undefined);
      assert.deepEqual(owned.map(({ metadata }) => metadata.name).sort(), wanted.sort());
      for (const app of apps) {
        const entries = bed.kustomizations.get(ns, app)?.status?.inventory?.entries ?? [];
        assert.equal(entries.length, 2, `the inventory of ${app} has ${JSON.stringify(entries)}`);
      }
    },
    async checkNothingOrphaned() {
      // Objects first: what is written meanwhile is in the inventory before.
      const { items } = await bed.kube.list({ group: "", kind: "ConfigMap" }, { namespace: ns });
      for (const { metadata } of items) {
        const owner = metadata.labels?.[kustomizeNameLabel];
        if (owner === undefined) continue;
        assert.equal(metadata.labels?.[kustomizeNamespaceLabel], ns);
        const group = "kustomize.toolkit.fluxcd.io";
        const kustomization = await bed.kube.get({ group, kind: "Kustomization", namespace: ns, name: owner });
        const { inventory } = (kustomization["status"] ?? {}) as { inventory?: { entries: { id: string }[] } };
        const ids = inventory?.entries.map(({ id }) => id) ?? [];
        assert.ok(
          ids.includes(`${ns}_${metadata.name}__ConfigMap`),
          `${metadata.name} is in no inventory: ${ids.join()}`,
        );
      }
    },
  };
}
