import type { KubeConfig, KubeconfigFile } from "./kube-config.ts";
import { invalid } from "./kubeconfig-fields.ts";

/** Several kubeconfigs as one: for each name, and for the current context, the first file that has it wins. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): KubeconfigFile {
  const first = <V>(maps: ReadonlyMap<string, V>[]): ReadonlyMap<string, V> =>
    new Map(maps.toReversed().flatMap((map) => [...map]));
  return {
    currentContext: files.find((file) => file.currentContext !== "")?.currentContext ?? "",
    contexts: first(files.map((file) => file.contexts)),
    clusters: first(files.map((file) => file.clusters)),
    users: first(files.map((file) => file.users)),
  };
}

/**
 * The connection of one context (default: the current one). A kubeconfig without any context but with exactly one
 * cluster is taken as that cluster and its only user.
 * @throws EddyError KUBECONFIG_INVALID (terminal) when context, cluster or user is missing.
 */
export function resolveContext(file: KubeconfigFile, name: string = file.currentContext): KubeConfig {
  const context = file.contexts.get(name) ?? soleContext(file, name);
  if (!context) {
    const known = [...file.contexts.keys()].map((known) => JSON.stringify(known)).join(", ") || "none";
    throw invalid(
      name === ""
        ? `select a context: no current-context is set, known are ${known}`
        : `find context ${JSON.stringify(name)}: known are ${known}`,
    );
  }
  const cluster = file.clusters.get(context.cluster);
  if (!cluster)
    throw invalid(
      `find cluster ${JSON.stringify(context.cluster)} of context ${JSON.stringify(name)}: it is not defined`,
    );
  const user = context.user === "" ? {} : file.users.get(context.user);
  if (!user)
    throw invalid(`find user ${JSON.stringify(context.user)} of context ${JSON.stringify(name)}: it is not defined`);
  if (cluster.server === "") throw invalid(`read cluster ${JSON.stringify(context.cluster)}: server is empty`);
  return { context: name, namespace: context.namespace ?? "default", cluster, user };
}

function soleContext(
  file: KubeconfigFile,
  name: string,
): { cluster: string; user: string; namespace?: string } | undefined {
  if (name !== "" || file.contexts.size > 0 || file.clusters.size !== 1 || file.users.size > 1) return undefined;
  return { cluster: [...file.clusters.keys()][0] ?? "", user: [...file.users.keys()][0] ?? "" };
}
