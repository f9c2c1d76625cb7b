import { join } from "node:path";
import { tmpdir } from "node:os";
import { EddyError } from "@eddy/core/errors";
import type { KubeConfig } from "@eddy/kube";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { untilAborted } from "../until-aborted.ts";

/** `server`: the controllers as a plain process, until it is told to stop. Flags are named as Flux's controllers name them. */
export const serverCommand: Command = defineCommand({
  path: ["server"],
  summary: "Run the controllers against a cluster",
  details:
    "Runs every controller in one process, against the cluster of the kubeconfig or, in a pod, the one that it is in.",
  flags: {
    storagePath: flag.textWithDefault("", "where artifacts are kept (default: a folder in the temporary directory)"),
    storageAddr: flag.textWithDefault(":9090", "the address the artifact server listens on"),
    storageAdvAddr: flag.textWithDefault("", "the host under which artifacts are found"),
    concurrent: flag.integer(16, "the number of concurrent passes per kind"),
    watchAllNamespaces: flag.boolean("watch all namespaces, and not only the own one", { fallback: true }),
    watchLabelSelector: flag.textWithDefault("", "only objects with these labels"),
    logLevel: flag.oneOf(["trace", "debug", "info", "error"], "log verbosity level (default info)"),
    logEncoding: flag.oneOf(["json", "console"], "log encoding format (default json)"),
    metricsAddr: flag.textWithDefault(":8080", "the address the metrics endpoint binds to"),
    healthAddr: flag.textWithDefault(":9440", "the address the health endpoint binds to"),
    intervalJitterPercentage: flag.integer(5, "percentage of jitter to apply to intervals"),
    enableLeaderElection: flag.boolean("work only while holding the Lease, so that one of several processes does"),
    requeueDependency: flag.duration("30s", "the interval at which failing dependencies are looked at again"),
    minRetryDelay: flag.duration("750ms", "the least time before a failed pass is tried again"),
    maxRetryDelay: flag.duration("15m", "the most time before a failed pass is tried again"),
    noCrossNamespaceRefs: flag.boolean("refuse references between namespaces"),
    noRemoteBases: flag.boolean("refuse remote bases in kustomizations"),
    defaultServiceAccount: flag.text("service account to act as where an object names none"),
    eventsAddr: flag.text("accepted for compatibility: events are handed over in process", { hidden: true }),
  },
  examples: [
    ["Against the cluster of the kubeconfig", "server --storage-path ./artifacts"],
    ["Only the objects of one shard", "server --watch-label-selector sharding.fluxcd.io/key=shard1"],
  ],
  async run({ flags, given }, context) {
    const { startServer } = await import("@eddy/server");
    const {
      eventsAddr: _eventsAddr,
      defaultServiceAccount,
      requeueDependency,
      minRetryDelay,
      maxRetryDelay,
      ...rest
    } = flags;
    if (rest.intervalJitterPercentage < 0 || rest.intervalJitterPercentage > 100) {
      throw new EddyError("INVALID_FLAG", "--interval-jitter-percentage must be between 0 and 100", {
        class: "terminal",
      });
    }
    const server = await startServer({
      ...rest,
      kubeConfig: await serverConfig(context),
      storagePath: rest.storagePath === "" ? join(tmpdir(), "eddy-artifacts") : rest.storagePath,
      runtimeNamespace: context.io.env["RUNTIME_NAMESPACE"] ?? (await context.namespace()),
      logLevel: rest.logLevel ?? "info",
      logEncoding: rest.logEncoding ?? "json",
      requeueDependencyMs: requeueDependency,
      minRetryDelayMs: minRetryDelay,
      maxRetryDelayMs: maxRetryDelay,
      clock: context.clock,
      writeLog: (line) => void context.io.stderr.write(line),
      ...(defaultServiceAccount === undefined ? {} : { defaultServiceAccount }),
      ...(given.has("kubeApiQps")
        ? { kubeApiQps: context.flags.kubeApiQps, kubeApiBurst: context.flags.kubeApiBurst }
        : {}),
    });
    await untilAborted(context.signal);
    await server.stop();
  },
});

/** In a pod its service account comes first, as with every controller; a flag that names a cluster still wins. */
async function serverConfig(context: CommandContext): Promise<KubeConfig> {
  const { kubeconfig, context: name, server } = context.flags;
  const inPod = context.io.env["KUBERNETES_SERVICE_HOST"] !== undefined && context.io.env["KUBECONFIG"] === undefined;
  if (!inPod || kubeconfig !== undefined || name !== undefined || server !== undefined) return context.kubeConfig();
  const { loadInClusterConfig } = await import("@eddy/kube");
  return loadInClusterConfig({ env: context.io.env });
}
