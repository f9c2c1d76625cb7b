import type { ChangeSet } from "./change-set.ts";
import type { AppliedRecord } from "./applied-memory.ts";
import type { Owner } from "./control-metadata.ts";
import { drawSample } from "./examine-object.ts";
import type { ApplyTarget, SampleOptions } from "./target.ts";

/**
 * How to see, with what is wanted being the same, that every object of these changes still is as the pass left it: the version that is
 * remembered is the one of then, and the one that the watch saw last. Undefined where that cannot be seen: an object was skipped, is
 * another owner's by now, has fields to be taken over, or its cluster is not watched. Now and then the answer is no without a reason, and one object is asked about in
 * the pass that follows.
 */
export function proveUntouched(
  changes: ChangeSet,
  { memory, live }: Pick<ApplyTarget, "memory" | "live">,
  { owner, ...sample }: SampleOptions & { owner: Owner },
): (() => boolean) | undefined {
  if (!live) return undefined;
  const proofs: Proof[] = [];
  for (const { ref, action } of changes) {
    const record = memory.get(ref);
    const isOwn = record?.owner.name === owner.name && record.owner.namespace === owner.namespace;
    if (action === "skipped" || !record || !isOwn || record.foreign === "Pending") return undefined;
    proofs.push({ record, resourceVersion: record.resourceVersion });
  }
  return () =>
    proofs.every(({ record, resourceVersion }) => {
      const seen = live.of(record.ref);
      if (typeof seen !== "object" || seen.uid !== record.uid || seen.resourceVersion !== resourceVersion) return false;
      if (memory.get(record.ref) !== record || record.resourceVersion !== resourceVersion) return false;
      if (!drawSample(sample)) return true;
      memory.doubt(record);
      return false;
    });
}

interface Proof {
  record: AppliedRecord;
  /** Of the time of the pass. */
  resourceVersion: string;
}
