import { imagePolicyKind, imageRepositoryKind, imageUpdateAutomationKind, type Kind } from "@eddy/api";
import type { OpenRepositoryOptions } from "@eddy/git";
import {
  startWhenUsed,
  type ControllerEnvironment,
  type ControllerHandle,
  type StartLoaded,
} from "@eddy/runtime/controller";
import type { HostBudget } from "@eddy/oci";
import { createTagStore, type TagStore } from "./tags/tag-store.ts";

/** What the image controllers need besides the environment. */
export interface ImageControllerOptions {
  /** Where Git objects are kept across restarts; shared with the sources' own. Default: in memory only. */
  gitCacheDir?: string;
  /** `--ssh-kex-algos`, `--ssh-hostkey-algos`. */
  ssh?: NonNullable<OpenRepositoryOptions["ssh"]>;
  /** `--feature-gates=ObjectLevelWorkloadIdentity`. Default false. */
  hasWorkloadIdentity?: boolean;
  /** Only these kinds. Default: all. */
  kinds?: readonly string[];
}

/** What the kinds share. */
export interface ImageControllerShared {
  readonly tags: TagStore;
  /** What may be asked of registries; made by whoever asks one first. */
  budget?: HostBudget;
}

/** Starts one kind's controller. What it opened, its `stop` closes. */
export type StartImageController = (
  environment: ControllerEnvironment,
  options: ImageControllerOptions,
  shared: ImageControllerShared,
) => ControllerHandle;

/** Every kind, with what loads it once a cluster has one; a new one is one line here. */
const controllers: readonly (readonly [Kind, () => Promise<StartImageController>])[] = [
  [imageRepositoryKind, async () => (await import("./image-repository/start.ts")).startImageRepositories],
  [imagePolicyKind, async () => (await import("./image-policy/start.ts")).startImagePolicies],
  [
    imageUpdateAutomationKind,
    async () => (await import("./image-update-automation/start.ts")).startImageUpdateAutomations,
  ],
];

/** Runs the controllers of image.toolkit.fluxcd.io, by kind, until they are stopped. */
export function startImageControllers(
  environment: ControllerEnvironment,
  options: ImageControllerOptions = {},
): Map<string, ControllerHandle> {
  const shared: ImageControllerShared = { tags: createTagStore() };
  const wanted = controllers.filter(([{ kind }]) => options.kinds?.includes(kind) ?? true);
  return new Map(
    wanted.map(([kind, load]) => {
      const loaded = async (): Promise<StartLoaded> => {
        const start = await load();
        return (full) => start(full, options, shared);
      };
      return [kind.kind, startWhenUsed(kind, loaded, environment)];
    }),
  );
}
