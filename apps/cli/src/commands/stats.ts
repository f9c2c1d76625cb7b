import { kinds, type Kind } from "@eddy/api";
import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { listObjects } from "../cluster/objects.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatBytes } from "../output/bytes.ts";
import { formatTable } from "../output/table.ts";

const header = ["Reconcilers", "Running", "Failing", "Suspended", "Storage"];

/** `stats`: how many objects of each kind run, fail and are suspended, and what their artifacts weigh. */
export const statsCommand: Command = defineCommand({
  path: ["stats"],
  summary: "Stats of Flux reconciles",
  details:
    "The stats command prints a report of Flux custom resources present on a cluster, including their reconcile status and the amount of cumulative storage used for each source type.",
  flags: {
    allNamespaces: flag.boolean("count objects of all namespaces", { short: "A" }),
  },
  examples: [
    ["Print the stats report for a namespace", "stats --namespace default"],
    ["Print the stats report for the whole cluster", "stats -A"],
  ],
  async run({ flags }, context) {
    const kube = await context.kube();
    const namespace = flags.allNamespaces ? "" : await context.namespace();
    const rows = await Promise.all(kinds.map(async (kind) => statsRow(kind, await objectsOf(kube, kind, namespace))));
    context.print(formatTable(header, rows));
  },
});

/** A kind that the cluster does not know has no objects. */
async function objectsOf(kube: KubeClient, kind: Kind, namespace: string): Promise<KubeObject[]> {
  try {
    return await listObjects(kube, kind, { namespace });
  } catch (error) {
    if (hasReason(error, "NoKindMatch", "NotFound")) return [];
    throw error;
  }
}

function statsRow(kind: Kind, objects: readonly KubeObject[]): string[] {
  const suspended = objects.filter((object) => valueAt(object, "spec", "suspend") === true).length;
  const failing = objects.filter(isFailing).length;
  const bytes = objects.reduce((sum, object) => sum + artifactSize(object), 0);
  return [
    kind.kind,
    `${objects.length - suspended}`,
    `${failing}`,
    `${suspended}`,
    bytes === 0 ? "-" : formatBytes(bytes),
  ];
}

function isFailing(object: KubeObject): boolean {
  return findCondition(valueAt(object, "status", "conditions") as Condition[] | undefined, "Ready")?.status === "False";
}

function artifactSize(object: KubeObject): number {
  const size = valueAt(object, "status", "artifact", "size");
  return typeof size === "number" ? size : 0;
}
