import type { KubeVersion } from "./render/options.ts";

/** Whose behaviour is followed: Helm 3.22's or Helm 4.3's. */
export type HelmDialect = "helm3" | "helm4";

/** `.Capabilities.HelmVersion`. */
export interface HelmVersion {
  readonly version: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly goVersion: string;
  /** Helm 4 only. */
  readonly kubeClientVersion?: string;
}

/** Everything in which the two differ. */
export interface DialectRules {
  readonly version: HelmVersion;
  readonly kubeVersion: KubeVersion;
  /** Between two documents of one template. */
  readonly documentSeparator: RegExp;
  /** Trim the end of each document too, and not only its beginning. */
  readonly trimDocumentEnd: boolean;
  /** Kinds that Helm 4 alone installs after all others it knows. */
  readonly lateKinds: readonly string[];
  /** values.yaml may be several documents, which are merged. */
  readonly manyValuesDocuments: boolean;
  /** Nulls of a chart's own values.yaml do not reach the templates. */
  readonly cleanChartNulls: boolean;
  /** Each alias of a sub-chart has dependencies of its own. */
  readonly copyAliasedDependencies: boolean;
  /** `.Chart` is a map, where an unknown field is empty; in 3 it is a struct. */
  readonly chartIsMap: boolean;
  /** A failed template is told over several lines, with the chain of templates. */
  readonly chainErrors: boolean;
  /** `--kube-version` keeps what stands behind the numbers. */
  readonly keepKubeSuffix: boolean;
  /** Go's name of the type of `.Values`. */
  readonly valuesType: string;
  /** Go's package of the types that Chart.yaml is read into. */
  readonly chartPackage: "chart" | "v2";
  /** Go's package of the type that a manifest's head is read into. */
  readonly manifestPackage: string;
  /** A post-renderer is given hooks too, and its output is sorted again. */
  readonly postRenderBeforeSort: boolean;
}

/** The differences, as data. Source: Helm 3.22.0 and 4.3.1. */
export const dialectRules: Readonly<Record<HelmDialect, DialectRules>> = {
  helm3: {
    version: { version: "v3.22.0", gitCommit: "", gitTreeState: "", goVersion: "go1.26.8" },
    kubeVersion: { version: "v1.37.0", major: "1", minor: "37" },
    documentSeparator: /(?:^|(?<![\t\n\f\r ])[\t\n\f\r ]*\n)---[\t\n\f\r ]*/g,
    trimDocumentEnd: true,
    lateKinds: [],
    manyValuesDocuments: false,
    cleanChartNulls: false,
    copyAliasedDependencies: false,
    chartIsMap: false,
    chainErrors: false,
    keepKubeSuffix: false,
    valuesType: "chartutil.Values",
    chartPackage: "chart",
    manifestPackage: "releaseutil",
    postRenderBeforeSort: false,
  },
  helm4: {
    version: {
      version: "v4.3.1",
      gitCommit: "",
      gitTreeState: "",
      goVersion: "go1.26.8",
      kubeClientVersion: "v1.37",
    },
    kubeVersion: { version: "v1.37.0", normalized: "v1.37.0", major: "1", minor: "37" },
    documentSeparator: /^---[ \t]*/gm,
    trimDocumentEnd: false,
    lateKinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    manyValuesDocuments: true,
    cleanChartNulls: true,
    copyAliasedDependencies: true,
    chartIsMap: true,
    chainErrors: true,
    keepKubeSuffix: true,
    valuesType: "common.Values",
    chartPackage: "v2",
    manifestPackage: "util",
    postRenderBeforeSort: true,
  },
};
