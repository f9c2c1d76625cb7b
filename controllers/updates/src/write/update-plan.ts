import { formatImage, type Image } from "@eddy/core/image";
import type { KubeObject } from "@eddy/core/object";
import type { UpdateRecords } from "../workload/record.ts";

/** One image that changes. */
export interface ImageChange {
  readonly container: string;
  readonly from: Image;
  /** The tag that is to be, and the digest that the registry has for it. */
  readonly tag: string;
  readonly digest: string;
  /** Whether only the digest is another one: then the tag alone would say nothing. */
  readonly isDigestOnly: boolean;
}

/** All that changes of one object at once. */
export interface UpdatePlan {
  readonly object: KubeObject;
  readonly changes: readonly ImageChange[];
  /** What the object says of earlier updates. */
  readonly records: UpdateRecords;
}

/** What became of a plan. */
export type WriteResult =
  /** Written to the API server. */
  | { readonly form: "cluster"; readonly because: string }
  /** Committed; the Kustomization was asked to apply it. */
  | { readonly form: "git"; readonly revision: string; readonly repository: string }
  /** Nothing was written, and that is how it has to be for now. */
  | { readonly form: "waiting"; readonly why: string }
  /** It cannot be written. */
  | { readonly form: "refused"; readonly why: string };

/** `web=nginx:1.25, proxy=…`: what there is, or is to be. Pure. */
export function describeImages(changes: readonly ImageChange[], which: "from" | "to"): string {
  return changes
    .map((change) => `${change.container}=${which === "from" ? formatImage(change.from) : wantedImage(change)}`)
    .join(", ");
}

/** The image that is to be, with its digest where only that changes. */
export function wantedImage({ from, tag, digest, isDigestOnly }: ImageChange): string {
  return formatImage({ name: from.name, tag, ...(isDigestOnly ? { digest } : {}) });
}

/** `3.4.5 -> 4.5.6`; versions of several containers after their names. Source: Keel's `kubernetes.io/change-cause`. */
export function describeVersions(changes: readonly ImageChange[]): string {
  const one = ({ from, tag, digest, isDigestOnly }: ImageChange): string =>
    `${from.tag ?? "latest"} -> ${tag}${isDigestOnly ? ` (${digest})` : ""}`;
  const [first] = changes;
  const isSame = first !== undefined && changes.every((change) => one(change) === one(first));
  if (isSame) return one(first);
  return changes.map((change) => `${change.container} ${one(change)}`).join(", ");
}

/** The records after this plan; `seen`: the cluster has it already. */
export function recordsAfter({ changes, records }: UpdatePlan, seen: boolean): UpdateRecords {
  const written = changes.map(({ container, from, tag, digest }) => [
    container,
    { from: from.tag ?? "latest", to: tag, digest, seen },
  ]);
  return { ...records, ...(Object.fromEntries(written) as UpdateRecords) };
}
