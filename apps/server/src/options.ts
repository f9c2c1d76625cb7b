import type { Clock } from "@eddy/core/clock";
import type { DigestAlgorithm } from "@eddy/core/digest";
import type { LogLevel } from "@eddy/core/log";
import type { KubeConfig } from "@eddy/kube";

/** How log lines are written: a JSON object each, or words for a person. */
export type LogEncoding = "json" | "console";

/** What `eddy server` runs with; names and defaults are those of upstream's flags. Source: flux2.md 3.0, 3.1, 3.3. */
export interface ServerOptions {
  /** The cluster, and who one is in it. */
  kubeConfig: KubeConfig;
  /** `--storage-path`: where artifacts are kept. */
  storagePath: string;
  /** `--storage-addr`: address and port of the artifact server; port 0 takes a free one. Default `:9090`. */
  storageAddr?: string;
  /** `--storage-adv-addr`: host under which artifacts are found, as in their URLs. Default: the address listened on. */
  storageAdvAddr?: string;
  /** `--metrics-addr`. Default `:8080`; "" for none. */
  metricsAddr?: string;
  /** `--health-addr`. Default `:9440`; "" for none. */
  healthAddr?: string;
  /** `--events-addr`: where events of other processes are taken. Default "": nowhere. */
  eventsAddr?: string;
  /** `--receiver-addr`, upstream's `--receiverAddr`: where webhooks are called. Default "": nowhere. */
  receiverAddr?: string;
  /** `--updates-addr`: where registries, chats and people tell of pushes and vote, at Keel's paths. Default "": nowhere. */
  updatesAddr?: string;
  /** `--rate-limit-interval`, milliseconds: the same news are sent once in it. Default 300,000. */
  rateLimitIntervalMs?: number;
  /** `--artifact-retention-records`: archives kept per source. Default 2. */
  artifactRetentionRecords?: number;
  /** `--artifact-retention-ttl`, milliseconds: younger archives are kept too. Default 60,000. */
  artifactRetentionTtlMs?: number;
  /** `--artifact-digest-algo`. Default sha256. */
  artifactDigestAlgo?: DigestAlgorithm;
  /** Where Git objects are kept across restarts. Default: `.git-cache` below the storage path. */
  gitCachePath?: string;
  /** `--ssh-kex-algos`, `--ssh-hostkey-algos`: accepted by the SSH client. */
  sshKexAlgos?: readonly string[];
  sshHostkeyAlgos?: readonly string[];
  /** `--concurrent`: passes of one kind at the same time. */
  concurrent?: number;
  /** `--watch-all-namespaces`. Default true; false watches `runtimeNamespace` only. */
  watchAllNamespaces?: boolean;
  /** Where this process runs (`RUNTIME_NAMESPACE`). Default `flux-system`. */
  runtimeNamespace?: string;
  /** `--watch-label-selector`: only objects that match, for sharding. */
  watchLabelSelector?: string;
  /** `--interval-jitter-percentage`. Default 5. */
  intervalJitterPercentage?: number;
  /** `--requeue-dependency`, milliseconds. Default 30,000. */
  requeueDependencyMs?: number;
  /** `--min-retry-delay`, milliseconds. Default 750. */
  minRetryDelayMs?: number;
  /** `--max-retry-delay`, milliseconds. Default 900,000. */
  maxRetryDelayMs?: number;
  /** `--no-cross-namespace-refs`. */
  noCrossNamespaceRefs?: boolean;
  /** `--default-service-account`. */
  defaultServiceAccount?: string;
  /** `--default-kubeconfig-service-account`. */
  defaultKubeconfigServiceAccount?: string;
  /** `--insecure-kubeconfig-exec`, `--insecure-kubeconfig-tls`: what kubeconfigs in Secrets may do. */
  insecureKubeconfigExec?: boolean;
  insecureKubeconfigTls?: boolean;
  /** `--default-decryption-service-account`. */
  defaultDecryptionServiceAccount?: string;
  /** `--sops-age-secret`: in `runtimeNamespace`. */
  sopsAgeSecret?: string;
  /** `--sops-vault-configmap`: in `runtimeNamespace`. */
  sopsVaultConfigmap?: string;
  /** `--prune-budget-percent`, default 50: a pass that would delete more of an inventory is held; 100 holds nothing. */
  pruneBudgetPercent?: number;
  /** `--prune-budget-objects`, default 20: so many may go in any case. */
  pruneBudgetObjects?: number;
  /** `--sops-ignore-mac`. */
  sopsIgnoreMac?: boolean;
  /** `--helm-index-max-size`: bytes of an index, default 50 MiB; 100 MiB at most. */
  helmIndexMaxSize?: number;
  /** `--helm-chart-max-size`: bytes of a package, default 10 MiB. */
  helmChartMaxSize?: number;
  /** `--concurrent-ssa`: requests of one pass at the same time. */
  concurrentSsa?: number;
  /** `--override-manager`: field managers whose fields are taken over. */
  overrideManager?: readonly string[];
  /** `--custom-apply-stage-kinds`: `<group>/<Kind>`, applied before everything else. */
  customApplyStageKinds?: readonly string[];
  /** `--feature-gates`: `<name>=<true|false>`. */
  featureGates?: readonly string[];
  /** `--enable-leader-election`: work only while holding the Lease. */
  enableLeaderElection?: boolean;
  /** `--leader-election-lease-duration`, `--leader-election-renew-deadline`, `--leader-election-retry-period`, milliseconds: 35,000, 30,000, 5,000. */
  leaderElectionLeaseDurationMs?: number;
  leaderElectionRenewDeadlineMs?: number;
  leaderElectionRetryPeriodMs?: number;
  /** `--leader-election-release-on-cancel`. Default true. */
  leaderElectionReleaseOnCancel?: boolean;
  /** `--log-level`. Default `info`. */
  logLevel?: LogLevel;
  /** `--log-encoding`. Default `json`. */
  logEncoding?: LogEncoding;
  /** Where log lines go, each with its line feed. Default stderr. */
  writeLog?: (line: string) => void;
  /** The environment, for what it says of traces: `OTEL_EXPORTER_OTLP_ENDPOINT` and kin. Absent: none are made. */
  env?: Readonly<Record<string, string | undefined>>;
  /** `--kube-api-qps`, `--kube-api-burst`; absent: no limit. */
  kubeApiQps?: number;
  kubeApiBurst?: number;
  clock?: Clock;
}
