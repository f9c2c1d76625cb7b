import { EddyError } from "@eddy/core/errors";
import type { KubeConfig, UserConfig } from "./kube-config.ts";

/** What a kubeconfig of somebody else may not do. `strip` drops the setting, `refuse` throws; absent: allowed. */
export interface KubeConfigRestrictions {
  /** Exec plugins run programs as the controller. */
  exec?: "strip" | "refuse";
  /** `insecure-skip-tls-verify`. */
  insecureTls?: "strip" | "refuse";
  /** Paths in a foreign kubeconfig would send the controller's own files to a server of the author's choice. */
  files?: "strip" | "refuse";
}

const fileFields = [
  "clientCertificateFile",
  "clientKeyFile",
  "tokenFile",
] as const satisfies readonly (keyof UserConfig)[];

/**
 * The config without what the restrictions forbid.
 *
 * Source: fluxcd/pkg/runtime/client `KubeConfig` strips exec plugins and TLS-skip unless `--insecure-kubeconfig-exec`
 * and `--insecure-kubeconfig-tls` are given.
 * @throws EddyError KUBECONFIG_REFUSED (terminal) naming the setting.
 */
export function restrictKubeConfig(config: KubeConfig, restrictions: KubeConfigRestrictions): KubeConfig {
  const cluster = { ...config.cluster };
  const user = { ...config.user };
  if (user.exec && restricted(restrictions.exec, "exec credential plugins", "--insecure-kubeconfig-exec"))
    delete user.exec;
  if (
    cluster.insecureSkipTlsVerify &&
    restricted(restrictions.insecureTls, "insecure-skip-tls-verify", "--insecure-kubeconfig-tls")
  ) {
    delete cluster.insecureSkipTlsVerify;
  }
  for (const field of fileFields) {
    if (user[field] !== undefined && restricted(restrictions.files, "paths of files")) delete user[field];
  }
  if (cluster.caFile !== undefined && restricted(restrictions.files, "paths of files")) delete cluster.caFile;
  return { ...config, cluster, user };
}

function restricted(restriction: "strip" | "refuse" | undefined, what: string, flag?: string): boolean {
  if (restriction !== "refuse") return restriction === "strip";
  throw new EddyError("KUBECONFIG_REFUSED", `refuse the kubeconfig: ${what} are not allowed`, {
    class: "terminal",
    ...(flag === undefined ? { hint: "put the data into the kubeconfig itself" } : { hint: `allow it with ${flag}` }),
  });
}
