import { isAbsolute, resolve } from "node:path";
import { parseDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import type { KubeConfig } from "@eddy/kube";
import type { CommandContext } from "../command/context.ts";
import { createContext } from "../command/create-context.ts";
import type { GlobalFlags } from "../command/global-flags.ts";
import { usage } from "../command/usage.ts";
import { oneOf } from "./release-request.ts";
import type { RawSettings } from "./settings.ts";

/**
 * The command's surroundings with the cluster that the settings name: `server`, `token` and `ca`, else `kubeconfig` (a path, or its text:
 * systems keep secrets as texts), else as kubectl finds it, in a pod its own. What is printed goes to stderr: on stdout is the summary.
 * `close` ends the connection.
 * @throws EddyError USAGE, INVALID_FLAG, KUBECONFIG_INVALID, KUBECONFIG_NOT_FOUND (terminal)
 */
export async function openCluster(
  settings: RawSettings,
  { io, flags }: CommandContext,
): Promise<CommandContext & { close(): void }> {
  const one = (name: string): string | undefined => oneOf(settings, name);
  const [namespace, timeout, kubeconfig] = [one("namespace"), one("timeout"), one("kubeconfig")];
  const chosen = {
    ...flags,
    ...(namespace === undefined ? {} : { namespace }),
    ...(timeout === undefined ? {} : { timeout: parseTimeout(timeout) }),
    ...(kubeconfig === undefined || isText(kubeconfig) ? {} : { kubeconfig }),
  };
  const context = createContext(io, chosen);
  const given = await givenConfig(settings, chosen);
  const config = given ?? (await foundConfig(context));
  const { connect } = await import("@eddy/kube");
  const client = connect(config, { clock: io.clock });
  return {
    ...context,
    print: (text) => void io.stderr.write(text),
    kubeConfig: async () => config,
    kube: async () => client,
    close: () => client.close(),
  };
}

async function foundConfig(context: CommandContext): Promise<KubeConfig> {
  try {
    return await context.kubeConfig();
  } catch (cause) {
    if (!(cause instanceof EddyError && cause.code === "KUBECONFIG_NOT_FOUND")) throw cause;
    const hint = "give server, token and ca, or kubeconfig, or run where KUBECONFIG or a pod's own login is";
    const message = `mode "api" and wait need a cluster: ${cause.message}: ${hint}`;
    throw new EddyError(cause.code, message, { class: "terminal", cause });
  }
}

/** What the settings spell out; undefined: it is to be looked for, as the flags of all commands say. */
async function givenConfig(settings: RawSettings, flags: GlobalFlags): Promise<KubeConfig | undefined> {
  const [server, token, ca, text] = ["server", "token", "ca", "kubeconfig"].map((name) => oneOf(settings, name));
  if (server === undefined) {
    if (ca !== undefined || (token !== undefined && flags.token === undefined))
      throw usage("token and ca are of a server: give its address too (server)");
    if (text === undefined || !isText(text)) return undefined;
    const { parseKubeconfig, resolveContext } = await import("@eddy/kube");
    return resolveContext(parseKubeconfig(text), flags.context);
  }
  // As kubectl has it: flags replace parts of what is found.
  const isTyped = flags.server !== undefined && ca === undefined;
  if (isTyped && (text !== undefined || token === undefined)) return undefined;
  if (text !== undefined) throw usage("server and kubeconfig both name a cluster: want one of them");
  if (token === undefined) throw usage("the server wants a token (token)");
  if (!/^https?:$/.test(URL.canParse(server) ? new URL(server).protocol : ""))
    throw usage("read server: it is no address, want https://host[:port]");
  const insecure = flags.insecureSkipTlsVerify ? { insecureSkipTlsVerify: true } : {};
  const authority = authorityOf(ca ?? flags.certificateAuthority);
  const cluster = { server: server.replace(/\/+$/, ""), ...authority, ...insecure };
  return { context: "", namespace: "default", cluster, user: { token } };
}

function authorityOf(ca: string | undefined): { caData?: string; caFile?: string } {
  if (ca === undefined) return {};
  if (ca.includes("-----BEGIN")) return { caData: ca };
  return { caFile: isAbsolute(ca) ? ca : resolve(ca) };
}

/** Whether it is a kubeconfig itself, not the path of one. */
function isText(kubeconfig: string): boolean {
  return /[\n{]/.test(kubeconfig);
}

function parseTimeout(text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms > 0) return ms;
  } catch {
    // Told below.
  }
  throw usage(`read timeout: ${JSON.stringify(text)} is no duration, want one like 5m`);
}
