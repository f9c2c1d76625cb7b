import { helmNameLabel, helmNamespaceLabel, sourceGroup, type HelmChartTemplate, type HelmRelease } from "@eddy/api";
import { deepEqual, type Json, type JsonObject } from "@eddy/core/json";
import type { KubeObject, ObjectRef } from "@eddy/core/object";

/** The HelmChart of a release: `<namespace>-<name>`, in the namespace of its source. */
export function ownedChartRef({ spec, metadata }: HelmRelease): ObjectRef | undefined {
  if (!spec.chart) return undefined;
  const own = metadata.namespace ?? "";
  return {
    group: sourceGroup,
    kind: "HelmChart",
    namespace: spec.chart.spec.sourceRef.namespace || own,
    name: `${own}-${metadata.name}`,
  };
}

/** The HelmChart as `spec.chart` asks for it, with ownership labels. Source: helm-controller reconcile/helmchart_template.go. */
export function buildOwnedChart(object: HelmRelease, template: HelmChartTemplate): KubeObject {
  const { spec, metadata = {} } = template;
  const ref = ownedChartRef(object) as ObjectRef;
  const owner = { [helmNameLabel]: object.metadata.name, [helmNamespaceLabel]: object.metadata.namespace ?? "" };
  const { chart, version, sourceRef, interval = object.spec.interval, reconcileStrategy, valuesFiles, verify } = spec;
  const fields = {
    chart,
    version,
    sourceRef: { kind: sourceRef.kind, name: sourceRef.name },
    interval,
    reconcileStrategy,
    valuesFiles: valuesFiles?.length ? valuesFiles : undefined,
    ignoreMissingValuesFiles: spec.ignoreMissingValuesFiles === true ? true : undefined,
    verify,
  };
  return {
    apiVersion: `${sourceGroup}/v1`,
    kind: "HelmChart",
    metadata: {
      name: ref.name,
      namespace: ref.namespace,
      labels: { ...metadata.labels, ...owner },
      ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
    },
    spec: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject,
  };
}

/** Whether the HelmChart in the cluster is as wanted: what it has beside that is others' business. Pure. */
export function isChartInSync(live: KubeObject, wanted: KubeObject): boolean {
  const has = (have: unknown, want: unknown): boolean =>
    Object.entries((want ?? {}) as JsonObject).every(([key, value]) =>
      deepEqual((have as JsonObject | undefined)?.[key], value),
    );
  return (
    has(live.metadata.labels, wanted.metadata.labels) &&
    has(live.metadata.annotations, wanted.metadata.annotations) &&
    deepEqual(settledSpec(live["spec"] as Json), settledSpec(wanted["spec"] as Json))
  );
}

// What the server fills in or leaves out is no difference.
function settledSpec(spec: Json): JsonObject {
  const { version = "*", reconcileStrategy = "ChartVersion", suspend: _, ...rest } = spec as JsonObject;
  return { ...rest, version, reconcileStrategy };
}

/** What becomes of the HelmChart that the status names. */
export function determineChartDisposal(object: HelmRelease, recorded: string | undefined): "Keep" | "Delete" {
  if (!recorded) return "Keep";
  const wanted = ownedChartRef(object);
  const isWanted = wanted !== undefined && recorded === `${wanted.namespace}/${wanted.name}`;
  return isWanted && object.metadata.deletionTimestamp === undefined ? "Keep" : "Delete";
}
