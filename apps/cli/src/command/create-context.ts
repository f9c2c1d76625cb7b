import { EddyError } from "@eddy/core/errors";
import type { ConnectOptions, KubeClient, KubeConfig } from "@eddy/kube";
import { createStatusLines } from "../output/status-lines.ts";
import type { CliIo, CommandContext } from "./context.ts";
import type { GlobalFlags } from "./global-flags.ts";

const defaultNamespace = "flux-system";

/**
 * What a command works with; nothing is read or connected before it is asked for. `close` ends what was opened.
 * @throws EddyError INVALID_FLAG (terminal) for a namespace that cannot be one.
 */
export function createContext(io: CliIo, flags: GlobalFlags): CommandContext & { close(): void } {
  let config: Promise<KubeConfig> | undefined;
  let client: Promise<KubeClient> | undefined;
  let opened: KubeClient | undefined;
  const chosen = flags.namespace ?? io.env["FLUX_SYSTEM_NAMESPACE"];
  if (chosen !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(chosen)) {
    throw new EddyError("INVALID_FLAG", `namespace must be a valid DNS label: ${JSON.stringify(chosen)}`, {
      class: "terminal",
    });
  }
  const kubeConfig = (): Promise<KubeConfig> => (config ??= readConfig(flags, io));
  const open = async (): Promise<KubeClient> => {
    const { connect } = await import("@eddy/kube");
    return (opened = connect(await kubeConfig(), clientOptions(io, flags)));
  };
  return {
    io,
    flags,
    status: createStatusLines((text) => void io.stderr.write(text), {
      colour: io.stderr.isTTY === true && io.env["NO_COLOR"] === undefined,
    }),
    print: (text) => void io.stdout.write(text),
    clock: io.clock,
    signal: io.signal,
    namespace: async () => chosen ?? (flags.nsFollowsKubeContext ? (await kubeConfig()).namespace : defaultNamespace),
    kubeConfig,
    kube: () => (client ??= open()),
    close: () => opened?.close(),
  };
}

function clientOptions(io: CliIo, flags: GlobalFlags): ConnectOptions {
  return { clock: io.clock, ...(flags.kubeApiQps > 0 ? { qps: flags.kubeApiQps, burst: flags.kubeApiBurst } : {}) };
}

async function readConfig(flags: GlobalFlags, io: CliIo): Promise<KubeConfig> {
  const { loadClusterConfig } = await import("../cluster/load-cluster-config.ts");
  return loadClusterConfig(flags, io.env);
}
