import { setImmediate } from "node:timers/promises";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { isTagName, selectTagInTurns, type Policy, type Selection, type Tag } from "@eddy/image-policy";
import type { Labels } from "@eddy/core/labels";
import { missingPlatforms, neededPlatforms } from "../registry/node-platforms.ts";
import { openAccess } from "../registry/open-access.ts";
import type { OpenedAccess } from "../registry/registry-reader.ts";
import { determineUpdate, followsDigest, type UpdateDecision } from "../workload/determine-update.ts";
import type { UpdateRecord, UpdateRecords } from "../workload/record.ts";
import type { TrackedImage, TrackedObject } from "../workload/tracked.ts";
import type { ImageChange } from "../write/update-plan.ts";
import type { UpdatePorts } from "./ports.ts";

/** Why a pass looks, and how fresh what it sees must be. */
export interface Look {
  /** What registries said before is not good enough. Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Tags that webhooks named, by repository. */
  readonly hints: ReadonlyMap<string, string>;
}

/** What is to become of the images of one object. */
export interface ImagePlan {
  readonly changes: readonly ImageChange[];
  /** By container, what was decided or went wrong. */
  readonly outcomes: ReadonlyMap<string, UpdateDecision | { readonly state: "Failed" | "Unfit"; readonly why: string }>;
  /** Digests of what runs that nobody had written down yet, by container. */
  readonly baselines: ReadonlyMap<string, string>;
}

/** Asks registries about every image, and decides; one registry that fails keeps no other image waiting. */
export async function planImages(
  object: KubeObject,
  tracked: TrackedObject,
  records: UpdateRecords,
  look: Look,
  ports: UpdatePorts,
): Promise<ImagePlan> {
  const changes: ImageChange[] = [];
  const outcomes = new Map<string, UpdateDecision | { state: "Failed" | "Unfit"; why: string }>();
  const baselines = new Map<string, string>();
  await Promise.all(
    tracked.images.map(async (image) => {
      try {
        const access = await openAccess(object, image.repository, tracked.keel.imagePullSecret, ports);
        const seen = await observe(object, tracked, image, records[image.container], look, access, ports);
        outcomes.set(image.container, seen.decision);
        if (seen.baseline !== undefined) baselines.set(image.container, seen.baseline);
        if (seen.decision.state !== "Update") return;
        const { tag } = seen.decision;
        // Computed from the manifest: what a registry only says of it binds nobody.
        const { digest, platforms } = await ports.registries.image(access, image.repository, tag.name, look.sinceMs);
        const isDigestOnly = tag.name === (image.image.tag ?? "latest");
        if (isDigestOnly && digest === seen.digest) return;
        const missing = missingPlatforms(neededPlatforms(object, await nodesFor(object, ports)), platforms);
        if (missing.length > 0) {
          const why = `${tag.name} does not run on ${missing.join(", ")}, which nodes of the cluster are`;
          outcomes.set(image.container, { state: "Unfit", why });
          return;
        }
        changes.push({ container: image.container, from: image.image, tag: tag.name, digest, isDigestOnly });
      } catch (error) {
        outcomes.set(image.container, { state: "Failed", why: messageOf(error) });
      }
    }),
  );
  const order = tracked.images.map(({ container }) => container);
  changes.sort((left, right) => order.indexOf(left.container) - order.indexOf(right.container));
  return { changes, outcomes, baselines };
}

/** A chart may put its images on any nodes, and says nothing of it here. */
async function nodesFor(object: KubeObject, { nodes }: UpdatePorts): Promise<readonly Labels[]> {
  return object.kind === "HelmRelease" ? [] : nodes.labels();
}

interface Observed {
  readonly decision: UpdateDecision;
  /** Of what runs, as far as it is known. */
  readonly digest: string | undefined;
  readonly baseline: string | undefined;
}

async function observe(
  object: KubeObject,
  { policy }: TrackedObject,
  { image, repository }: TrackedImage,
  record: UpdateRecord | undefined,
  look: Look,
  access: OpenedAccess,
  { registries }: UpdatePorts,
): Promise<Observed> {
  const name = image.tag ?? "latest";
  const follows = followsDigest(policy, { name });
  const digest = image.digest ?? recordedDigest(object, record, name);
  const names = await registries.tags(access, repository, look.sinceMs);
  const tags: Tag[] = names.filter(isTagName).map((tag) => ({ name: tag }));
  let baseline: string | undefined;
  if (follows && names.includes(name)) {
    const claimed = await registries.claimedDigest(access, repository, name, look.sinceMs);
    tags.splice(
      tags.findIndex((tag) => tag.name === name),
      1,
      { name, digest: claimed },
    );
    if (digest === undefined) baseline = claimed;
  }
  const hint = look.hints.get(repository);
  const current = { name, ...(digest === undefined ? {} : { digest }) };
  const decision = determineUpdate({
    policy,
    current,
    ...(image.digest === undefined ? {} : { pinned: image.digest }),
    tags,
    selection: await selectInTurns(policy, tags, current),
    ...(hint === undefined ? {} : { hint }),
    ...(record ? { record } : {}),
  });
  return { decision, digest, baseline };
}

/** Whoever has 50,000 tags keeps nobody else waiting. Undefined for a policy that cannot be asked: why is said where it is asked again. */
async function selectInTurns(policy: Policy, tags: readonly Tag[], current: Tag): Promise<Selection | undefined> {
  try {
    return await selectTagInTurns(policy, tags, { current }, () => setImmediate());
  } catch {
    return undefined;
  }
}

/** The digest that was written down for the tag that runs; Keel's own annotation counts. */
function recordedDigest({ metadata }: KubeObject, record: UpdateRecord | undefined, tag: string): string | undefined {
  if (record?.to === tag && record.digest !== undefined) return record.digest;
  return record ? undefined : metadata.annotations?.["keel.sh/digest"];
}
