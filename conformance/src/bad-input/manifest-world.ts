import assert from "node:assert/strict";
import type { Kustomization } from "@eddy/api";
import type { GitFiles } from "@eddy/git-server";
import type { ServerOptions } from "@eddy/server";
import {
  conditionOf,
  configMap,
  createKustomization,
  createSource,
  isReadyAt,
  requestSource,
  valueOf,
  type Bed,
} from "./bed.ts";
import { folderOf, type ManifestCase } from "./manifest-cases.ts";

/** One repository with a folder and a Kustomization for every case, and a good one beside them. */
export interface ManifestWorld {
  /** Asserts what became of a case. */
  check(one: ManifestCase): Promise<void>;
  /** Asserts that everything else went on, and that nothing is lost. */
  checkOthers(): Promise<void>;
  /** Mends every folder with one commit and resolves when all is well. */
  repair(): Promise<void>;
  close(): Promise<void>;
}

/** Applies a good commit of all cases, then one that makes all of them bad at once. */
export async function openManifestWorld(
  bed: Bed,
  cases: readonly ManifestCase[],
  options: Partial<ServerOptions> = {},
): Promise<ManifestWorld> {
  const ns = await bed.namespace();
  const repository = ns;
  const keepOf = (one: ManifestCase): string => `keep-${folderOf(one)}`;
  const goodFiles = (value: string): GitFiles => ({
    "good/good.yaml": configMap("good", ns, value),
    ...merge(cases, (one) => ({ "keep.yaml": configMap(keepOf(one), ns, "1"), ...one.before?.(ns) })),
  });
  const { url, commit: first = "" } = await bed.git.createRepository(repository, goodFiles("1"));
  const server = await bed.serve(options);
  const names = ["good", ...cases.map(folderOf)];
  await createSource(bed, ns, "app", { url });
  await createKustomization(bed, ns, "good", { path: "./good" });
  for (const one of cases)
    await createKustomization(bed, ns, folderOf(one), { path: `./cases/${folderOf(one)}`, ...one.spec });
  const allReady = (commit: string): Promise<unknown> =>
    Promise.all(names.map((name) => bed.kustomizations.until(ns, name, (object) => isReadyAt(object, commit))));
  await allReady(first);

  const push = async (files: GitFiles, message: string): Promise<string> => {
    const commit = await bed.git.commit(repository, { files, message });
    await requestSource(bed, ns, "app");
    return commit;
  };
  const bad = await push(
    { "good/good.yaml": configMap("good", ns, "2"), ...merge(cases, (one) => one.files(ns)) },
    "bad",
  );

  return {
    async check(one) {
      const name = folderOf(one);
      const failed = await bed.kustomizations.until(ns, name, (object) => hasFailedAt(object, bad));
      const ready = conditionOf(failed);
      const start = `False ${one.reason}: `;
      assert.equal(ready.slice(0, start.length), start, ready);
      assert.match(ready.slice(start.length), one.message);
      const event = await bed.events.untilAny(ns, `an event of ${name}`, (object) => {
        const { involvedObject, reason, type } = object as unknown as ClusterEvent;
        return involvedObject.name === name && reason === one.reason && type === "Warning";
      });
      // An event leaves out the namespace of the object that it is of.
      assert.match((event as unknown as ClusterEvent).message, withoutNamespace(one.message));
      if (one.hidden !== undefined) {
        const hidden = [one.hidden, Buffer.from(one.hidden).toString("base64")];
        const said = JSON.stringify([failed, ...bed.events.values(ns)]);
        for (const text of hidden) assert.ok(!said.includes(text), `the secret was told: ${said}`);
      }
      assert.ok(failed.status?.lastAppliedRevision?.endsWith(first), "the last good revision is forgotten");
      const owned = failed.status?.inventory?.entries.map(({ id }) => id) ?? [];
      assert.ok(owned.includes(`${ns}_${keepOf(one)}__ConfigMap`), "what was applied left the inventory");
      assert.equal(valueOf(bed.configMaps.get(ns, keepOf(one))), "1", "what was applied was lost");
    },
    async checkOthers() {
      await bed.kustomizations.until(ns, "good", (object) => isReadyAt(object, bad));
      await bed.configMaps.until(ns, "good", (object) => valueOf(object) === "2");
    },
    async repair() {
      const emptied = merge(cases, (one) =>
        Object.fromEntries(Object.keys(one.files(ns)).map((path) => [path, null] as const)),
      );
      const repaired = await push({ ...emptied, ...goodFiles("3") }, "repair");
      await allReady(repaired);
      for (const one of cases) assert.equal(valueOf(bed.configMaps.get(ns, keepOf(one))), "1");
    },
    close: () => server.stop(),
  };
}

interface ClusterEvent {
  involvedObject: { name: string };
  reason: string;
  type: string;
  message: string;
}

/** The files of all cases, each below its folder. */
function merge(cases: readonly ManifestCase[], filesOf: (one: ManifestCase) => GitFiles): GitFiles {
  return Object.assign(
    {},
    ...cases.map((one) =>
      Object.fromEntries(
        Object.entries(filesOf(one)).map(([path, file]) => [
          path.startsWith("../") ? `cases/${path.slice(3)}` : `cases/${folderOf(one)}/${path}`,
          file,
        ]),
      ),
    ),
  ) as GitFiles;
}

function hasFailedAt(object: Kustomization | undefined, commit: string): boolean {
  if (!object || !conditionOf(object).startsWith("False ")) return false;
  // A pass that did not come as far as building tells no attempted revision.
  return object.status?.lastAttemptedRevision?.endsWith(commit) === true || /path not found/.test(conditionOf(object));
}

function withoutNamespace({ source, flags }: RegExp): RegExp {
  return new RegExp(source.replace(/^\^/, "").replace("bad-.*\\/", "(bad-.*\\/)?"), flags);
}
