import { readRollout, type Workload } from "@eddy/release-controller";
import { displayId, headingOf, type Era, type Noun } from "./era.ts";
import { formatTabTable } from "./tab-table.ts";

/** How lists look. */
export interface ListStyle {
  readonly noun: Noun;
  readonly era: Era;
  readonly headers: boolean;
}

/** `list-workloads`: a row a container. Source: fluxcd/flux cmd/fluxctl/list_workloads_cmd.go; spec/flux1-keel-flagger.md 1.5. */
export function formatWorkloads(workloads: readonly Workload[], { noun, era, headers }: ListStyle, now: Date): string {
  const header = [headingOf(noun), "CONTAINER", "IMAGE", "RELEASE", "POLICY"];
  const rows = workloads.flatMap((workload) => {
    const [first, ...others] = workload.containers;
    const { status } = readRollout(workload.object, now);
    return [
      [displayId(workload.id, era), first?.name ?? "", first?.image ?? "", status, policiesOf(workload).join(",")],
      ...others.map(({ name, image }) => ["", name, image, "", ""]),
    ];
  });
  return formatTabTable([...(headers ? [header] : []), ...rows]);
}

/** What holds and moves a workload, sorted. */
export function policiesOf({ policies: { fluxV1 } }: Pick<Workload, "policies">): string[] {
  const words: readonly (readonly [string, boolean])[] = [
    ["automated", fluxV1.automated],
    ["ignore", fluxV1.ignored !== "no"],
    ["locked", fluxV1.locked],
  ];
  return words.filter(([, isSet]) => isSet).map(([word]) => word);
}
