import type { Release } from "@eddy/runtime/helm";

/** `name-version` of a release's chart. */
export function formatChart({ chart }: Release): string {
  return chart.metadata ? `${chart.metadata.name ?? ""}-${chart.metadata.version ?? ""}` : "MISSING";
}

/** `appVersion` of a release's chart. */
export function formatAppVersion({ chart }: Release): string {
  return chart.metadata ? (chart.metadata.appVersion ?? "") : "MISSING";
}
