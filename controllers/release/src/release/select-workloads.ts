import type { ReleaseSpec, WorkloadRelease } from "@eddy/api";
import { canonicalNameOf, parseImage } from "@eddy/core/image";
import type { GitOrigin, Origin } from "@eddy/runtime/source-write";
import { formatWorkloadId, parseWorkloadId } from "../workload/workload-id.ts";
import { sortWorkloads, type Workload } from "../workload/workload.ts";

/** A workload, and where it comes from. */
export interface OriginatedWorkload extends Workload {
  readonly origin: Origin;
}

/** A workload that may be changed. */
export interface Candidate extends Workload {
  readonly origin: GitOrigin;
}

/** Who is considered, and why the others are not. */
export interface WorkloadSelection {
  readonly candidates: readonly Candidate[];
  readonly refused: readonly WorkloadRelease[];
}

/**
 * Which workloads a release is about: asked for, not excluded, of Git, using the image, not locked, not ignored; judged in this
 * order. Source: fluxcd/flux pkg/update; spec/flux1-keel-flagger.md 1.4. Pure.
 * @throws EddyError WORKLOAD_ID (terminal).
 */
export function selectWorkloads(
  spec: ReleaseSpec,
  namespace: string,
  workloads: readonly OriginatedWorkload[],
): WorkloadSelection {
  const idOf = (text: string): string => formatWorkloadId(parseWorkloadId(text, namespace));
  const asked = new Set(
    [...(spec.workloads ?? []), ...(spec.containers ?? []).map(({ workload }) => workload)].map(idOf),
  );
  const excluded = new Set((spec.exclude ?? []).map(idOf));
  const candidates: Candidate[] = [];
  const refused: WorkloadRelease[] = [];
  for (const workload of workloads) {
    const { id, origin } = workload;
    const isNamed = asked.has(id);
    const verdict = judge(workload, spec, {
      isAsked: isNamed || spec.all === true,
      isNamed,
      isExcluded: excluded.has(id),
    });
    if (verdict !== undefined) refused.push({ id, ...verdict });
    else if (origin.form === "git") candidates.push({ ...workload, origin });
  }
  const known = new Set(workloads.map(({ id }) => id));
  for (const id of asked) if (!known.has(id)) refused.push({ id, ...absent(id, namespace) });
  return { candidates: sortWorkloads(candidates), refused: sortWorkloads(refused) };
}

type Verdict = Pick<WorkloadRelease, "status" | "reason">;

function absent(id: string, namespace: string): Verdict {
  const isElsewhere = !id.startsWith(`${namespace}:`);
  const why = isElsewhere ? `: a Release changes workloads of its own namespace, ${namespace}` : "";
  return { status: "skipped", reason: `not found in repository${why}` };
}

interface Asked {
  readonly isAsked: boolean;
  readonly isNamed: boolean;
  readonly isExcluded: boolean;
}

function judge(
  workload: OriginatedWorkload,
  spec: ReleaseSpec,
  { isAsked, isNamed, isExcluded }: Asked,
): Verdict | undefined {
  if (!isAsked) return { status: "ignored", reason: "not included" };
  if (isExcluded) return { status: "ignored", reason: "excluded" };
  const missing = notInRepository(workload);
  if (missing !== undefined) return { status: isNamed ? "skipped" : "ignored", reason: missing };
  if (spec.image !== undefined && !usesImage(workload, spec.image))
    return { status: "ignored", reason: "a different image" };
  if (spec.policies) return undefined;
  return held(workload, isNamed && spec.force === true);
}

function notInRepository({ origin, antecedent }: OriginatedWorkload): string | undefined {
  if (antecedent !== undefined) return `not found in repository: it is rendered by ${antecedent}, release that`;
  if (origin.form === "cluster") return "not found in repository: nothing applied it from Git";
  return origin.form === "unwritable" ? `not found in repository: it ${origin.reason}` : undefined;
}

/** Locks and ignore give way only to who names the workload and forces. */
function held({ policies }: Workload, isForced: boolean): Verdict | undefined {
  if (isForced) return undefined;
  const { locked, lockedBy, lockedMessage, ignored } = policies.fluxV1;
  if (locked) {
    const by = lockedBy === undefined ? "" : ` by ${lockedBy}`;
    return { status: "skipped", reason: `locked${by}${lockedMessage === undefined ? "" : `: ${lockedMessage}`}` };
  }
  return ignored === "all" ? { status: "skipped", reason: "ignore" } : undefined;
}

/** Whether a container has an image of this name. */
export function usesImage({ containers }: Pick<Workload, "containers">, image: string): boolean {
  return containers.some((container) => sameRepository(container.image, image));
}

/** Whether two images are of one repository, however they are spelled. What cannot be read is of none. */
export function sameRepository(left: string, right: string): boolean {
  try {
    return canonicalNameOf(parseImage(left).name) === canonicalNameOf(parseImage(right).name);
  } catch {
    return false;
  }
}
