import { sourceConditionTypes, sourceReasons, type OCILayerSelector, type OCIRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import type { Descriptor, FetchedImage, ImageManifest, OciClient } from "@eddy/oci";
import { unpackTree } from "@eddy/runtime/artifact";
import { StepError } from "@eddy/runtime/controller";
import type { ResolvedRevision } from "./resolve-revision.ts";

/** What was pulled: files, or a layer as it is, and the manifest's annotations. */
export interface PulledLayer {
  readonly content: { readonly tree: FileTree } | { readonly bytes: Uint8Array };
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The selected layer.
 * @throws StepError OCIArtifactPullFailed, OCIArtifactLayerOperationFailed with FetchFailed.
 */
export async function pullLayer(
  client: OciClient,
  { spec }: OCIRepository,
  { pinned }: ResolvedRevision,
  signal: AbortSignal,
): Promise<PulledLayer> {
  const { manifest } = await fetchImage(client, spec.url, pinned, signal);
  return layerStep(signal, async () => {
    const layer = selectLayer(manifest, spec.layerSelector);
    const bytes = await fetchLayer(client, pinned, layer, signal);
    const annotations = manifest.annotations ?? {};
    if (spec.layerSelector?.operation === "copy") return { content: { bytes }, annotations };
    return { content: { tree: await extract(bytes) }, annotations };
  });
}

function failure(reason: string, message: string, cause: unknown): StepError {
  return new StepError(reason, message, { cause, class: "retry", condition: sourceConditionTypes.fetchFailed });
}

async function fetchImage(
  client: OciClient,
  url: string,
  pinned: ResolvedRevision["pinned"],
  signal: AbortSignal,
): Promise<FetchedImage> {
  try {
    return await client.fetchImage(pinned, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw failure(sourceReasons.ociPullFailed, `failed to pull artifact from '${url}': ${messageOf(cause)}`, cause);
  }
}

async function layerStep<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw failure(sourceReasons.ociLayerOperationFailed, messageOf(cause), cause);
  }
}

/** The first layer, or the first of the selected media type. @throws Error in upstream's words. */
export function selectLayer({ layers }: Pick<ImageManifest, "layers">, selector?: OCILayerSelector): Descriptor {
  const [first] = layers;
  if (!first) throw new Error("no layers found in artifact");
  const mediaType = selector?.mediaType;
  if (!mediaType) return first;
  const found = layers.find((layer) => layer.mediaType === mediaType);
  if (!found) throw new Error(`failed to find layer with media type '${mediaType}' in artifact`);
  return found;
}

async function fetchLayer(
  client: OciClient,
  { repository }: ResolvedRevision["pinned"],
  layer: Descriptor,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await client.fetchBlob(repository, layer, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error(`failed to extract the first layer from artifact: ${messageOf(cause)}`, { cause });
  }
}

async function extract(bytes: Uint8Array): Promise<FileTree> {
  try {
    return await unpackTree(bytes);
  } catch (cause) {
    throw new Error(`failed to extract layer contents from artifact: ${messageOf(cause)}`, { cause });
  }
}
