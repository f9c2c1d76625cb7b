import { describe, flag, list, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { commonMetadataSchema } from "../structs/kustomize.ts";
import { localObjectReference } from "../structs/references.ts";
import type { HelmChartReference, HelmChartTemplate, HelmChartTemplateSpec } from "./helm-release-types.ts";

const sourceRefSchema: Schema<HelmChartTemplateSpec["sourceRef"]> = object<HelmChartTemplateSpec["sourceRef"]>(
  {
    apiVersion: text({ description: "API version of the source." }),
    kind: required(oneOf(["HelmRepository", "GitRepository", "Bucket"], { description: "Kind of the source." })),
    name: required(text({ description: "Name of the source.", minLength: 1, maxLength: 253 })),
    namespace: text({
      description: "Namespace of the source; the own one unless given.",
      minLength: 1,
      maxLength: 63,
    }),
  },
  { description: "The source that has the chart." },
);

const verifySchema: Schema<NonNullable<HelmChartTemplateSpec["verify"]>> = object<
  NonNullable<HelmChartTemplateSpec["verify"]>
>(
  {
    provider: required(oneOf(["cosign", "notation"], { description: "How the chart is signed.", default: "cosign" })),
    secretRef: localObjectReference("Secret with the public keys, in the HelmChart's namespace."),
  },
  { description: "How the signature of a chart in a registry is verified." },
);

/** Schema of {@link HelmChartTemplate}. */
export const chartTemplateSchema: Schema<HelmChartTemplate> = object<HelmChartTemplate>(
  {
    metadata: describe(commonMetadataSchema, "Labels and annotations of the HelmChart."),
    spec: required(
      object<HelmChartTemplateSpec>(
        {
          chart: required(
            text({ description: "Name in a repository, or path in a source.", minLength: 1, maxLength: 2048 }),
          ),
          ignoreMissingValuesFiles: flag({ description: "Leave out values files that are not there." }),
          interval: duration("How often to look for a new version; the interval of the HelmRelease unless given."),
          reconcileStrategy: oneOf(["ChartVersion", "Revision"], {
            description: "What makes a chart from Git or a bucket a new one: its version, or any new revision.",
            default: "ChartVersion",
          }),
          sourceRef: required(sourceRefSchema),
          valuesFiles: list(text(), {
            description: "Values files of the source, merged left to right, instead of the chart's values.yaml.",
          }),
          verify: verifySchema,
          version: text({ description: "Semver range of the version; not for Git and buckets.", default: "*" }),
        },
        { description: "What the HelmChart asks for." },
      ),
    ),
  },
  { description: "The HelmChart that is made for this release." },
);

/** Schema of {@link HelmChartReference}. */
export const chartRefSchema: Schema<HelmChartReference> = object<HelmChartReference>(
  {
    apiVersion: text({ description: "API version of the source." }),
    kind: required(oneOf(["OCIRepository", "HelmChart", "ExternalArtifact"], { description: "Kind of the source." })),
    name: required(text({ description: "Name of the source.", minLength: 1, maxLength: 253 })),
    namespace: text({
      description: "Namespace of the source; the own one unless given.",
      minLength: 1,
      maxLength: 63,
    }),
  },
  { description: "An object whose artifact is the chart." },
);
