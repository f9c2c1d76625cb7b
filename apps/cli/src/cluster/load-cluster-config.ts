import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import {
  loadKubeconfig,
  mergeKubeconfigs,
  parseKubeconfig,
  resolveContext,
  type ClusterConfig,
  type Impersonation,
  type KubeConfig,
  type KubeconfigFile,
  type UserConfig,
} from "@eddy/kube";
import type { GlobalFlags } from "../command/global-flags.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The connection that the flags choose: a context of the kubeconfig, with what the flags override. With `--server` no
 * kubeconfig is needed.
 * @throws EddyError KUBECONFIG_NOT_FOUND, KUBECONFIG_INVALID, INVALID_FLAG (terminal).
 */
export async function loadClusterConfig(flags: GlobalFlags, env: Environment): Promise<KubeConfig> {
  const config = await loadContext(flags, env);
  return {
    ...config,
    cluster: { ...config.cluster, ...clusterOverrides(flags) },
    user: { ...userOverrides(config.user, flags) },
  };
}

async function loadContext(flags: GlobalFlags, env: Environment): Promise<KubeConfig> {
  if (flags.cluster !== undefined || flags.user !== undefined) return loadMixedContext(flags, env);
  try {
    return await loadKubeconfig({
      env,
      ...(flags.kubeconfig === undefined ? {} : { path: flags.kubeconfig }),
      ...(flags.context === undefined ? {} : { context: flags.context }),
    });
  } catch (error) {
    const isMissing =
      error instanceof EddyError && error.code === "KUBECONFIG_NOT_FOUND" && flags.kubeconfig === undefined;
    if (!isMissing || flags.server === undefined) throw error;
    return { context: "", namespace: "default", cluster: { server: flags.server }, user: {} };
  }
}

/** A context of which the flags replace the cluster or the user by name. */
async function loadMixedContext(flags: GlobalFlags, env: Environment): Promise<KubeConfig> {
  const file = mergeKubeconfigs(await readKubeconfigs(flags, env));
  const name = flags.context ?? file.currentContext;
  const context = file.contexts.get(name) ?? { cluster: "", user: "" };
  const mixed = { ...context, cluster: flags.cluster ?? context.cluster, user: flags.user ?? context.user };
  return resolveContext({ ...file, contexts: new Map([...file.contexts, [name, mixed]]) }, name);
}

async function readKubeconfigs(flags: GlobalFlags, env: Environment): Promise<KubeconfigFile[]> {
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const paths =
    flags.kubeconfig !== undefined
      ? [flags.kubeconfig]
      : listed.length > 0
        ? listed
        : [join(homedir(), ".kube", "config")];
  return Promise.all(
    paths.map(async (path) =>
      parseKubeconfig(await readFile(path, "utf8"), { file: path, directory: dirname(resolve(path)) }),
    ),
  );
}

function clusterOverrides(flags: GlobalFlags): Partial<ClusterConfig> {
  return {
    ...(flags.server === undefined ? {} : { server: flags.server.replace(/\/+$/, "") }),
    ...(flags.tlsServerName === undefined ? {} : { tlsServerName: flags.tlsServerName }),
    ...(flags.certificateAuthority === undefined ? {} : { caFile: resolve(flags.certificateAuthority) }),
    ...(flags.insecureSkipTlsVerify ? { insecureSkipTlsVerify: true } : {}),
  };
}

function userOverrides(user: UserConfig, flags: GlobalFlags): UserConfig {
  // A token on the command line is the whole identity: an exec plugin or a password must not get in its way.
  const base = flags.token === undefined ? user : { token: flags.token };
  const impersonate = impersonationOf(flags);
  return {
    ...base,
    ...(flags.clientCertificate === undefined ? {} : { clientCertificateFile: resolve(flags.clientCertificate) }),
    ...(flags.clientKey === undefined ? {} : { clientKeyFile: resolve(flags.clientKey) }),
    ...(impersonate === undefined ? {} : { impersonate }),
  };
}

function impersonationOf(flags: GlobalFlags): Impersonation | undefined {
  if (flags.as === undefined) {
    if (flags.asGroup.length > 0 || flags.asUid !== undefined || flags.asUserExtra.length > 0) {
      throw new EddyError("INVALID_FLAG", "--as-group, --as-uid and --as-user-extra need --as", { class: "terminal" });
    }
    return undefined;
  }
  return {
    user: flags.as,
    ...(flags.asGroup.length === 0 ? {} : { groups: [...flags.asGroup] }),
    ...(flags.asUid === undefined ? {} : { uid: flags.asUid }),
    ...(flags.asUserExtra.length === 0 ? {} : { extra: extraOf(flags.asUserExtra) }),
  };
}

function extraOf(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1)
      throw new EddyError("INVALID_FLAG", `--as-user-extra takes key=value, not ${JSON.stringify(pair)}`, {
        class: "terminal",
      });
    (extra[pair.slice(0, equals)] ??= []).push(pair.slice(equals + 1));
  }
  return extra;
}
