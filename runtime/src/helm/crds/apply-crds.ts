import type { ChartCrd } from "@eddy/helm";
import { EddyError, messageOf } from "@eddy/core/errors";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { awaitServed } from "../../apply/index.ts";
import { failure, throwIfCancelled, type ActionContext } from "../actions/action-context.ts";
import { parseManifest } from "../objects/build-objects.ts";
import { keyOf } from "../objects/name-object.ts";
import { upgradeObjectManagers } from "../objects/upgrade-managers.ts";
import { applyObject, createObject, replaceObject } from "../objects/write-object.ts";
import type { CrdsPolicy } from "../requests.ts";

/** Definitions are established within this, whatever the release's own timeout. */
const establishTimeoutMs = 60_000;

/** How definitions are applied. */
export interface ApplyCrdsOptions {
  policy: CrdsPolicy;
  serverSideApply: boolean;
  labels?: Readonly<Record<string, string>>;
  context: ActionContext;
}

/**
 * Brings the definitions of `crds/` to the cluster, and waits until their kinds are served. What is no definition there is passed
 * over, and logged. `Create` leaves a definition that is there as it is; no policy ever deletes one.
 * @throws ReleaseError RELEASE_CRDS_FAILED. Source: helm-controller `action/crds.go`; flux2.md 1.9 on its `Create`.
 */
export async function applyCrds(crds: readonly ChartCrd[], options: ApplyCrdsOptions): Promise<void> {
  const { policy, context, labels } = options;
  if (policy === "Skip" || crds.length === 0) return;
  const definitions: KubeObject[] = [];
  for (const crd of crds) {
    for (const object of parseCrd(crd)) {
      if (isDefinition(object)) definitions.push(withLabels(object, labels));
      else context.log(`ignoring ${object.kind} ${object.metadata.name} in ${crd.path}: crds/ is for definitions only`);
    }
  }
  const applied: KubeObject[] = [];
  for (const definition of definitions) {
    throwIfCancelled(context);
    const live = await applyDefinition(definition, options);
    if (live) applied.push(live);
  }
  await waitEstablished(applied, context);
}

function parseCrd({ name, content }: ChartCrd): KubeObject[] {
  try {
    return parseManifest(content);
  } catch (error) {
    throw failure("RELEASE_CRDS_FAILED", `failed to install CRD ${name}: ${messageOf(error)}`, error);
  }
}

function isDefinition(object: KubeObject): boolean {
  const { group, kind } = gvkOf(object);
  return group === "apiextensions.k8s.io" && kind === "CustomResourceDefinition";
}

function withLabels(object: KubeObject, labels: Readonly<Record<string, string>> | undefined): KubeObject {
  if (!labels) return object;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
}

/** The definition as the cluster has it; undefined when it was there and stays as it is. */
async function applyDefinition(
  definition: KubeObject,
  { policy, serverSideApply, context }: ApplyCrdsOptions,
): Promise<KubeObject | undefined> {
  const writing = { ...context, forceConflicts: serverSideApply };
  const { name } = definition.metadata;
  try {
    const exists = await isThere(definition, context);
    if (exists && policy === "Create") {
      context.log(`CRD ${name} is already present. Skipping.`);
      return undefined;
    }
    if (!serverSideApply) return await (exists ? replaceObject : createObject)(definition, writing);
    if (exists) await upgradeObjectManagers(definition, writing);
    return await applyObject(definition, writing);
  } catch (error) {
    throw failure("RELEASE_CRDS_FAILED", `failed to install CRD ${name}: ${messageOf(error)}`, error);
  }
}

async function isThere(definition: KubeObject, { kube }: ActionContext): Promise<boolean> {
  try {
    await kube.get(keyOf(definition), { metadataOnly: true });
    return true;
  } catch (error) {
    if (hasReason(error, "NotFound")) return false;
    throw error;
  }
}

async function waitEstablished(applied: readonly KubeObject[], context: ActionContext): Promise<void> {
  if (applied.length === 0) return;
  const signal = context.signal ? { signal: context.signal } : {};
  try {
    await context.waiterOf("watcher").ready(applied, { timeoutMs: establishTimeoutMs, jobs: false, ...signal });
    for (const definition of applied) await awaitServed(definition, context.kube, context.clock, context.signal);
  } catch (error) {
    if (context.signal?.aborted) throwIfCancelled(context);
    const lead = "failed to wait for CustomResourceDefinition(s)";
    throw new EddyError("CRDS_NOT_ESTABLISHED", `${lead}: ${messageOf(error)}`, { cause: error });
  }
}
