import type { HelmRelease, HelmReleaseStatus } from "@eddy/api";
import { shortenReleaseName } from "@eddy/runtime/helm";
import { latestOf } from "./history.ts";

/** Where a release is: its name as Helm has it, its namespace, and that of its storage. */
export interface ReleaseTarget {
  name: string;
  namespace: string;
  storageNamespace: string;
}

/** The target that a spec asks for. Source: helm-controller api/v2 `GetReleaseName` and kin. */
export function targetOf({ spec, metadata }: HelmRelease): ReleaseTarget {
  const own = metadata.namespace ?? "";
  const { targetNamespace, storageNamespace = own } = spec;
  const name = spec.releaseName ?? (targetNamespace ? `${targetNamespace}-${metadata.name}` : metadata.name);
  return { name: shortenReleaseName(name), namespace: targetNamespace ?? own, storageNamespace };
}

/** What of a release moved, so that the old one must go before the new one comes. */
export type TargetChange = "storage namespace" | "release namespace" | "release name" | "chart name";

/** What moved since the last release; undefined when nothing did. Source: helm-controller action/verify.go. */
export function determineTargetChange(
  object: HelmRelease,
  status: HelmReleaseStatus,
  chartName: string,
): TargetChange | undefined {
  const seen = latestOf(status.history);
  if (!status.storageNamespace || !seen) return undefined;
  const target = targetOf(object);
  if (target.storageNamespace !== status.storageNamespace) return "storage namespace";
  if (target.namespace !== seen.namespace) return "release namespace";
  if (target.name !== seen.name) return "release name";
  return chartName === seen.chartName ? undefined : "chart name";
}

/** Whether the old release is uninstalled because of it. */
export function mustReinstall(change: TargetChange, { spec }: HelmRelease): boolean {
  return change !== "chart name" || (spec.upgrade?.chartNameChangeStrategy ?? "Reinstall") === "Reinstall";
}
