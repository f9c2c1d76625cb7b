import type { Release, ReleaseCommit, WorkloadRelease } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import type { FileTree } from "@eddy/core/tree";
import type { GitPerson } from "@eddy/git";
import { planSourceChange, resolveOrigin, writeSource, type SourceDraft } from "@eddy/runtime/source-write";
import { readWorkload } from "../workload/workload.ts";
import { parseWorkloadId } from "../workload/workload-id.ts";
import { workloadKinds } from "../workload/workload-kinds.ts";
import { commitMessage } from "./commit-message.ts";
import type { ReleasePorts } from "./ports.ts";
import { wantedFolders, withRefusals, type PlannedWorkload } from "./wanted-changes.ts";

/** What a commit made of the plan. */
export interface CommittedRelease {
  /** Undefined when nothing of it can be made any more. */
  readonly commit: ReleaseCommit | undefined;
  /** Workloads of this repository. */
  readonly workloads: readonly WorkloadRelease[];
}

/**
 * Edits, commits and pushes what the plan has for one repository, in one commit. When somebody else was faster, the edits are made
 * on what is there then. Idempotent: what the branch has already is not committed again.
 * @throws GitError, KubeApiError
 */
export async function commitRelease(
  release: Release,
  planned: readonly WorkloadRelease[],
  ports: ReleasePorts,
  signal: AbortSignal,
): Promise<CommittedRelease> {
  const pairs = await withOrigins(planned, ports);
  const [first] = pairs;
  if (!first) return { commit: undefined, workloads: gone(planned) };
  const { repository, branch } = first.candidate.origin;
  let workloads: WorkloadRelease[] = [];
  const made = await writeSource(
    repository,
    {
      branch,
      signal,
      author: parsePerson(release.spec.cause?.user) ?? ports.committer,
      committer: ports.committer,
      plan(tree) {
        const drafted = draft(release, pairs, tree);
        workloads = drafted.workloads;
        return drafted.draft;
      },
    },
    ports,
  );
  const all = [...workloads, ...gone(planned.filter(({ id }) => !pairs.some(({ planned: one }) => one.id === id)))];
  if (!made || !workloads.some(({ status }) => status === "success")) return { commit: undefined, workloads: all };
  const { revision, message } = made;
  const key = `${repository.metadata.namespace ?? ""}/${repository.metadata.name}`;
  const time = formatTime(new Date(ports.clock.now()));
  return { commit: { repository: key, revision, message, time }, workloads: all };
}

async function withOrigins(planned: readonly WorkloadRelease[], { kube }: ReleasePorts): Promise<PlannedWorkload[]> {
  const pairs = await Promise.all(
    planned.map(async (one): Promise<PlannedWorkload[]> => {
      const { namespace, kind, name } = parseWorkloadId(one.id, "");
      const ref = workloadKinds.find((known) => known.kind.toLowerCase() === kind);
      if (!ref) return [];
      const object = await kube.get({ ...ref, namespace, name }).catch(() => undefined);
      const origin = object && (await resolveOrigin(object, kube));
      return object && origin?.form === "git" ? [{ planned: one, candidate: { ...readWorkload(object), origin } }] : [];
    }),
  );
  return pairs.flat();
}

function gone(planned: readonly WorkloadRelease[]): WorkloadRelease[] {
  return planned.map(({ id }) => ({ id, status: "skipped", reason: "not accessible in cluster" }));
}

/** What can be made of the plan now; a workload is changed as a whole or not at all. */
function draft(
  { spec }: Release,
  pairs: readonly PlannedWorkload[],
  tree: FileTree,
): { draft: SourceDraft | undefined; workloads: WorkloadRelease[] } {
  const plan = planSourceChange(tree, wantedFolders(spec, pairs));
  const judged = withRefusals(pairs, plan.refused);
  if (plan.refused.length > 0) {
    const kept = pairs.filter((_, index) => judged[index]?.status === "success");
    const rest = kept.length === 0 ? { draft: undefined, workloads: [] } : draft({ spec } as Release, kept, tree);
    const refused = judged.filter(({ status }) => status !== "success");
    return { draft: rest.draft, workloads: [...rest.workloads, ...refused] };
  }
  if (plan.files.size === 0) return { draft: undefined, workloads: judged };
  return { draft: { files: plan.files, message: commitMessage(spec, judged) }, workloads: judged };
}

/** Reads `Name <mail>`; a name alone has no address. */
export function parsePerson(text: string | undefined): GitPerson | undefined {
  const [, before = "", email = ""] = /^([^<>]*)<([^<>\s]*)>$/.exec((text ?? "").trim()) ?? [];
  const name = before.trim();
  if ((name !== "" || email !== "") && !name.includes("\n")) return { name: name || email, email };
  const plain = (text ?? "").replaceAll(/[<>\n]/g, "").trim();
  return plain === "" ? undefined : { name: plain, email: "" };
}
