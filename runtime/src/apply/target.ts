import type { IgnoreRule } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import type { AppliedMemory } from "./applied-memory.ts";
import type { Owner } from "./control-metadata.ts";
import type { LiveMetadata } from "./live-metadata.ts";
import type { CommonMetadata } from "./normalize-object.ts";

/** The cluster that objects are applied to, and what is known of it. */
export interface ApplyTarget {
  /** Acts as whom the objects belong to. */
  kube: KubeClient;
  memory: AppliedMemory;
  /** Without it every object is looked up and dry-run on every pass: a remote cluster. */
  live?: LiveMetadata;
}

/** How often what is proven is checked all the same. */
export interface SampleOptions {
  /** Share of "nothing to do" that is checked by a dry-run; default 0.001. */
  sampleRate?: number;
  /** 0 (inclusive) to 1 (exclusive). */
  random?: () => number;
}

/** How objects are applied. */
export interface ApplyOptions extends SampleOptions {
  fieldManager: string;
  owner: Owner;
  /** As whom the target acts; what one account may do is no proof for another. */
  account?: string | undefined;
  /** `spec.force`. */
  force: boolean;
  commonMetadata?: CommonMetadata;
  /** `spec.ignore`. */
  ignore: readonly IgnoreRule[];
  /** `--override-manager`. */
  overriddenManagers?: readonly string[];
  /** `--custom-apply-stage-kinds`, as `<group>/<Kind>`. */
  customStageKinds?: ReadonlySet<string>;
  /** Requests of one stage at the same time; default 8. */
  concurrency?: number;
  clock: Clock;
  signal?: AbortSignal;
  /** Called once, before the first write of all stages, with every object that may be written: save the inventory. */
  beforeFirstWrite(objects: readonly KubeObject[]): Promise<void>;
  /** Waits until objects of the first two stages are ready; throws when they are not in time. */
  waitForStage(objects: readonly ObjectRef[]): Promise<void>;
  /** Hears of an object of Kubernetes' own that was taken without these fields, for its kind does not know them. */
  onUnknownFields?(ref: ObjectRef, fields: readonly string[]): void;
  /** Hears of a memory that was wrong; it is emptied. */
  onDishonestMemory?(ref: ObjectRef): void;
}
