import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@eddy/kube";
import type { ServerOptions } from "@eddy/server";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag, type FlagValues } from "../command/flag.ts";
import { collectGarbage, keepHeapSmall } from "../heap.ts";
import { untilAborted } from "../until-aborted.ts";

const flagSpecs = {
  storagePath: flag.text("where artifacts are kept (default: a folder in the temporary directory)"),
  storageAddr: flag.textWithDefault(":9090", "the address the artifact server listens on"),
  storageAdvAddr: flag.text("the host under which artifacts are found (default: the address listened on)"),
  artifactRetentionRecords: flag.integer(2, "the number of artifacts kept per source"),
  artifactRetentionTtl: flag.duration("1m", "how long artifacts are kept beyond that"),
  artifactDigestAlgo: flag.oneOf(["sha256", "sha384", "sha512"], "algorithm of artifact digests (default sha256)"),
  gitCachePath: flag.text("where Git objects are kept across restarts (default: .git-cache below the storage path)"),
  sshKexAlgos: flag.list("key exchange algorithms that SSH may use"),
  sshHostkeyAlgos: flag.list("host key algorithms that SSH may use"),
  concurrent: flag.integer(16, "the number of concurrent passes per kind"),
  helmIndexMaxSize: flag.integer(52_428_800, "the largest index of a Helm repository, in bytes"),
  helmChartMaxSize: flag.integer(10_485_760, "the largest packaged Helm chart, in bytes"),
  concurrentSsa: flag.integer(8, "the number of concurrent apply requests of one pass"),
  watchAllNamespaces: flag.boolean("watch all namespaces, and not only the own one", { fallback: true }),
  watchLabelSelector: flag.text("only objects with these labels"),
  logLevel: flag.oneOf(["trace", "debug", "info", "error"], "log verbosity level (default info)"),
  logEncoding: flag.oneOf(["json", "console"], "log encoding format (default json)"),
  metricsAddr: flag.textWithDefault(":8080", "the address the metrics endpoint binds to, empty for none"),
  healthAddr: flag.textWithDefault(":9440", "the address the health endpoint binds to, empty for none"),
  intervalJitterPercentage: flag.integer(
    5,
    "percentage of jitter to apply to intervals; those of a minute and more end together, up to 1% late",
  ),
  enableLeaderElection: flag.boolean("work only while holding the Lease, so that one of several processes does"),
  leaderElectionLeaseDuration: flag.duration("35s", "how long others wait after the last renewal of the Lease"),
  leaderElectionRenewDeadline: flag.duration(
    "30s",
    "how long the Lease is tried to be renewed before it counts as lost",
  ),
  leaderElectionRetryPeriod: flag.duration("5s", "time between two attempts"),
  leaderElectionReleaseOnCancel: flag.boolean("give the Lease back at the end", { fallback: true }),
  requeueDependency: flag.duration("30s", "the interval at which failing dependencies are looked at again"),
  minRetryDelay: flag.duration("750ms", "the least time before a failed pass is tried again"),
  maxRetryDelay: flag.duration("15m", "the most time before a failed pass is tried again"),
  overrideManager: flag.list("field manager whose fields are taken over, may be repeated"),
  customApplyStageKinds: flag.list("kinds to apply before everything else, `<group>/<Kind>`, may be repeated"),
  featureGates: flag.list("features to switch on or off, `<name>=<true|false>`, may be repeated"),
  noCrossNamespaceRefs: flag.boolean("refuse references between namespaces"),
  noRemoteBases: flag.boolean("accepted for compatibility: remote bases are always refused", { hidden: true }),
  defaultServiceAccount: flag.text("service account to act as where an object names none"),
  defaultKubeconfigServiceAccount: flag.text(
    "service account that logs in to other clusters where a ConfigMap names none",
  ),
  insecureKubeconfigExec: flag.boolean("run the programs that kubeconfigs in Secrets name"),
  insecureKubeconfigTls: flag.boolean("let kubeconfigs in Secrets skip the check of certificates"),
  defaultDecryptionServiceAccount: flag.text("service account that decrypts where an object names none"),
  sopsAgeSecret: flag.text("Secret of the own namespace with age keys for objects that decrypt and name no Secret"),
  sopsVaultConfigmap: flag.text("ConfigMap of the own namespace with the Vaults that service accounts log in to"),
  pruneBudgetPercent: flag.integer(
    50,
    "hold a pass that would delete more of an inventory than this; 100 holds nothing",
  ),
  pruneBudgetObjects: flag.integer(20, "so many objects may be deleted in any case"),
  sopsIgnoreMac: flag.boolean("decrypt files whose MAC does not match, as Flux does"),
  eventsAddr: flag.textWithDefault(
    ":9091",
    "the address that takes events of other processes, empty for none; a URL, as Flux's controllers are given, changes nothing",
  ),
  receiverAddr: flag.textWithDefault(":9292", "the address that webhooks are called at, empty for none"),
  updatesAddr: flag.textWithDefault(
    ":9300",
    "the address that registries and chats call for updates by labels and for votes, empty for none",
  ),
  rateLimitInterval: flag.duration("5m", "the same event is notified of once in this time"),
};

/** `server`: the controllers as a plain process, until it is told to stop. Flags are named as Flux's controllers name them. */
export const serverCommand: Command = defineCommand({
  path: ["server"],
  summary: "Run the controllers against a cluster",
  details:
    "Runs every controller in one process, against the cluster of the kubeconfig or, in a pod, the one that it is in.",
  flags: flagSpecs,
  examples: [
    ["Against the cluster of the kubeconfig", "server --storage-path ./artifacts"],
    ["Only the objects of one shard", "server --watch-label-selector sharding.fluxcd.io/key=shard1"],
  ],
  async run({ flags, given }, context) {
    keepHeapSmall();
    const { startServer } = await import("@eddy/server");
    const { kubeApiQps, kubeApiBurst } = context.flags;
    const server = await startServer({
      ...serverOptions(flags),
      kubeConfig: await serverConfig(context),
      runtimeNamespace: context.io.env["RUNTIME_NAMESPACE"] ?? (await context.namespace()),
      clock: context.clock,
      env: context.io.env,
      writeLog: (line) => void context.io.stderr.write(line),
      ...(given.has("kubeApiQps") ? { kubeApiQps, kubeApiBurst } : {}),
    });
    // A server that is stopped before it was ready has nothing to collect.
    server.ready.then(collectGarbage, () => {});
    await untilAborted(context.signal);
    await server.stop();
  },
});

/** Flags as options; durations are named after their unit there. */
function serverOptions(flags: FlagValues<typeof flagSpecs>): Omit<ServerOptions, "kubeConfig"> {
  const {
    eventsAddr,
    noRemoteBases: _,
    rateLimitInterval,
    requeueDependency,
    leaderElectionLeaseDuration,
    leaderElectionRenewDeadline,
    leaderElectionRetryPeriod,
    minRetryDelay,
    maxRetryDelay,
    artifactRetentionTtl,
    ...same
  } = flags;
  return {
    ...withoutAbsent(same),
    storagePath: flags.storagePath || join(tmpdir(), "eddy-artifacts"),
    // Controllers of this process hand their events over by themselves.
    eventsAddr: /^https?:\/\//.test(eventsAddr) ? "" : eventsAddr,
    rateLimitIntervalMs: rateLimitInterval,
    leaderElectionLeaseDurationMs: leaderElectionLeaseDuration,
    leaderElectionRenewDeadlineMs: leaderElectionRenewDeadline,
    leaderElectionRetryPeriodMs: leaderElectionRetryPeriod,
    requeueDependencyMs: requeueDependency,
    minRetryDelayMs: minRetryDelay,
    maxRetryDelayMs: maxRetryDelay,
    artifactRetentionTtlMs: artifactRetentionTtl,
  };
}

function withoutAbsent<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** In a pod its service account comes first, as with every controller; a flag that names a cluster still wins. */
async function serverConfig(context: CommandContext): Promise<KubeConfig> {
  const { kubeconfig, context: name, server } = context.flags;
  const inPod = context.io.env["KUBERNETES_SERVICE_HOST"] !== undefined && context.io.env["KUBECONFIG"] === undefined;
  if (!inPod || kubeconfig !== undefined || name !== undefined || server !== undefined) return context.kubeConfig();
  const { loadInClusterConfig } = await import("@eddy/kube");
  return loadInClusterConfig({ env: context.io.env });
}
