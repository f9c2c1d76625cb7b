import { formatObjectName, gvkOf, refOf, type KubeObject, type ObjectMeta, type ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { ApplyError } from "./apply-error.ts";
import { hashDesired, type AppliedRecord } from "./applied-memory.ts";
import { controlsOf } from "./control-metadata.ts";
import { determineKnowledge, type Knowledge } from "./determine-knowledge.ts";
import type { CompiledIgnoreRules } from "./ignore-rules.ts";
import type { ApplyOptions, ApplyTarget, SampleOptions } from "./target.ts";
import { withoutFields } from "./unknown-fields.ts";

/** One object on its way through a stage. */
export interface Candidate {
  /** As it is sent. */
  desired: KubeObject;
  /** Fields of what is wanted that the server does not know: `desired` is without them, `hash` is not. */
  unknownFields: readonly string[];
  ref: ObjectRef;
  hash: string;
  knowledge: Knowledge;
  /** As it is in the cluster, once it had to be read; undefined: not read, or not there. */
  live: KubeObject | undefined;
  /** Whether the object is known not to be there. */
  absent: boolean;
  /** It is proven unchanged, and asked about all the same, to see whether the proof holds. */
  isSample: boolean;
}

/** What {@link examineObject} reads. */
export interface ExamineContext {
  target: ApplyTarget;
  options: ApplyOptions;
  rules: CompiledIgnoreRules;
}

/** What can be said of an object without a request. Pure but for the dice of the sample. */
export function examineObject(wanted: KubeObject, { target, options, rules }: ExamineContext): Candidate {
  const ref = refOf(wanted);
  const hash = hashDesired(wanted, [options.ignore, options.fieldManager, options.account]);
  const record = target.memory.get(ref);
  const unknownFields = record?.desiredHash === hash ? record.unknownFields : [];
  const desired = withoutFields(wanted, unknownFields);
  const live = target.live?.of(ref) ?? "unwatched";
  const liveFingerprint = record && typeof live === "object" ? fingerprintOfLive(live, record, target) : undefined;
  const knowledge = determineKnowledge({ desired, desiredHash: hash, record, live, liveFingerprint });
  const found = { desired, unknownFields, ref, hash, knowledge };
  const candidate: Candidate = { ...found, live: undefined, absent: false, isSample: false };
  // Ignored fields are decided by what is in the cluster.
  if (knowledge === "Changed" && rules.pathsFor(desired).length > 0) return { ...candidate, knowledge: "Unknown" };
  const isDoubted = record !== undefined && target.memory.takeDoubt(record);
  // What is created once is proven by being there.
  if (knowledge !== "Unchanged" || controlsOf(desired.metadata).ifNotPresent) return candidate;
  return isDoubted || drawSample(options) ? { ...candidate, knowledge: "Unknown", isSample: true } : candidate;
}

/** Rolls the dice: whether what is proven is looked at all the same. */
export function drawSample({ sampleRate = 0.001, random = Math.random }: SampleOptions): boolean {
  return random() < sampleRate;
}

// The version that was remembered is the state that was remembered: nearly always, and cheaper than to look.
function fingerprintOfLive(live: ObjectMeta, record: AppliedRecord, { memory }: ApplyTarget): string {
  return live.resourceVersion === record.resourceVersion ? record.fingerprint : memory.fingerprint(live, record.owned);
}

/**
 * The object with the namespace that its kind's scope asks for: none for a cluster-scoped kind.
 * @throws ApplyError for a namespaced kind without a namespace.
 */
export async function scopeObject(object: KubeObject, kube: KubeClient): Promise<KubeObject> {
  const resource = await kube.resourceFor(gvkOf(object)).catch(() => undefined);
  if (!resource) return object;
  if (resource.namespaced && !object.metadata.namespace) {
    const subject = formatObjectName(refOf(object));
    throw new ApplyError(
      `${subject} namespace not specified: the server could not find the requested resource`,
      [],
      undefined,
    );
  }
  if (resource.namespaced || object.metadata.namespace === undefined) return object;
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Reads an unknown object and says what is to be done: `Skipped`, or still `Unknown` with `live` or `absent` set. */
export async function readObject(candidate: Candidate, target: ApplyTarget, options: ApplyOptions): Promise<void> {
  const { ref, desired } = candidate;
  const slash = desired.apiVersion.indexOf("/");
  try {
    const key = { ...ref, version: desired.apiVersion.slice(slash + 1) };
    candidate.live = await target.kube.get(key, options.signal ? { signal: options.signal } : {});
    candidate.absent = false;
  } catch (error) {
    // Whatever else went wrong, the dry-run will meet it too and say it better.
    if (hasReason(error, "NotFound")) candidate.absent = true;
    return;
  }
  const isKept = controlsOf(candidate.live.metadata).ignored || controlsOf(desired.metadata).ifNotPresent;
  if (isKept) candidate.knowledge = "Skipped";
}
