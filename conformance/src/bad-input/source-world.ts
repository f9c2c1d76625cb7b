import assert from "node:assert/strict";
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
import { folderOf } from "./manifest-cases.ts";
import type { SourceCase } from "./source-cases.ts";

/** Repositories that cannot be had, and a good one that is followed by tag. */
export interface SourceWorld {
  check(one: SourceCase): Promise<void>;
  /** Moves the tag and asserts that the good source follows while the others fail. */
  moveTag(): Promise<void>;
  close(): Promise<void>;
}

/** Creates all sources at once, the good one among them, and starts a server. */
export async function openSourceWorld(bed: Bed, cases: readonly SourceCase[]): Promise<SourceWorld> {
  const ns = await bed.namespace();
  const stops: (() => unknown)[] = [];
  for (const one of cases) {
    const { spec, stop } = await one.prepare(bed, ns);
    if (stop) stops.push(stop);
    await createSource(bed, ns, folderOf(one), spec);
  }
  const { url, commit: first = "" } = await bed.git.createRepository(ns, { "a.yaml": configMap("good", ns, "1") });
  await bed.git.tag(ns, "v1", { target: first, message: "release" });
  await createSource(bed, ns, "app", { url, ref: { tag: "v1" } });
  await createKustomization(bed, ns, "good");
  const server = await bed.serve();
  await bed.kustomizations.until(ns, "good", (object) => isReadyAt(object, first));

  return {
    async check(one) {
      const name = folderOf(one);
      const start = `False ${one.reason}: `;
      const failed = await bed.sources.until(
        ns,
        name,
        (object) => object !== undefined && conditionOf(object).startsWith("False "),
      );
      const ready = conditionOf(failed);
      assert.equal(ready.slice(0, start.length), start, ready);
      assert.match(ready.slice(start.length), one.message);
      assert.equal(failed.status?.artifact, undefined);
      const event = await bed.events.untilAny(ns, `an event of ${name}`, (object) => {
        const { involvedObject, reason, type } = object as unknown as ClusterEvent;
        return involvedObject.name === name && reason === one.reason && type === "Warning";
      });
      assert.match((event as unknown as ClusterEvent).message, one.message);
      if (one.hidden === undefined) return;
      const said = JSON.stringify([failed, ...bed.events.values(ns)]);
      assert.ok(!said.includes(one.hidden), `the secret was told: ${said}`);
    },
    async moveTag() {
      const second = await bed.git.commit(ns, { files: { "a.yaml": configMap("good", ns, "2") }, message: "moved" });
      await bed.git.tag(ns, "v1", { target: second, message: "release again" });
      await requestSource(bed, ns, "app");
      const object = await bed.kustomizations.until(ns, "good", (one) => isReadyAt(one, second));
      assert.equal(object.status?.lastAppliedRevision, `v1@sha1:${second}`);
      await bed.configMaps.until(ns, "good", (one) => valueOf(one) === "2");
      await bed.events.untilAny(ns, "the event of the moved tag", (one) => {
        const { involvedObject, reason, message } = one as unknown as ClusterEvent;
        return involvedObject.name === "app" && reason === "NewArtifact" && message.includes("moved");
      });
    },
    async close() {
      await server.stop();
      for (const stop of stops) await stop();
    },
  };
}

interface ClusterEvent {
  involvedObject: { name: string };
  reason: string;
  type: string;
  message: string;
}
