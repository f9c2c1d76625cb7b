import type { Release, WorkloadRelease } from "@eddy/api";
import { parseImage } from "@eddy/core/image";
import type { AwaitedVotes } from "@eddy/release-controller";
import { displayId, headingOf, type Era, type Noun } from "./era.ts";
import { formatTabTable } from "./tab-table.ts";

/** How much of a result is shown: 0 hides skipped and ignored workloads, 1 shows skipped, 2 both. */
export type Verbosity = number;

/**
 * The table of a result. Header cells have a blank more, as the original's. Source: fluxcd/flux pkg/update/print.go;
 * spec/flux1-keel-flagger.md 1.4.3.
 */
export function formatResult(workloads: readonly WorkloadRelease[], noun: Noun, verbosity: Verbosity): string {
  const rows = workloads.filter(({ status }) => isShown(status, verbosity)).flatMap(rowsOf);
  return formatTabTable([[`${headingOf(noun)} `, "STATUS ", "UPDATES"], ...rows]);
}

function isShown(status: WorkloadRelease["status"], verbosity: Verbosity): boolean {
  return (status !== "ignored" || verbosity >= 2) && (status !== "skipped" || verbosity >= 1);
}

function rowsOf({ id, status, reason, containers = [] }: WorkloadRelease): string[][] {
  const updates = containers.map(({ container, current, target }) => `${container}: ${current} -> ${newPart(target)}`);
  const lines = [...(reason === undefined ? [] : [reason]), ...updates];
  return [[id, status, lines[0] ?? ""], ...lines.slice(1).map((line) => ["", "", line])];
}

/** Right of the arrow stands the tag alone. */
function newPart(image: string): string {
  const { tag, digest } = parseImage(image);
  return [tag, digest].filter((part) => part !== undefined).join("@");
}

/** The commits of a release, as `main@sha1:…` or by seven digits. */
export function commitsOf({ status }: Release): string[] {
  return (status?.commits ?? []).map(({ revision }) => revision.slice(revision.lastIndexOf(":") + 1));
}

/** `Commit pushed: …`, as each era words it; nothing without a commit. */
export function pushedLines(release: Release, era: Era): string {
  const separator = era === "1.0" ? " " : "\t";
  return commitsOf(release)
    .map((commit) => `Commit pushed:${separator}${commit.slice(0, 7)}\n`)
    .join("");
}

/** `Commit applied: …`. */
export function appliedLines(release: Release, era: Era): string {
  return commitsOf(release)
    .map((commit) => (era === "1.0" ? `Applied ${commit}\n` : `Commit applied:\t${commit.slice(0, 7)}\n`))
    .join("");
}

/** What a release waits for, and what to do about it. */
export function votesLine({ approval, tally }: AwaitedVotes, { metadata }: Release): string {
  return `Waiting for votes: ${tally}; vote with \`eddy approve ${approval} -n ${metadata.namespace ?? ""}\`\n`;
}

/** The log of a 0.x job. Source: weaveworks/flux 0.1 docs; spec/flux1-keel-flagger.md 1.4.1. */
export function formatJobLog(release: Release): string {
  const { status } = release;
  const heading =
    status?.phase === "Failed"
      ? "Here's as far as we got:"
      : release.spec.dryRun
        ? "Here's the plan:"
        : "Here's what happened:";
  const lines = jobLog(release).map((line, index) => ` ${index + 1}) ${line}\n`);
  const took = release.spec.dryRun ? "" : `Took ${secondsOf(release)}s\n`;
  return `Status: ${status?.phase === "Failed" ? "Failed." : "Complete."}\n\n${heading}\n${lines.join("")}${took}`;
}

function secondsOf({ status }: Release): number {
  const ms = Date.parse(status?.completionTime ?? "") - Date.parse(status?.startTime ?? "");
  return Number.isFinite(ms) ? ms / 1000 : 0;
}

function jobLog({ spec, status }: Release): string[] {
  const service = (id: string): string => displayId(id, "0.x");
  const workloads = status?.workloads ?? [];
  const changed = workloads.filter((workload) => workload.status === "success");
  const asked = spec.all
    ? "all services"
    : (spec.workloads ?? []).map((id) => service(whole(id, workloads))).join(", ");
  const begun = [
    "Submitted job.",
    "Calculating release actions.",
    `Release ${spec.image ?? "latest images"} to ${asked}`,
  ];
  const refused = workloads.flatMap(({ id, status: what, reason = "" }) => {
    if (what !== "skipped" && what !== "failed") return [];
    if (reason === "image(s) up to date") return [];
    return reason.startsWith("not found in repository")
      ? [`no resource definition file found for ${service(id)}; skipping`]
      : [`Service ${service(id)}: ${reason}; skipping.`];
  });
  if (changed.length === 0) {
    const isCurrent = workloads.some(({ reason }) => reason === "image(s) up to date");
    const end = isCurrent
      ? "All selected services are running the requested images. Nothing to do."
      : "No selected services found. Nothing to do.";
    return [...begun, ...refused, end];
  }
  const updates = changed.flatMap(({ id, containers = [] }) => [
    `Update ${containers.length} images(s) in the resource definition file for ${service(id)}: ${containers.map(({ container, current, target }) => `${container} (${current} -> ${target})`).join(", ")}.`,
    "Update pod controller OK.",
  ]);
  const edits = [
    ...begun,
    ...refused,
    "Clone the config repo.",
    "Clone OK.",
    ...updates,
    "Commit and push the config repo.",
  ];
  if (spec.dryRun || (status?.commits ?? []).length === 0) return edits;
  const pushed = (status?.commits ?? []).map(
    ({ message }) => `Pushed commit: ${jobMessage(message, spec.image, asked)}`,
  );
  return [
    ...edits,
    ...pushed,
    `Release ${changed.length} service(s): ${changed.map(({ id }) => service(id)).join(", ")}.`,
  ];
}

/** The commit names workloads as Git has them; the era had services. */
function jobMessage(message: string, image: string | undefined, asked: string): string {
  return message.startsWith("Release ")
    ? `Release ${image ?? "latest images"} to ${asked}`
    : (message.split("\n")[0] ?? "");
}

function whole(id: string, workloads: readonly WorkloadRelease[]): string {
  return id.includes(":") ? id : (workloads.find((workload) => workload.id.endsWith(`:${id}`))?.id ?? `default:${id}`);
}
