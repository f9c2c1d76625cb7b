import type { Release } from "@eddy/api";
import { formatImage } from "@eddy/core/image";
import type { ChangeRow } from "@eddy/runtime/pull-request";
import { commitsOf } from "../fluxctl/format-release.ts";
import type { ClusterRequest } from "./cluster-request.ts";
import type { ReleaseReport } from "./report-result.ts";

/** A Release that came to a good end. */
export interface DoneRelease {
  readonly release: Release;
  /** Made by an earlier run of the same job. */
  readonly isEarlier: boolean;
}

/** What Release objects came to. `commit`, `branch` and `release` are joined by commas where there are several. Pure. */
export function reportReleases(request: ClusterRequest, done: readonly DoneRelease[]): ReleaseReport {
  const now = done.filter(({ isEarlier }) => !isEarlier).map(({ release }) => release);
  const changed = now.flatMap(({ status }) =>
    (status?.workloads ?? []).filter(({ status: what }) => what === "success"),
  );
  const digests = changed.flatMap(({ containers = [] }) => containers.flatMap(({ digest }) => digest ?? []));
  const commits = request.isDryRun ? [] : now.flatMap(commitsOf);
  const branches = now.flatMap(({ status }) => (status?.commits ?? []).map(({ revision }) => branchOf(revision)));
  return {
    sentence: sentenceOf(request, changed.length, commits, branches),
    outputs: {
      image: formatImage(request.image),
      digest: request.image.digest ?? digests[0] ?? "",
      changed: String(changed.length > 0),
      commit: commits.join(","),
      branch: [...new Set(branches)].join(","),
      pr_url: "",
      release: done.map(({ release: { metadata } }) => `${metadata.namespace ?? ""}/${metadata.name}`).join(","),
    },
    changes: changed.flatMap(({ id, kustomization = "", containers = [] }): ChangeRow[] =>
      containers.map(({ container, current, target }) => ({
        what: `${id} ${container}`,
        where: `Kustomization ${kustomization}`,
        from: current,
        to: target,
      })),
    ),
  };
}

/** Of `<branch>@sha1:<hex>`. */
function branchOf(revision: string): string {
  return revision.slice(0, Math.max(0, revision.lastIndexOf("@")));
}

function sentenceOf(
  { image, isDryRun, waits }: ClusterRequest,
  count: number,
  commits: readonly string[],
  branches: readonly string[],
): string {
  const what = `${formatImage(image)}: ${count} ${count === 1 ? "workload" : "workloads"}`;
  if (count === 0) return `nothing to do: ${formatImage(image)} is released already`;
  if (isDryRun) return `would release ${what}`;
  const where = commits.map((commit, at) => `, commit ${commit.slice(0, 7)} on branch ${branches[at] ?? ""}`).join("");
  return `released ${what}${where}${waits ? ", rolled out" : ""}`;
}
