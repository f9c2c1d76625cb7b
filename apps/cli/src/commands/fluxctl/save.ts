import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KindRef, type KubeClient } from "@eddy/kube";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { daemonFlags } from "../../fluxctl/list-flags.ts";
import { savedObject, savedPath } from "../../fluxctl/save-objects.ts";
import { formatDocument } from "../../output/object-formats.ts";

/** What fluxd exported. Source: fluxcd/flux pkg/cluster/kubernetes `Export`. */
const kinds: readonly KindRef[] = [
  { group: "", kind: "Namespace" },
  { group: "batch", kind: "CronJob" },
  { group: "apps", kind: "DaemonSet" },
  { group: "apps", kind: "Deployment" },
  { group: "apps", kind: "StatefulSet" },
  { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" },
];
const system: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** `save`: the cluster's workloads as a repository to start from. Source: fluxctl 0.3 to 1.25. */
export const saveCommand: Command = defineCommand({
  path: ["save"],
  summary: "Save workload definitions to local files in cluster-native format",
  flags: {
    ...daemonFlags,
    out: flag.textWithDefault(
      ".",
      "output path for exported config; the default is the current folder, `-` is stdout",
      { short: "o" },
    ),
  },
  examples: [["Start a repository", "save --out ./cluster"]],
  async run({ flags }, context) {
    const kube = await context.kube();
    const { namespace } = context.flags;
    for (const object of await exportedObjects(kube, namespace)) {
      const text = formatDocument(savedObject(object));
      const path = join(flags.out, savedPath(object));
      if (flags.out === "-") {
        context.print(text.startsWith("---") ? text : `---\n${text}`);
        continue;
      }
      context.io.stderr.write(`Saving ${object.kind} '${object.metadata.name}' to ${path}\n`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  },
});

async function exportedObjects(kube: KubeClient, namespace: string | undefined): Promise<KubeObject[]> {
  const lists = await Promise.all(kinds.map((kind) => listKind(kube, kind)));
  return lists.flat().filter(({ kind, metadata }) => {
    const own = kind === "Namespace" ? metadata.name : (metadata.namespace ?? "");
    // What something else made of an object is that one's business.
    const isOwned = (metadata.ownerReferences ?? []).length > 0;
    return !isOwned && !system.has(own) && (namespace === undefined || own === namespace);
  });
}

async function listKind(kube: KubeClient, kind: KindRef): Promise<KubeObject[]> {
  try {
    const { apiVersion } = { apiVersion: kind.group === "" ? "v1" : undefined };
    const { items } = await kube.list(kind);
    return items.map((item) => ({ ...item, kind: kind.kind, apiVersion: item.apiVersion ?? apiVersion }));
  } catch (error) {
    if (hasReason(error, "NoKindMatch")) return [];
    throw error;
  }
}
