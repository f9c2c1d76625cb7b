import { valueAt, type KubeObject } from "@eddy/core/object";
import { forceAtAnnotation, resetAtAnnotation } from "../annotations.ts";
import { messageCliColumn, readyCliColumn, suspendedCliColumn, shortenRevisions, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindInventory, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import type { ResourceRef } from "../structs/inventory.ts";
import { createHelmRelease } from "./create-helm-release.ts";
import { helmGroup } from "./group.ts";
import { helmReleaseSpecSchema, helmReleaseStatusSchema } from "./helm-release-schema.ts";
import type { HelmRelease } from "./helm-release-types.ts";
import { releaseRevisionOf } from "./release-revision.ts";
import { upgradeLegacyHelmFields, withLegacyHelmFields } from "./legacy-helm-fields.ts";

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} HelmRelease is deprecated, upgrade to v2` } : {}),
    members: { spec: withLegacyHelmFields(helmReleaseSpecSchema), status: helmReleaseStatusSchema },
    printerColumns: [ageColumn, readyColumn, statusColumn],
  };
}

/** Kind, name and namespace of the object whose artifact is the chart: the `chartRef`, or the HelmChart that is made. */
export function helmChartSourceOf(object: KubeObject): { kind: string; name: string; namespace: string } | undefined {
  const own = object.metadata.namespace ?? "";
  if (valueAt(object, "spec", "chartRef") !== undefined) {
    const [kind, name, namespace] = ["kind", "name", "namespace"].map((key) => textAt(object, "spec", "chartRef", key));
    return { kind: kind ?? "", name: name ?? "", namespace: namespace || own };
  }
  if (valueAt(object, "spec", "chart") === undefined) return undefined;
  const namespace = textAt(object, "spec", "chart", "spec", "sourceRef", "namespace") || own;
  return { kind: "HelmChart", name: `${own}-${object.metadata.name}`, namespace };
}

// Lists show what a person wrote, not the HelmChart that is made of it.
function listedSourceOf(object: KubeObject): { kind: string; name: string; namespace: string } | undefined {
  const chart = ["spec", "chart", "spec", "sourceRef"];
  if (valueAt(object, ...chart) === undefined) return helmChartSourceOf(object);
  return {
    kind: textAt(object, ...chart, "kind"),
    name: textAt(object, ...chart, "name"),
    namespace: textAt(object, ...chart, "namespace") || (object.metadata.namespace ?? ""),
  };
}

function inventoryOf(object: KubeObject): KindInventory {
  const entries = (valueAt(object, "status", "inventory", "entries") ?? []) as ResourceRef[];
  return { entries, isRemote: valueAt(object, "spec", "kubeConfig") !== undefined };
}

/**
 * HelmRelease. The older versions have the schema of `v2`, which keeps their fields.
 * Source: helm-controller api, flux2.md 1.9 and appendix A.
 */
export const helmReleaseKind: Kind<HelmRelease> = defineKind<HelmRelease>({
  group: helmGroup,
  kind: "HelmRelease",
  plural: "helmreleases",
  shortNames: ["hr"],
  categories: ["all", "fluxcd", "fluxcd-appliers"],
  scope: "Namespaced",
  description: "A chart that is installed as a Helm release, upgraded, tested, and put right when that fails.",
  versions: [version("v2", false), version("v2beta2", true), version("v2beta1", true)],
  olderVersions: [
    "`spec.chart.spec.valuesFile` joins `valuesFiles`, as the first of them.",
    "`patchesStrategicMerge` and `patchesJson6902` of post-renderers join `patches`.",
  ],
  differences: [
    "Drift is put back when it happens, not at the next interval.",
    "A release that another process left pending is unlocked and goes on.",
    "`dependsOn` may name Kustomizations, and with `apiVersion` and `kind` any object: it is read as the account of the HelmRelease, is ready by kstatus or by `readyExpr`, and starts a pass when it changes. Such a dependency obeys `--no-cross-namespace-refs`.",
    "What is no expression is told in the words of another parser; what Helm logs while it works is not added to the event of a failure.",
    "A hook of a rollback that fails leaves the revision failed, not pending.",
  ],
  finalizer: fluxFinalizer,
  upgrade: upgradeLegacyHelmFields,
  cli: {
    path: ["helmrelease"],
    pluralPath: ["helmreleases"],
    aliases: ["hr"],
    humanName: "helmrelease",
    createName: "HelmRelease",
    columns: [
      { header: "Revision", value: (object) => shortenRevisions(releaseRevisionOf(object)) },
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [],
    reconcilable: true,
    suspendable: true,
    create: createHelmRelease,
    inventoryOf,
    successMessage: (object: KubeObject) => `applied revision ${releaseRevisionOf(object)}`,
    sourceOf: helmChartSourceOf,
    listedSourceOf,
    requests: {
      force: {
        annotation: forceAtAnnotation,
        description: "force a one-off install or upgrade of the HelmRelease resource",
      },
      reset: { annotation: resetAtAnnotation, description: "reset the failure count for this HelmRelease resource" },
    },
  },
});
