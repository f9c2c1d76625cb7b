import type { Clock } from "@eddy/core/clock";
import { isObject } from "@eddy/core/json";
import type { Labels } from "@eddy/core/labels";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { podSpecOf } from "../workload/tracked.ts";

/** Labels of the cluster's nodes. */
export interface NodeReader {
  /** As they were a minute ago or later. Empty where they may not be read: then no image is refused because of them. */
  labels(): Promise<readonly Labels[]>;
}

const keptMs = 60_000;

/** A reader that has read nothing yet; nodes are read by their metadata. */
export function createNodeReader({ kube, clock }: { kube: KubeClient; clock: Clock }): NodeReader {
  let known: { atMs: number; labels: Promise<readonly Labels[]> } | undefined;
  return {
    labels() {
      if (known && clock.now() - known.atMs < keptMs) return known.labels;
      const labels = kube.list({ group: "", kind: "Node", version: "v1" }, { metadataOnly: true }).then(
        ({ items }) => items.map(({ metadata }) => metadata.labels ?? {}),
        () => [],
      );
      known = { atMs: clock.now(), labels };
      return labels;
    },
  };
}

/**
 * Platforms (`linux/arm64`) that an image for this workload must run on: those of the nodes that its `nodeSelector` leaves. Pure.
 * Source: keel-hq/keel 2026; spec/flux1-keel-flagger.md 2.4.
 */
export function neededPlatforms(object: KubeObject, nodes: readonly Labels[]): readonly string[] {
  const selector = podSpecOf(object)["nodeSelector"];
  const wanted = isObject(selector) ? Object.entries(selector) : [];
  const eligible = nodes.filter((labels) => wanted.every(([key, value]) => labels[key] === value));
  const platforms = eligible.flatMap((labels) => {
    const [os, arch] = [labels["kubernetes.io/os"], labels["kubernetes.io/arch"]];
    return os && arch ? [`${os}/${arch}`] : [];
  });
  return [...new Set(platforms)].sort();
}

/** Those of the needed platforms that an image does not run on; none where nobody knows what it runs on. Pure. */
export function missingPlatforms(needed: readonly string[], runsOn: readonly string[] | undefined): readonly string[] {
  if (!runsOn) return [];
  return needed.filter((platform) => !runsOn.some((own) => own === platform || own.startsWith(`${platform}/`)));
}
