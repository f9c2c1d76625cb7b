import { refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { ApplyError, formatApplyError, isImmutableError } from "./apply-error.ts";
import { fieldValidation } from "./attempt.ts";
import { controlsOf } from "./control-metadata.ts";
import { scopeObject } from "./examine-object.ts";
import { hasDrifted } from "./has-drifted.ts";
import { withoutPaths, type CompiledIgnoreRules } from "./ignore-rules.ts";
import { sendKnownFields } from "./unknown-fields.ts";

/** What applying an object would do, and the object before and after where it would be changed. */
export type ObjectPreview =
  | { action: "created" | "skipped" | "unchanged"; ref: ObjectRef; version: string }
  | { action: "configured"; ref: ObjectRef; version: string; live: KubeObject; merged: KubeObject };

/** How {@link previewObject} asks. */
export interface PreviewOptions {
  fieldManager: string;
  /** `spec.force`. */
  force: boolean;
  /** `spec.ignore`. */
  rules: CompiledIgnoreRules;
  signal?: AbortSignal;
}

/**
 * What applying one normalised object would do, by a server-side dry-run: nothing is written, and no other manager's fields
 * are taken over. `live` and `merged` are without managed fields and ignored paths. Source: Flux ssa `ResourceManager.Diff`.
 * @throws ApplyError in upstream's words when the server refuses
 */
export async function previewObject(
  object: KubeObject,
  kube: KubeClient,
  options: PreviewOptions,
): Promise<ObjectPreview> {
  const desired = await scopeObject(object, kube);
  const at = { ref: refOf(desired), version: desired.apiVersion.slice(desired.apiVersion.indexOf("/") + 1) };
  const live = await readLive(desired, kube, options);
  const controls = controlsOf(desired.metadata);
  if (controls.ignored || (live && (controls.ifNotPresent || controlsOf(live.metadata).ignored)))
    return { action: "skipped", ...at };
  const merged = await dryRun(desired, live, kube, options);
  // The answer to an object that is not there has no version yet; one that was deleted meanwhile is created, too.
  if (!merged || !live || merged.metadata.resourceVersion === undefined) return { action: "created", ...at };
  const paths = options.rules.pathsFor(merged);
  const [before, after] = [withoutPaths(live, paths), withoutPaths(merged, paths)];
  if (!hasDrifted(before, after)) return { action: "unchanged", ...at };
  return { action: "configured", ...at, live: withoutManagers(before), merged: withoutManagers(after) };
}

async function readLive(
  desired: KubeObject,
  kube: KubeClient,
  { signal }: PreviewOptions,
): Promise<KubeObject | undefined> {
  const version = desired.apiVersion.slice(desired.apiVersion.indexOf("/") + 1);
  try {
    return await kube.get({ ...refOf(desired), version }, signal ? { signal } : {});
  } catch (error) {
    if (hasReason(error, "NotFound") || hasReason(error, "NoKindMatch")) return undefined;
    throw new ApplyError(formatApplyError(desired, "dry-run", error), [], error);
  }
}

/** The server's answer; undefined where the object would be deleted and created anew. */
async function dryRun(
  desired: KubeObject,
  live: KubeObject | undefined,
  kube: KubeClient,
  { fieldManager, force, signal }: PreviewOptions,
): Promise<KubeObject | undefined> {
  try {
    const options = {
      fieldManager,
      force: true,
      dryRun: true,
      fieldValidation,
      ...(signal ? { signal } : {}),
    } as const;
    const { answer } = await sendKnownFields(desired, (object) => kube.apply(object, options));
    return answer;
  } catch (error) {
    const isForced = force || controlsOf(desired.metadata).force || controlsOf(live?.metadata).force;
    if (live && isForced && isImmutableError(error)) return undefined;
    throw new ApplyError(formatApplyError(desired, "dry-run", error), [], error);
  }
}

function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
