import type { ContainerRelease, Release, ReleaseSpec } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { CommandContext } from "../command/context.ts";
import { chooseUpdates } from "./choose-updates.ts";
import type { Era, Noun } from "./era.ts";
import {
  appliedLines,
  commitsOf,
  formatJobLog,
  formatResult,
  pushedLines,
  votesLine,
  type Verbosity,
} from "./format-release.ts";
import { monitorRollout } from "./monitor-rollout.ts";
import { failureOf, submitRelease, type ReleaseFollower } from "./submit-release.ts";

/** How a release is told. */
export interface ReleaseStyle {
  readonly noun: Noun;
  readonly era: Era;
  readonly verbosity: Verbosity;
  /** Of the Release; one of this name that is there is followed. */
  readonly name?: string;
  /** Told of the Release once it is over, before a failure is thrown. */
  readonly onEnded?: (release: Release) => void;
}

/** Submits a release and prints its transcript, as the era did. @throws EddyError RELEASE_FAILED */
export async function runRelease(
  namespace: string,
  spec: ReleaseSpec,
  style: ReleaseStyle,
  context: CommandContext,
): Promise<void> {
  if (style.era === "0.x" && !spec.policies) return runJob(namespace, spec, context);
  const tell = (text: string): void => void context.io.stderr.write(text);
  const { noun, era } = style;
  if (!spec.policies) tell(submitting(spec));
  const rollout = new AbortController();
  let monitoring: Promise<void> = Promise.resolve();
  const follower: ReleaseFollower = {
    onVotesAwaited: (votes, waiting) => tell(votesLine(votes, waiting)),
    onPushed: (pushed) =>
      tell(commitsOf(pushed).length > 0 || spec.dryRun ? pushedLines(pushed, era) : "Nothing to do\n"),
    onRollout(applied) {
      tell(`${appliedLines(applied, era)}Monitoring rollout ...\n`);
      const ids = (applied.status?.workloads ?? []).filter(({ status }) => status === "success").map(({ id }) => id);
      const options = { noun, isVerbose: style.verbosity > 0, signal: rollout.signal };
      monitoring = monitorRollout(namespace, ids, options, context);
    },
  };
  const release = await submitRelease(namespace, spec, context, follower, style.name);
  style.onEnded?.(release);
  const failure = failureOf(release);
  if (failure) rollout.abort();
  await monitoring;
  const isDone = commitsOf(release).length > 0;
  if (spec.wait && isDone && !failure) tell("All workloads ready.\n");
  else if (isDone && !failure && !spec.policies) tell(appliedLines(release, era));
  // Why nothing was done is what a person asks next.
  const verbosity = isDone || spec.dryRun ? style.verbosity : Math.max(1, style.verbosity);
  context.print(formatResult(release.status?.workloads ?? [], noun, verbosity));
  if (failure) throw failure;
}

function submitting({ dryRun, containers }: ReleaseSpec): string {
  if (dryRun) return "Submitting dry-run release ...\n";
  return containers ? "Submitting selected release ...\n" : "Submitting release ...\n";
}

/** A job of 0.x. */
async function runJob(namespace: string, spec: ReleaseSpec, context: CommandContext): Promise<void> {
  context.print(spec.dryRun ? "Submitting dry-run release job...\n" : "Submitting release job...\n");
  const release = await submitRelease(namespace, spec, context, {
    onCreated: ({ metadata }) => context.print(`Release job submitted, ID ${metadata.uid ?? metadata.name}\n`),
    onVotesAwaited: (votes, waiting) => context.print(votesLine(votes, waiting)),
  });
  context.print(formatJobLog(release));
  const failure = failureOf(release);
  if (failure) throw failure;
}

/** Lets the person choose among what a release would do, and submits what was chosen. */
export async function runInteractive(
  namespace: string,
  spec: ReleaseSpec,
  style: ReleaseStyle,
  context: CommandContext,
): Promise<void> {
  context.io.stderr.write(submitting({ ...spec, dryRun: true }));
  const { dryRun: _, ...rest } = spec;
  const planned = await submitRelease(namespace, { ...rest, dryRun: true }, context);
  const updates = updatesOf(planned);
  if (updates.length === 0) return void context.io.stderr.write("No changes found.\n");
  const labels = updates.map(
    ({ workload, container, current, target }) => `${workload} ${container}: ${current} -> ${target}`,
  );
  const chosen = await chooseUpdates(labels, context.io.stdin, (text) => void context.io.stderr.write(text));
  if (chosen === undefined) throw new EddyError("ABORTED", "Aborted.", { class: "terminal" });
  if (chosen.length === 0) return void context.io.stderr.write("No changes found.\n");
  const containers = chosen.flatMap((at) => updates[at] ?? []);
  const { image: _image, updateAllImages: _all, workloads: _named, all: _every, exclude: _excluded, ...kept } = rest;
  await runRelease(namespace, { ...kept, containers }, style, context);
}

function updatesOf({ status }: Release): ContainerRelease[] {
  return (status?.workloads ?? []).flatMap(({ id, status: what, containers = [] }) =>
    what === "success"
      ? containers.map(({ container, current, target }) => ({ workload: id, container, current, target }))
      : [],
  );
}
