import { sha256 } from "@eddy/core/digest";
import { formatImage, type Image } from "@eddy/core/image";
import { usage } from "../command/usage.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import {
  imageOf,
  oneOf,
  outcomeOf,
  parseAuthor,
  parseTarget,
  switchOf,
  type ReleaseTarget,
} from "./release-request.ts";
import type { RawSettings } from "./settings.ts";

/** A workload, or one container of it. */
export type WorkloadTarget = Extract<ReleaseTarget, { kind: "workload" }>;

/** A release by the cluster's API, checked. Neither targets nor selector: everything of the namespace that uses the image. */
export interface ClusterRequest {
  readonly image: Image;
  readonly targets: readonly WorkloadTarget[];
  readonly selector?: string;
  readonly message: string | undefined;
  /** `Name <address>`. */
  readonly user: string;
  /** The controller asks the registry anyway, as the cluster logs in. */
  readonly checksRegistry: boolean;
  readonly isDryRun: boolean;
  readonly waits: boolean;
}

/** Reads what a pipeline asks a cluster for. @throws EddyError USAGE (terminal), OCI_NAME (terminal) */
export function parseClusterRequest(settings: RawSettings, pipeline: PipelineContext): ClusterRequest {
  const one = (name: string): string | undefined => oneOf(settings, name);
  // Overlooked, they would release more than was asked for, or elsewhere.
  for (const name of ["path", "push-branch", "branch"])
    if (one(name) !== undefined)
      throw usage(
        `${name} has no meaning in mode "api": the cluster knows the files of a workload; want target or selector`,
      );
  const selector = one("selector");
  const targets = (settings.values.get("target") ?? []).map(workloadTarget);
  if (selector !== undefined && targets.length > 0) throw usage("target and selector both say what is to run it");
  const user = one("author") ?? pipeline.author ?? "Eddy CI <ci@eddy.sh>";
  parseAuthor(user);
  return {
    image: imageOf(settings),
    targets,
    ...(selector === undefined ? {} : { selector }),
    message: settings.values.get("message")?.[0],
    user: user.trim(),
    checksRegistry: switchOf("check-registry", one("check-registry"), false),
    ...outcomeOf(settings),
  };
}

function workloadTarget(text: string): WorkloadTarget {
  const target = parseTarget(text);
  if (target.kind === "workload") return target;
  throw usage(`target ${JSON.stringify(text)} names a policy: mode "api" wants [namespace:]kind/name[/container]`);
}

/**
 * Name of the Release of a build: the same however often its job is run, another for another image, target or attempt (from 1). Pure.
 */
export function releaseName(
  { image, targets, selector = "", waits }: ClusterRequest,
  { buildUrl, repository, commit }: PipelineContext,
  attempt: number,
): string {
  const what = [buildUrl ?? `${repository ?? ""}@${commit ?? ""}`, formatImage(image), selector, String(waits)];
  const key = sha256(JSON.stringify([...what, ...targets.map(({ text }) => text).toSorted()])).slice(0, 10);
  const last = image.name.slice(image.name.lastIndexOf("/") + 1).replaceAll(/[^a-z0-9]+/g, "-");
  return `ci-${last.slice(0, 40)}-${key}${attempt === 1 ? "" : `-${attempt}`}`;
}
