import { sourceReasons } from "@eddy/api";

/** What a chart comes to. */
export interface ChartBuild {
  readonly name: string;
  readonly version: string;
  /** Values files that were merged, in their order. */
  readonly valuesFiles: readonly string[];
  /** Dependencies that had to be fetched. */
  readonly resolvedDependencies: number;
  /** Made anew, not taken as it is. */
  readonly packaged: boolean;
  readonly verified: boolean;
  /** The `.tgz`; undefined: the stored artifact is it. */
  readonly bytes: Uint8Array | undefined;
}

/** `pulled 'web' chart with version '1.0.0' and merged values files [a b]`. Source: source-controller `Build.Summary`. */
export function summaryOf({ packaged, name, version, valuesFiles }: ChartBuild): string {
  const files = valuesFiles.length === 0 ? "" : ` and merged values files [${valuesFiles.join(" ")}]`;
  return `${packaged ? "packaged" : "pulled"} '${name}' chart with version '${version}'${files}`;
}

/** The reason of conditions and events. */
export function reasonOf({ packaged }: ChartBuild): string {
  return packaged ? sourceReasons.chartPackageSucceeded : sourceReasons.chartPullSucceeded;
}
