import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeConfig } from "./kube-config.ts";

const serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The connection of a pod by its service account: `KUBERNETES_SERVICE_HOST` and `_PORT`, and the files mounted into it.
 * The token is read again when it rotates.
 * @throws EddyError NOT_IN_CLUSTER (terminal) outside of a pod.
 */
export async function loadInClusterConfig(
  options: { env?: Readonly<Record<string, string | undefined>>; directory?: string } = {},
): Promise<KubeConfig> {
  const env = options.env ?? process.env;
  const directory = options.directory ?? serviceAccountDirectory;
  const [host, port] = [env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"]];
  if (!host || !port) throw notInCluster("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  const namespace = await readFile(join(directory, "namespace"), "utf8").catch(() => "default");
  await readFile(join(directory, "token"), "utf8").catch((cause: unknown) => {
    throw notInCluster(messageOf(cause), cause);
  });
  return {
    context: "in-cluster",
    namespace: namespace.trim() || "default",
    cluster: { server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`, caFile: join(directory, "ca.crt") },
    user: { tokenFile: join(directory, "token") },
  };
}

function notInCluster(detail: string, cause?: unknown): EddyError {
  return new EddyError("NOT_IN_CLUSTER", `use the pod's service account: ${detail}`, { class: "terminal", cause });
}
