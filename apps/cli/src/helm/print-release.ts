import type { Json } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { coalesceValues } from "@eddy/helm";
import { formatReleaseJson, restoreChart, type Release, type ReleaseHook } from "@eddy/runtime/helm";
import { formatAnsic } from "./go-dates.ts";
import { formatData, type HelmFormat } from "./print-values.ts";

/** How a release is printed. */
export interface PrintReleaseOptions {
  format: HelmFormat;
  hideNotes?: boolean;
  /** Values, hooks and manifest too: `get all`. */
  whole?: boolean;
  /** The text below `RESOURCES:`, and the objects for other formats. */
  resources?: { text: string; objects: Json };
}

/** A release, the chart of which may have been left out. */
export type PrintedRelease = Omit<Release, "chart"> & Partial<Pick<Release, "chart">>;

/** A release as `helm install`, `status` and `get all` print it. Source: Helm `pkg/cmd/status.go`. */
export function formatRelease(release: PrintedRelease, options: PrintReleaseOptions): string {
  const { format, resources } = options;
  if (format === "table") return formatText(release, options);
  const info = resources ? { ...release.info, resources: resources.objects } : release.info;
  return formatData(format, null, formatReleaseJson({ ...release, info } as Partial<Release>));
}

function formatText(
  release: PrintedRelease,
  { hideNotes = false, whole = false, resources }: PrintReleaseOptions,
): string {
  const { info, chart } = release;
  const isDryRun = (info.description ?? "").toLowerCase() === "dry run complete";
  return [
    `NAME: ${release.name}\n`,
    info.last_deployed ? `LAST DEPLOYED: ${formatAnsic(info.last_deployed)}\n` : "",
    `NAMESPACE: ${release.namespace}\nSTATUS: ${info.status}\nREVISION: ${release.version}\n`,
    whole
      ? `CHART: ${chart?.metadata?.name ?? ""}\nVERSION: ${chart?.metadata?.version ?? ""}\nAPP_VERSION: ${chart?.metadata?.appVersion ?? ""}\n`
      : "",
    `DESCRIPTION: ${info.description ?? ""}\n`,
    resources && resources.text !== "" ? `RESOURCES:\n${resources.text}\n` : "",
    formatTests(release.hooks ?? []),
    whole ? formatAllValues(release) : "",
    isDryRun || whole ? `HOOKS:\n${formatHooks(release)}MANIFEST:\n${release.manifest ?? ""}\n` : "",
    !hideNotes && info.notes ? `NOTES:\n${info.notes.trim()}\n` : "",
  ].join("");
}

function formatTests(hooks: readonly ReleaseHook[]): string {
  const tests = hooks.filter(({ events }) => events?.includes("test"));
  if (tests.length === 0) return "TEST SUITE: None\n";
  return tests
    .filter(({ last_run }) => last_run.started_at)
    .map(({ name = "", last_run }) => {
      const started = formatAnsic(last_run.started_at);
      const completed = last_run.completed_at ? formatAnsic(last_run.completed_at) : "Mon Jan  1 00:00:00 0001";
      return (
        `TEST SUITE:     ${name}\nLast Started:   ${started}\nLast Completed: ${completed}\n` +
        `Phase:          ${last_run.phase}\n`
      );
    })
    .join("");
}

/** Hooks, one document each. */
export function formatHooks({ hooks = [] }: PrintedRelease): string {
  return hooks.map(({ path = "", manifest = "" }) => `---\n# Source: ${path}\n${manifest}\n`).join("");
}

function formatAllValues(release: PrintedRelease): string {
  const computed = dump(computedValues(release));
  return `USER-SUPPLIED VALUES:\n${dump(release.config ?? null)}\nCOMPUTED VALUES:\n${computed}\n`;
}

/** The user's values over the chart's. */
export function computedValues({ chart, config = {} }: PrintedRelease): Json {
  return chart ? coalesceValues(restoreChart(chart), config) : config;
}
