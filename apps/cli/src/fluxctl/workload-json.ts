import { readRollout, type Workload } from "@eddy/release-controller";
import type { Tag } from "@eddy/image-policy";
import type { WorkloadListing } from "./image-listing.ts";

/** A workload as fluxctl's `-o json` has it. Source: fluxcd/flux pkg/api/v6 `ControllerStatus`. */
export function statusesOf(
  workloads: readonly Workload[],
  now: Date,
  policiesOf: (workload: Workload) => string[],
): object[] {
  return workloads.map((workload) => {
    const { status, replicas, messages } = readRollout(workload.object, now);
    const words = policiesOf(workload);
    return {
      ID: workload.id,
      Containers: workload.containers.map(({ name, image }) => ({ Name: name, Current: { ID: image } })),
      ReadOnly: workload.antecedent === undefined ? "" : "NotInRepo",
      Status: status,
      Rollout: {
        Desired: replicas?.desired ?? 0,
        Updated: replicas?.updated ?? 0,
        Ready: replicas?.ready ?? 0,
        Outdated: replicas?.outdated ?? 0,
        Messages: messages.length === 0 ? null : messages,
      },
      Antecedent: workload.antecedent ?? "",
      Labels: workload.object.metadata.labels ?? {},
      Automated: words.includes("automated"),
      Locked: words.includes("locked"),
      Ignore: words.includes("ignore"),
      Policies: Object.fromEntries(words.map((word) => [word, "true"])),
    };
  });
}

/** Images as fluxctl's `-o json` has them; `limit` 0 shows all. Source: fluxcd/flux pkg/api/v6 `ImageStatus`. */
export function imageStatusesOf(listings: readonly WorkloadListing[], limit: number): object[] {
  const shown = (tags: readonly Tag[]): readonly Tag[] => (limit > 0 ? tags.slice(0, limit) : tags);
  const imageOf = (repository: string, { name, digest, createdMs }: Tag): object => ({
    ID: `${repository}:${name}`,
    ...(digest === undefined ? {} : { Digest: digest }),
    ...(createdMs === undefined ? {} : { CreatedAt: new Date(createdMs).toISOString() }),
  });
  return listings.map(({ workload, containers }) => ({
    ID: workload.id,
    Containers: containers.map(({ name, repository, current, tags, error }) => ({
      Name: name,
      Current: tags.length === 0 ? {} : { ID: current === undefined ? repository : `${repository}:${current}` },
      Available: shown(tags).map((tag) => imageOf(repository, tag)),
      ...(error === undefined ? {} : { AvailableError: error }),
      AvailableImagesCount: tags.length,
    })),
  }));
}
