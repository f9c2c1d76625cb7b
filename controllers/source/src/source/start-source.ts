import type { OpenRepositoryOptions } from "@eddy/git";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { ControllerEnvironment, ControllerHandle } from "@eddy/runtime/controller";
import type { SourcePorts } from "./ports.ts";

/** What the source controllers need besides the environment. */
export interface SourceControllerOptions {
  artifacts: ArtifactStore;
  /** Where Git objects are kept across restarts. Default: in memory only. */
  gitCacheDir?: string;
  /** `--ssh-kex-algos`, `--ssh-hostkey-algos`. */
  ssh?: NonNullable<OpenRepositoryOptions["ssh"]>;
  /** `--helm-index-max-size`, in bytes. Default 50 MiB. */
  helmIndexMaxBytes?: number;
  /** `--helm-chart-max-size`, in bytes. Default 10 MiB. */
  helmChartMaxBytes?: number;
  /** `--feature-gates=ObjectLevelWorkloadIdentity`. Default false. */
  hasWorkloadIdentity?: boolean;
  /** Only these kinds. Default: all. */
  kinds?: readonly string[];
}

/** Starts one kind's controller. What it opened, its `stop` closes. */
export type StartSource = (
  environment: ControllerEnvironment,
  ports: SourcePorts,
  options: SourceControllerOptions,
) => ControllerHandle;
