import { sourceConditionTypes, sourceReasons, type Artifact, type Bucket } from "@eddy/api";
import type { Bucket as BucketClient } from "@eddy/bucket";
import { parseDuration } from "@eddy/core/duration";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { ownerKey } from "../source/owner.ts";
import { announce, announceBuild, storedNew, unchanged } from "../source/report.ts";
import { withTimeout } from "@eddy/core/clock";
import { checkStorage, isComplete } from "../storage/check-storage.ts";
import { linkArtifact } from "../storage/link-artifact.ts";
import { storeTree } from "../storage/store-artifact.ts";
import { bucketRevision } from "./bucket-index.ts";
import { fetchObjects } from "./fetch-objects.ts";
import { listObjects } from "./list-objects.ts";
import { objectTree } from "./object-tree.ts";
import { openBucket } from "./open-bucket.ts";
import type { Ports } from "./ports.ts";
import { bucketWords, storedMessage } from "./words.ts";

const latest = "latest.tar.gz";

/** One level-based pass over one Bucket: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileBucket(run: Run<Bucket>, ports: Ports): Promise<Outcome<Bucket>> {
  announce(run);
  // What an earlier pass could not do is found out anew.
  run.removeCondition(sourceConditionTypes.storageOperationFailed, sourceConditionTypes.artifactOutdated);
  const stored = await run.step("Storage", () => checkStorage(run, ports), {
    condition: sourceConditionTypes.storageOperationFailed,
  });
  const client = await run.step("Access", () => openBucket(run.object, ports));
  try {
    return await storeBucket(run, stored, client, ports);
  } finally {
    client.close();
  }
}

async function storeBucket(
  run: Run<Bucket>,
  stored: Artifact | undefined,
  client: BucketClient,
  ports: Ports,
): Promise<Outcome<Bucket>> {
  const { object, signal } = run;
  const bounds = { clock: ports.clock, timeoutMs: parseDuration(object.spec.timeout ?? "60s"), signal };
  const wanted = await run.step("List", () => withTimeout(bounds, (until) => listObjects(client, object, until)));
  const seen = bucketRevision(wanted.index);
  if (stored?.revision === seen && isComplete(stored, ports))
    return unchanged(run, stored, storedMessage(object, wanted.index.size), bucketWords);

  const known = ports.fetched.get(ownerKey(object));
  const fetched = await run.step("Fetch", () =>
    withTimeout(bounds, (until) => fetchObjects(client, object, wanted.index, known, until)),
  );
  const tree = objectTree(fetched.contents, wanted.ignoreFile);
  run.removeCondition(sourceConditionTypes.fetchFailed);
  const revision = bucketRevision(fetched.index);
  announceBuild(run, stored, sourceReasons.newRevision, `new upstream revision '${revision}'`);
  const content = { revision, fileName: `${revision.slice("sha256:".length)}.tar.gz`, tree };
  const { artifact, failure } = await run.step("Archive", () => storeTree(object, content, null, ports));
  ports.fetched.set(ownerKey(object), fetched);
  const observed = { observedIgnore: object.spec.ignore ?? null };
  if (failure) return run.failed(failure, { artifact, ...observed });
  const link = await linkArtifact(run, artifact, latest, ports);
  const message = storedMessage(object, fetched.index.size);
  const status = { ...observed, ...(link === undefined ? {} : { url: link }) };
  return storedNew(run, artifact, { message, observed: status }, bucketWords);
}
