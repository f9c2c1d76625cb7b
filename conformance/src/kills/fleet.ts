import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import {
  helmGroup,
  kustomizeGroup,
  kustomizeNameLabel,
  type HelmRelease,
  type HelmReleaseSpec,
  type Kustomization,
} from "@eddy/api";
import { hasReason } from "@eddy/kube";
import type { KubeObject } from "@eddy/core/object";
import type { GitFiles } from "@eddy/git-server";
import {
  configMap,
  createKustomization,
  createSource,
  isReadyAt,
  requestSource,
  valueOf,
  type Bed,
} from "../bad-input/bed.ts";
import { watchKind } from "../bad-input/watched.ts";

/** A repository of Kustomizations and charts, of which each commit changes, adds and removes objects. */
export interface Fleet {
  readonly namespace: string;
  /** Commits once more and asks for it. */
  commit(): Promise<void>;
  /** Names of its Kustomizations. */
  readonly apps: readonly string[];
  /** Creates what was deleted, and waits for it. */
  restore(): Promise<void>;
  /** Deletes an app or release where it is, and creates it where it is not. */
  toggle(name: string): Promise<void>;
  /** Names for {@link Fleet.toggle}. */
  readonly names: readonly string[];
  isPresent(name: string): boolean;
  /** Resolves when everything is as the last commit and toggle want it, and asserts that the cluster has nothing else. */
  converged(): Promise<void>;
  /** Asserts that each object is in the inventory of its owner, or in a release that Helm has stored. */
  checkNothingOrphaned(): Promise<void>;
  stop(): void;
}

const apps = ["one", "two"];
const releases = ["chart-one", "chart-two"];
const releaseAnnotation = "meta.helm.sh/release-name";
const kustomizations = { group: kustomizeGroup, kind: "Kustomization" };
const helmReleases = { group: helmGroup, kind: "HelmRelease" };

/** Options of {@link openFleet}. */
export interface FleetOptions {
  patienceMs?: number;
  /** Of the releases, beside their chart. */
  releaseSpec?: Partial<HelmReleaseSpec>;
}

/** Creates the repository at its first commit, its source and everything that is delivered from it. */
export async function openFleet(bed: Bed, { patienceMs, releaseSpec = {} }: FleetOptions = {}): Promise<Fleet> {
  const ns = await bed.namespace();
  const { kube } = bed;
  let version = 1;
  const { url, commit: first = "" } = await bed.git.createRepository(ns, filesAt(version, ns));
  let last = first;
  const present = new Set([...apps, ...releases]);
  const watchedReleases = watchKind<HelmRelease>(kube, helmReleases, patienceMs);
  const create = (name: string): Promise<void> =>
    apps.includes(name)
      ? createKustomization(bed, ns, name, { path: `./${name}` })
      : createRelease(bed, ns, name, releaseSpec);
  await watchedReleases.synced;
  await createSource(bed, ns, "app", { url });
  for (const name of present) await create(name);

  const owned = async (): Promise<KubeObject[]> =>
    (await kube.list({ group: "", kind: "ConfigMap" }, { namespace: ns })).items.filter((one) => ownerOf(one));
  const fleet: Fleet = {
    namespace: ns,
    apps,
    async restore() {
      for (const name of [...apps, ...releases].filter((each) => !present.has(each))) await fleet.toggle(name);
      await fleet.converged();
    },
    names: [...apps, ...releases],
    isPresent: (name) => present.has(name),
    async commit() {
      version++;
      last = await bed.git.commit(ns, { files: filesAt(version, ns), message: `version ${version}` });
      await requestSource(bed, ns, "app");
    },
    async toggle(name) {
      const kind = apps.includes(name) ? kustomizations : helmReleases;
      const found = await kube.get({ ...kind, namespace: ns, name }).catch(undefinedWhereGone);
      if (found?.metadata.deletionTimestamp) return;
      if (found) await kube.delete({ ...kind, namespace: ns, name });
      else await create(name);
      if (found) present.delete(name);
      else present.add(name);
    },
    async converged() {
      const wanted = [...present].flatMap((name) => objectsOf(name, version));
      await Promise.all([
        ...apps.map((app) =>
          bed.kustomizations.until(ns, app, (one) => isKustomizationDone(one, present.has(app), last)),
        ),
        ...releases.map((name) =>
          watchedReleases.until(ns, name, (one) => isReleaseDone(one, present.has(name), last)),
        ),
        ...wanted.map((name) => bed.configMaps.until(ns, name, (one) => valueOf(one) === `${version}`)),
      ]);
      const objects = await owned();
      assert.deepEqual(objects.map(({ metadata }) => metadata.name).sort(), wanted.toSorted());
      for (const name of present) {
        const object = bed.kustomizations.get(ns, name) ?? watchedReleases.get(ns, name);
        const ids = inventoryOf(object).toSorted();
        assert.deepEqual(
          ids,
          objectsOf(name, version)
            .map((one) => idOf(ns, one))
            .toSorted(),
          `the inventory of ${name}`,
        );
      }
      for (const { name, status } of await storedReleases(bed, ns))
        assert.ok(present.has(name) && !status.startsWith("pending"), `release ${name} is ${status}`);
    },
    async checkNothingOrphaned() {
      // Objects first: what is written meanwhile is in the inventory before.
      const objects = await owned();
      const stored = await storedReleases(bed, ns);
      for (const object of objects) {
        const { name, kind } = ownerOf(object) ?? { name: "", kind: "" };
        const id = object.metadata.name;
        if (kind === "HelmRelease") {
          const known = stored.some((one) => one.name === name && one.manifest.includes(`name: ${id}\n`));
          assert.ok(
            known,
            `${id} is in no stored release of ${name}: ${stored.map((one) => `${one.name} ${one.status}`).join()}`,
          );
          continue;
        }
        const owner = await kube.get({ ...kustomizations, namespace: ns, name });
        assert.ok(inventoryOf(owner).includes(idOf(ns, id)), `${id} is in no inventory: ${inventoryOf(owner).join()}`);
      }
    },
    stop: () => watchedReleases.stop(),
  };
  return fleet;
}

function objectsOf(name: string, version: number): string[] {
  return [`${name}-stays`, `${name}-comes-${version}`];
}

function idOf(ns: string, name: string): string {
  return `${ns}_${name}__ConfigMap`;
}

/** A new object with each commit, and the one before goes. */
function filesAt(version: number, ns: string): GitFiles {
  const stays = (name: string): string => configMap(`${name}-stays`, ns, `${version}`);
  const comes = (name: string): string => configMap(`${name}-comes-${version}`, ns, `${version}`);
  return Object.fromEntries([
    ...apps.flatMap((app) => [
      [`${app}/stays.yaml`, stays(app)],
      [`${app}/comes.yaml`, comes(app)],
    ]),
    ["chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"],
    ["chart/templates/stays.yaml", stays("{{ .Release.Name }}")],
    ["chart/templates/comes.yaml", comes("{{ .Release.Name }}")],
  ]) as GitFiles;
}

async function createRelease(
  { kube }: Bed,
  namespace: string,
  name: string,
  spec: Partial<HelmReleaseSpec>,
): Promise<void> {
  const sourceRef = { kind: "GitRepository" as const, name: "app" };
  await kube.create({
    apiVersion: `${helmGroup}/v2`,
    kind: "HelmRelease",
    metadata: { name, namespace },
    spec: { interval: "1h", chart: { spec: { chart: "./chart", sourceRef, reconcileStrategy: "Revision" } }, ...spec },
  });
}

function isKustomizationDone(object: Kustomization | undefined, isWanted: boolean, commit: string): boolean {
  return isWanted ? isReadyAt(object, commit) : object === undefined;
}

function isReleaseDone(object: HelmRelease | undefined, isWanted: boolean, commit: string): boolean {
  if (!isWanted || !object) return isWanted === (object !== undefined);
  const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
  return (
    ready?.status === "True" && object.status?.history?.[0]?.chartVersion.endsWith(`+${commit.slice(0, 12)}`) === true
  );
}

function ownerOf({ metadata }: KubeObject): { name: string; kind: string } | undefined {
  const kustomization = metadata.labels?.[kustomizeNameLabel];
  if (kustomization !== undefined) return { name: kustomization, kind: "Kustomization" };
  const release = metadata.annotations?.[releaseAnnotation];
  return release === undefined ? undefined : { name: release, kind: "HelmRelease" };
}

function inventoryOf(object: KubeObject | undefined): string[] {
  const status = object?.["status"] as { inventory?: { entries: { id: string }[] } } | undefined;
  return status?.inventory?.entries.map(({ id }) => id) ?? [];
}

interface StoredRelease {
  name: string;
  status: string;
  manifest: string;
}

/** Releases as Helm stores them, read by nothing of Eddy's: JSON, gzip, base64, and base64 once more as a Secret has it. */
async function storedReleases({ kube }: Bed, namespace: string): Promise<StoredRelease[]> {
  const { items } = await kube.list({ group: "", kind: "Secret" }, { namespace, labelSelector: "owner=helm" });
  return items.map(({ data }) => {
    const stored = Buffer.from((data as { release: string }).release, "base64").toString();
    const release = JSON.parse(gunzipSync(Buffer.from(stored, "base64")).toString()) as {
      name: string;
      manifest: string;
      info: { status: string };
    };
    return { name: release.name, status: release.info.status, manifest: release.manifest };
  });
}

function undefinedWhereGone(error: unknown): undefined {
  if (!hasReason(error, "NotFound")) throw error;
}
