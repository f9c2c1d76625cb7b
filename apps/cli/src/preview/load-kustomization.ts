import { readFile, stat } from "node:fs/promises";
import { kustomizationKind, type Kustomization } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import { hasReason, type KubeClient } from "@eddy/kube";
import { refTo } from "../cluster/objects.ts";

/** Which Kustomization is previewed. */
export interface KustomizationSource {
  name: string;
  namespace: string;
  /** `--kustomization-file`: its spec instead of the cluster's. */
  file: string | undefined;
  /** Absent in a dry-run, which asks no cluster. */
  kube: KubeClient | undefined;
  /** `--ignore-not-found`: the file alone is enough. */
  ignoreNotFound?: boolean;
}

/**
 * The Kustomization as it is in the file, else in the cluster; with the cluster's status in either case.
 * @throws EddyError KUSTOMIZATION_NOT_FOUND (terminal) in upstream's words
 */
export async function loadKustomization(source: KustomizationSource): Promise<Kustomization> {
  const { kube, name, namespace, file, ignoreNotFound = false } = source;
  try {
    const live = kube && (await readLive(kube, namespace, name, ignoreNotFound));
    if (file === undefined) {
      if (live) return live;
      throw new EddyError("USAGE", "dry-run mode requires a kustomization file", { class: "terminal" });
    }
    return withStatus(await readKustomizationFile(file, name, namespace), live);
  } catch (cause) {
    throw new EddyError("KUSTOMIZATION_NOT_FOUND", `failed to get kustomization object: ${messageOf(cause)}`, {
      class: "terminal",
      cause,
    });
  }
}

/** The Kustomization with the status of the one in the cluster, which knows what was applied. */
export function withStatus(object: Kustomization, live: Kustomization | undefined): Kustomization {
  return live?.status?.inventory ? { ...object, status: live.status } : object;
}

/** @throws KubeApiError `NotFound` unless that is ignored. */
export async function readLive(
  kube: KubeClient,
  namespace: string,
  name: string,
  ignoreNotFound: boolean,
): Promise<Kustomization | undefined> {
  try {
    return kustomizationKind.decode(await kube.get(refTo(kustomizationKind, namespace, name)));
  } catch (error) {
    if (ignoreNotFound && hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Whether an object is a Flux Kustomization, in any version. */
export function isFluxKustomization(object: KubeObject): boolean {
  return gvkOf(object).group === kustomizationKind.group && object.kind === kustomizationKind.kind;
}

/** @throws EddyError USAGE (terminal) for a word that names no file */
export async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new EddyError("USAGE", `invalid kustomization file ${JSON.stringify(file)}`, { class: "terminal" });
}

async function readKustomizationFile(file: string, name: string, namespace: string): Promise<Kustomization> {
  const documents = loadDocuments(await readFile(file, "utf8"), { file });
  for (const { value } of documents) {
    const object = isObject(value) ? (value as unknown as KubeObject) : undefined;
    if (typeof object?.apiVersion !== "string" || !isFluxKustomization(object)) continue;
    const { metadata } = object;
    if (metadata?.name !== name || (metadata.namespace ?? namespace) !== namespace) continue;
    return kustomizationKind.decode({ ...object, metadata: { ...metadata, namespace } });
  }
  throw new EddyError(
    "KUSTOMIZATION_NOT_FOUND",
    `failed find kustomization with name '${name}' and namespace '${namespace}' in file '${file}'`,
    { class: "terminal" },
  );
}
