import type { ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { formatRecords, lastUpdateAnnotation, type UpdateRecords } from "../workload/record.ts";
import type { TrackedImage } from "../workload/tracked.ts";
import { fieldManager } from "../write/write-cluster.ts";

/** The records, with `seen` where the cluster has what was written. Pure. */
export function markSeen(records: UpdateRecords, images: readonly TrackedImage[]): UpdateRecords {
  const tags = new Map(images.map(({ container, image }) => [container, image]));
  return Object.fromEntries(
    Object.entries(records).map(([container, record]) => {
      const image = tags.get(container);
      const isSame = image !== undefined && (image.tag ?? "latest") === record.to;
      const isDigest = image?.digest === undefined || record.digest === undefined || image.digest === record.digest;
      // A digest under the same tag is only there once the object names it.
      const isArrived = isSame && isDigest && (record.from !== record.to || image?.digest !== undefined);
      return [container, isArrived && !record.seen ? { ...record, seen: true } : record];
    }),
  );
}

/** Writes the annotation of the records, and nothing else. Idempotent. */
export async function writeRecords(
  ref: ObjectRef,
  records: UpdateRecords,
  { kube }: { kube: KubeClient },
): Promise<void> {
  const annotations = { [lastUpdateAnnotation]: formatRecords(records) };
  await kube.patch(ref, "merge", { metadata: { annotations } }, { fieldManager });
}
