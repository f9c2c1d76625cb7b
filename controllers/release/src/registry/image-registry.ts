import type { KubeObject } from "@eddy/core/object";
import type { Tag } from "@eddy/image-policy";

/** What a registry says of a repository. */
export interface TagListing {
  readonly tags: readonly Tag[];
  /** Why there are none. */
  readonly error?: string;
}

/** What a registry says of one image. */
export interface ImageAnswer {
  /** `sha256:<hex>`, checked against the manifest. */
  readonly digest?: string;
  /** Why there is none. */
  readonly error?: string;
}

/** Asks registries, with the logins that a workload pulls with. Never throws for what a registry answers. */
export interface ImageRegistry {
  /** Tags of the image's repository; `dated`: those that build dates are needed of. */
  listTags(
    image: string,
    workload: KubeObject,
    dated?: (tag: string) => boolean,
    signal?: AbortSignal,
  ): Promise<TagListing>;
  /** Whether the image is there, and its digest. */
  resolve(image: string, workload: KubeObject, signal?: AbortSignal): Promise<ImageAnswer>;
  close(): void;
}
