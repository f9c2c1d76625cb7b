import { sourceConditionTypes, sourceGroup, type HelmChart } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { ControllerDefinition, WatchDefinition } from "@eddy/runtime/controller";
import { defineSource, secretReferences, secretWatch } from "../source/define-source.ts";
import type { Source } from "../source/source.ts";
import { finalizeSource } from "../storage/finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileHelmChart } from "./reconcile.ts";

function sourceWatch(kind: string): WatchDefinition {
  return { kind: { group: sourceGroup, version: "v1", kind }, matters };
}

/** Another artifact; of a registry, which has none, another spec. */
function matters(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  const [former, now] = [before, after].map((object) => (object as Source | undefined)?.status?.artifact);
  const isRegistry = (after as { spec?: { type?: string } } | undefined)?.spec?.type === "oci";
  if (isRegistry) return before?.metadata.generation !== after?.metadata.generation;
  return former?.digest !== now?.digest || former?.revision !== now?.revision;
}

/** HelmCharts: what they watch, and the pass. */
export const helmChartController: ControllerDefinition<HelmChart, Ports> = defineSource<HelmChart, Ports>({
  kind: { group: sourceGroup, version: "v1", kind: "HelmChart" },
  negativeConditions: [
    sourceConditionTypes.storageOperationFailed,
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.buildFailed,
    sourceConditionTypes.artifactOutdated,
  ],
  watches: [sourceWatch("HelmRepository"), sourceWatch("GitRepository"), sourceWatch("Bucket"), secretWatch],
  references: (object) => [
    {
      group: sourceGroup,
      kind: object.spec.sourceRef.kind,
      namespace: object.metadata.namespace ?? "",
      name: object.spec.sourceRef.name,
    },
    ...secretReferences(object, object.spec.verify?.secretRef),
  ],
  reconcile: reconcileHelmChart,
  finalize: finalizeSource,
});
