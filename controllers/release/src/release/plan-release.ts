import type { Release, WorkloadRelease } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { parseImage } from "@eddy/core/image";
import { sortWorkloads } from "../workload/workload.ts";
import { listWorkloads } from "../workload/list-workloads.ts";
import { resolveOrigin, reviewRefusal, planSourceChange, writeSource, type Origin } from "@eddy/runtime/source-write";
import type { ApprovalRequirement } from "@eddy/runtime/approval";
import { askRegistries } from "./ask-registries.ts";
import { planImages } from "./plan-images.ts";
import { planPolicies } from "./plan-policies.ts";
import { rememberingReads } from "./remembering-reads.ts";
import { repositoryKeyOf, kustomizationKeyOf } from "./origin-keys.ts";
import type { ReleasePorts } from "./ports.ts";
import { votesRequired } from "./release-votes.ts";
import { selectWorkloads, type Candidate, type OriginatedWorkload } from "./select-workloads.ts";
import { wantedFolders, withRefusals, type PlannedWorkload } from "./wanted-changes.ts";

/** What is to be done, and who has to be asked before. */
export interface ReleasePlan {
  /** Sorted by id. */
  readonly workloads: WorkloadRelease[];
  readonly votes: ApprovalRequirement;
}

/**
 * What becomes of each workload: read in the cluster, asked of the registries, and tried on the files as they are in Git. Changes
 * nothing anywhere.
 * @throws KubeApiError, GitError, EddyError BUILD_FAILED, WORKLOAD_ID, OCI_NAME, INVALID_APPROVAL, NO_REVIEW (terminal)
 */
export async function planRelease(release: Release, ports: ReleasePorts, signal: AbortSignal): Promise<ReleasePlan> {
  const { metadata, spec } = release;
  const namespace = metadata.namespace ?? "";
  const refusal = reviewRefusal(metadata);
  if (refusal !== undefined) throw new EddyError("NO_REVIEW", refusal, { class: "terminal" });
  if (spec.image !== undefined) parseImage(spec.image);
  const workloads = await originatedWorkloads(namespace, ports);
  const { candidates, refused } = selectWorkloads(spec, namespace, workloads);
  const planned = spec.policies
    ? candidates.map((candidate) => planPolicies(spec.policies ?? {}, candidate))
    : await planOfImages({ metadata, spec }, candidates, ports, signal);
  const changing = pairs(candidates, planned);
  const tried = await tryInGit({ metadata, spec }, changing, ports, signal);
  const others = planned.filter(({ status }) => status !== "success");
  const changed = new Set(tried.filter(({ status }) => status === "success").map(({ id }) => id));
  const votes = votesRequired(
    release,
    candidates.filter(({ id }) => changed.has(id)),
  );
  return { workloads: sortWorkloads([...refused, ...others, ...tried]), votes };
}

async function originatedWorkloads(namespace: string, ports: ReleasePorts): Promise<OriginatedWorkload[]> {
  const kube = rememberingReads(ports.kube);
  const workloads = await listWorkloads(ports.kube, namespace);
  return Promise.all(
    workloads.map(async (workload) => ({
      ...workload,
      origin: allowed(await resolveOrigin(workload.object, kube), ports),
    })),
  );
}

/** Under lockdown a Kustomization does not reach into other namespaces, and neither does a release by it. */
function allowed(origin: Origin, { noCrossNamespaceRefs }: ReleasePorts): Origin {
  if (origin.form !== "git" || !noCrossNamespaceRefs) return origin;
  if (origin.kustomization.metadata.namespace === origin.repository.metadata.namespace) return origin;
  return { form: "unwritable", reason: "comes from another namespace: cross-namespace references have been blocked" };
}

async function planOfImages(
  { metadata, spec }: Pick<Release, "metadata" | "spec">,
  candidates: readonly Candidate[],
  { registry }: ReleasePorts,
  signal: AbortSignal,
): Promise<WorkloadRelease[]> {
  const answers = await askRegistries(spec, candidates, registry, signal);
  return candidates.map((candidate) => planImages(spec, metadata.namespace ?? "", candidate, answers));
}

function pairs(candidates: readonly Candidate[], planned: readonly WorkloadRelease[]): PlannedWorkload[] {
  return candidates.flatMap((candidate) => {
    const own = planned.find(({ id }) => id === candidate.id);
    return own?.status === "success" ? [{ candidate, planned: own }] : [];
  });
}

/** Plans the edits on what the branches are now; of those that cannot be made the reason is told. */
async function tryInGit(
  { spec }: Pick<Release, "metadata" | "spec">,
  changing: readonly PlannedWorkload[],
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<WorkloadRelease[]> {
  const tried: WorkloadRelease[] = [];
  for (const [repository, own] of Map.groupBy(changing, ({ candidate }) => repositoryKeyOf(candidate.origin))) {
    const [first] = own;
    if (!first) continue;
    const { origin } = first.candidate;
    let results: WorkloadRelease[] = [];
    await writeSource(
      origin.repository,
      {
        branch: origin.branch,
        author: ports.committer,
        signal,
        plan(tree) {
          results = withRefusals(own, planSourceChange(tree, wantedFolders(spec, own)).refused);
          return undefined;
        },
      },
      ports,
    );
    const kustomizations = new Map(own.map(({ candidate }) => [candidate.id, kustomizationKeyOf(candidate.origin)]));
    tried.push(
      ...results.map((result) => ({ ...result, repository, kustomization: kustomizations.get(result.id) ?? "" })),
    );
  }
  return tried;
}
