import { helmControllerName, helmDriftDetectionKey, type HelmRelease, type IgnoreRule } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import type { Json, JsonObject } from "@eddy/core/json";
import { gvkOf, refOf, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import {
  ApplyError,
  compileIgnoreRules,
  formatApplyError,
  planOverride,
  withoutPaths,
  type CompiledIgnoreRules,
} from "@eddy/runtime/apply";
import type { Release } from "@eddy/runtime/helm";
import type { Cluster, Ports } from "../ports.ts";
import { objectsOfManifest, scopeObjects } from "../release-inventory.ts";
import { diffJson, type PatchOperation } from "./json-patch.ts";

/** How one object of a release stands in the cluster; `changed` with what would bring it back. */
export type ObjectDrift =
  | { readonly kind: "none" | "excluded" | "removed"; readonly desired: KubeObject }
  | { readonly kind: "changed"; readonly desired: KubeObject; readonly patch: readonly PatchOperation[] };

/** Every object of a release, in the order of its manifest. */
export type ReleaseDrift = readonly ObjectDrift[];

/** What {@link compareRelease} reads. */
export interface CompareOptions {
  cluster: Cluster;
  ports: Pick<Ports, "settings">;
  signal: AbortSignal;
}

interface Comparison extends CompareOptions {
  owner: { name: string; namespace: string };
  rules: CompiledIgnoreRules;
  ignore: readonly IgnoreRule[];
}

const concurrency = 8;

/**
 * Compares the objects of a release with the cluster: each by a dry-run of applying it, but for those that the watch proves to be
 * as they were when they were last compared. Hooks are left out, and objects that opt out are excluded.
 * @throws ApplyError when a dry-run is refused; EddyError INVALID_IGNORE_RULE (terminal)
 */
export async function compareRelease(
  release: Release,
  object: HelmRelease,
  options: CompareOptions,
): Promise<ReleaseDrift> {
  const { metadata, spec } = object;
  const ignore = spec.driftDetection?.ignore ?? [];
  const { objects } = await scopeObjects(
    objectsOfManifest(release.manifest ?? ""),
    release.namespace,
    options.cluster.kube,
  );
  const comparison: Comparison = {
    ...options,
    ignore,
    // An empty pointer is the whole object: that is asked for separately.
    rules: compileIgnoreRules(
      ignore.map((rule) => ({ ...rule, paths: rule.paths.map((path) => path || wholeObject) })),
    ),
    owner: { name: metadata.name, namespace: metadata.namespace ?? "" },
  };
  const desired = objects.map((item) => withHelmMetadata(item, release));
  const drift: ObjectDrift[] = [];
  for (let index = 0; index < desired.length; index += concurrency)
    drift.push(
      ...(await Promise.all(desired.slice(index, index + concurrency).map((item) => compareObject(item, comparison)))),
    );
  return drift;
}

const wholeObject = "/\u0000";

function isWhole(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === "\u0000";
}

async function compareObject(desired: KubeObject, comparison: Comparison): Promise<ObjectDrift> {
  const { cluster, rules, owner, signal } = comparison;
  const paths = rules.pathsFor(desired);
  if (isOptedOut(desired) || paths.some(isWhole)) return { kind: "excluded", desired };
  const hash = sha256(
    JSON.stringify([desired, comparison.ignore], (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  );
  if (isProvenUnchanged(desired, hash, cluster)) return { kind: "none", desired };
  const read = await readLive(desired, comparison);
  if (read && isOptedOut(read)) return { kind: "excluded", desired };
  const live = read && (await takeOver(read, comparison));
  const answer = await dryRun(desired, comparison);
  if (answer.metadata.resourceVersion === undefined || !live) return { kind: "removed", desired };
  signal.throwIfAborted();
  const patch = diffObjects(withoutPaths(live, paths), withoutPaths(answer, paths));
  if (patch.length > 0) return { kind: "changed", desired, patch };
  const { group, kind } = gvkOf(desired);
  cluster.memory.remember(live, { owner, hash, object: desired });
  cluster.live?.watch({ group, kind });
  return { kind: "none", desired };
}

// The last comparison found nothing, and nobody has touched what is ours since.
function isProvenUnchanged(desired: KubeObject, hash: string, { memory, live }: Cluster): boolean {
  const ref = refOf(desired);
  const record = memory.get(ref);
  const seen = live?.of(ref);
  if (!record || record.desiredHash !== hash || typeof seen !== "object" || seen.uid !== record.uid) return false;
  return memory.fingerprint(seen, record.owned) === record.fingerprint;
}

async function readLive(desired: KubeObject, { cluster, signal }: Comparison): Promise<KubeObject | undefined> {
  try {
    return await cluster.kube.get({ ...refOf(desired), version: gvkOf(desired).version }, { signal });
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Makes the owner the manager of what `--override-manager` names, so that the dry-run tells of it. Source: helm-controller `action.Diff`. */
async function takeOver(live: KubeObject, { cluster, ports, signal }: Comparison): Promise<KubeObject> {
  const { overrideManagers } = ports.settings;
  if (overrideManagers.length === 0) return live;
  const steps = planOverride(live, { fieldManager: helmControllerName, overridden: overrideManagers });
  if (steps.length === 0) return live;
  const ref = refOf(live);
  cluster.memory.forget(ref);
  try {
    return await cluster.kube.patch(ref, "json", steps, { fieldManager: helmControllerName, signal });
  } catch (error) {
    throw new ApplyError(formatApplyError(live, "cleanup", error), [], error);
  }
}

async function dryRun(desired: KubeObject, { cluster, signal }: Comparison): Promise<KubeObject> {
  try {
    return await cluster.kube.apply(desired, { fieldManager: helmControllerName, force: true, dryRun: true, signal });
  } catch (error) {
    throw new ApplyError(formatApplyError(desired, "dry-run", error), [], error);
  }
}

/** What differs, status and metadata aside but for labels and annotations that are missing or other. Pure. */
export function diffObjects(live: KubeObject, wanted: KubeObject): PatchOperation[] {
  const metadata = diffJson(visibleMetadata(live), visibleMetadata(wanted)).filter(({ op }) => op !== "remove");
  return [...metadata, ...diffJson(contentOf(live), contentOf(wanted))];
}

function visibleMetadata({ metadata }: KubeObject): JsonObject {
  const { labels, annotations } = metadata;
  const visible = { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return Object.keys(visible).length === 0 ? {} : { metadata: visible };
}

function contentOf(object: KubeObject): Json {
  const { metadata: _metadata, status: _status, ...content } = object;
  return content as JsonObject;
}

function isOptedOut({ metadata }: KubeObject): boolean {
  const isDisabled = (map: Record<string, string> | undefined): boolean =>
    map?.[helmDriftDetectionKey]?.toLowerCase() === "disabled";
  return isDisabled(metadata.labels) || isDisabled(metadata.annotations);
}

// Helm adds these to what it applies, not to the manifest that it keeps.
function withHelmMetadata(object: KubeObject, { name, namespace }: Release): KubeObject {
  const { metadata, ...rest } = object;
  const { status: _status, ...content } = rest as Record<string, unknown>;
  return {
    ...(content as unknown as KubeObject),
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        ...metadata.annotations,
        "meta.helm.sh/release-name": name,
        "meta.helm.sh/release-namespace": namespace,
      },
    },
  };
}
