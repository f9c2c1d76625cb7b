import { isObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, list, object, oneOf, required, text, type JsonSchema, type Schema } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { duration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { oidcIdentitiesSchema } from "../structs/verification.ts";
import { createHelmChart } from "./create-helm-chart.ts";
import { sourceGroup } from "./group.ts";
import type {
  HelmChart,
  HelmChartSourceReference,
  HelmChartSpec,
  HelmChartStatus,
  HelmChartVerification,
} from "./helm-chart-types.ts";

const verifySchema: Schema<HelmChartVerification> = object<HelmChartVerification>(
  {
    matchOIDCIdentity: oidcIdentitiesSchema,
    provider: required(oneOf(["cosign", "notation"], { description: "How charts are signed.", default: "cosign" })),
    secretRef: localObjectReference("Secret with the trusted public keys, or with a trust policy and certificates."),
  },
  { description: "Signatures that a chart must have; for charts from a registry." },
);

const specSchema: Schema<HelmChartSpec> = object<HelmChartSpec>(
  {
    chart: required(text({ description: "Name of the chart in its repository, or its path in another source." })),
    ignoreMissingValuesFiles: flag({ description: "Do without values files that are not there." }),
    interval: required(duration("How often the source is looked at.")),
    reconcileStrategy: oneOf(["ChartVersion", "Revision"], {
      description: "Make a new artifact for each version of the chart, or for each revision of the source.",
      default: "ChartVersion",
    }),
    sourceRef: required(
      object<HelmChartSourceReference>(
        {
          apiVersion: text({ description: "API version of the source." }),
          kind: required(oneOf(["HelmRepository", "GitRepository", "Bucket"], { description: "Kind of the source." })),
          name: required(text({ description: "Name of the source, in the same namespace." })),
        },
        { description: "Where the chart comes from." },
      ),
    ),
    suspend: flag({ description: "Stop looking at the source." }),
    valuesFiles: list(text(), {
      description: "Values files to merge into the chart's values, later ones over earlier ones.",
    }),
    verify: verifySchema,
    version: text({
      description: "Version of the chart, or a range of versions; for a HelmRepository.",
      default: "*",
    }),
  },
  {
    description: "Which chart.",
    validations: [
      {
        message: "spec.verify is only supported when spec.sourceRef.kind is 'HelmRepository'",
        rule: "!has(self.verify) || self.sourceRef.kind == 'HelmRepository'",
      },
    ],
  },
);

const statusSchema: Schema<HelmChartStatus> = object<HelmChartStatus>(
  {
    ...reconciledStatusFields,
    artifact: artifact("The last chart that was stored."),
    observedChartName: text({ description: "Name of the last chart that was stored." }),
    observedSourceArtifactRevision: text({ description: "Revision of the source that the chart was made from." }),
    observedValuesFiles: list(text(), { description: "Values files that were merged into the chart." }),
    url: text({ description: "Address of the newest chart that was stored." }),
  },
  { description: "What was stored, and whether that worked.", default: unobservedStatus },
);

// The older versions' single values file would be pruned, in silence, on its way into storage if v1 did not know it.
const legacyFields: Readonly<Record<string, JsonSchema>> = {
  valuesFile: text({ description: "Of the older API versions; use `valuesFiles`." }),
};

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} HelmChart is deprecated, upgrade to v1` } : {}),
    members: {
      spec: { ...specSchema, properties: { ...specSchema.properties, ...legacyFields } },
      status: statusSchema,
    },
    printerColumns: [
      { name: "Chart", type: "string", jsonPath: ".spec.chart" },
      { name: "Version", type: "string", jsonPath: ".spec.version" },
      { name: "Source Kind", type: "string", jsonPath: ".spec.sourceRef.kind" },
      { name: "Source Name", type: "string", jsonPath: ".spec.sourceRef.name" },
      ageColumn,
      readyColumn,
      statusColumn,
    ],
  };
}

/** `valuesFile` takes effect before `valuesFiles`. Source: source-controller api v1beta2 `GetValuesFiles`. */
function upgradeValuesFile(chart: KubeObject): KubeObject {
  const spec = chart["spec"];
  if (!isObject(spec) || typeof spec["valuesFile"] !== "string") return chart;
  const { valuesFile, valuesFiles, ...rest } = spec;
  const files = [...(valuesFile === "" ? [] : [valuesFile]), ...(Array.isArray(valuesFiles) ? valuesFiles : [])];
  chart["spec"] = files.length === 0 ? rest : { ...rest, valuesFiles: files };
  return chart;
}

/**
 * HelmChart. The older versions have the schema of `v1`, and `valuesFile`, which joins `valuesFiles`.
 * Source: source-controller api, flux2.md 1.5 and appendix A.
 */
export const helmChartKind: Kind<HelmChart> = defineKind<HelmChart>({
  group: sourceGroup,
  kind: "HelmChart",
  plural: "helmcharts",
  shortNames: ["hc"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "A Helm chart that is taken from a repository, or packaged from another source, and stored.",
  versions: [version("v1", false), version("v1beta2", true), version("v1beta1", true)],
  olderVersions: ["`valuesFile` joins `valuesFiles`, as the first of them."],
  differences: [
    "A package whose digest is not the one that the index says is refused.",
    "Signatures of `notation` are verified with certificates in PEM; whether a certificate is revoked is not asked (one that names an OCSP server or a revocation list is of unknown status, which `strict` refuses unless it overrides `revocation`), and neither are timestamping authorities (`tsa:`).",
  ],
  finalizer: fluxFinalizer,
  upgrade: upgradeValuesFile,
  cli: {
    path: ["source", "chart"],
    pluralPath: ["sources", "chart"],
    aliases: [],
    humanName: "source chart",
    createName: "HelmChart source",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [
      { header: "Chart", value: (chart) => textAt(chart, "spec", "chart") },
      { header: "Version", value: (chart) => textAt(chart, "spec", "version") },
      {
        header: "Source",
        value: (chart) => `${textAt(chart, "spec", "sourceRef", "kind")}/${textAt(chart, "spec", "sourceRef", "name")}`,
      },
    ],
    reconcilable: true,
    suspendable: true,
    create: createHelmChart,
    successMessage: (chart) => `fetched revision ${textAt(chart, "status", "artifact", "revision")}`,
    sourceOf: (chart) => ({
      kind: textAt(chart, "spec", "sourceRef", "kind"),
      name: textAt(chart, "spec", "sourceRef", "name"),
      namespace: chart.metadata.namespace ?? "",
    }),
  },
});
