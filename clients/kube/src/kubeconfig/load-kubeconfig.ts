import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeConfig, KubeconfigFile } from "./kube-config.ts";
import { loadInClusterConfig } from "./load-in-cluster-config.ts";
import { parseKubeconfig } from "./parse-kubeconfig.ts";
import { mergeKubeconfigs, resolveContext } from "./resolve-context.ts";

/** Options of {@link loadKubeconfig}. */
export interface LoadKubeconfigOptions {
  /** One explicit file (`--kubeconfig`): it must exist and nothing else is read. */
  path?: string;
  /** Context to use instead of the current one. */
  context?: string;
  /** Default `process.env`. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Home directory; default the user's. */
  home?: string;
  /** Fall back to the pod's service account when there is no kubeconfig; default true. */
  inCluster?: boolean;
}

/**
 * Finds the connection as kubectl does: `path`, else every file of `KUBECONFIG` (missing ones are skipped), else
 * `~/.kube/config`, else the pod's service account. Relative paths in a file are taken from that file's folder.
 * @throws EddyError KUBECONFIG_NOT_FOUND or KUBECONFIG_INVALID (terminal).
 */
export async function loadKubeconfig(options: LoadKubeconfigOptions = {}): Promise<KubeConfig> {
  const env = options.env ?? process.env;
  const paths = candidatePaths(options, env);
  const loaded = await Promise.all(paths.map((path) => loadFile(path, options.path !== undefined)));
  const files = loaded.filter((file) => file !== undefined);
  if (files.length > 0)
    return resolveContext(mergeKubeconfigs(files), ...(options.context === undefined ? [] : [options.context]));
  if (options.inCluster !== false && env["KUBERNETES_SERVICE_HOST"]) return loadInClusterConfig({ env });
  throw new EddyError(
    "KUBECONFIG_NOT_FOUND",
    `find a kubeconfig: none of ${paths.map((path) => JSON.stringify(path)).join(", ")} exists`,
    {
      class: "terminal",
      hint: "set KUBECONFIG or pass --kubeconfig",
    },
  );
}

function candidatePaths(options: LoadKubeconfigOptions, env: Readonly<Record<string, string | undefined>>): string[] {
  if (options.path !== undefined) return [resolve(options.path)];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (listed.length > 0) return [...new Set(listed.map((path) => resolve(path)))];
  return [join(options.home ?? homedir(), ".kube", "config")];
}

async function loadFile(path: string, required: boolean): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT" && !required) return undefined;
    throw new EddyError("KUBECONFIG_NOT_FOUND", `read the kubeconfig ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      class: "terminal",
      cause,
    });
  }
  return parseKubeconfig(text, { file: path, directory: dirname(path) });
}
