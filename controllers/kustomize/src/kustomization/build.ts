import type { KustomizationSpec } from "@eddy/api";
import { EddyError, formatPosition, messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { buildKustomization, type KustomizationOverlay, type Resource } from "@eddy/kustomize";

/** What a build gives to the steps after it. */
export interface BuiltManifests {
  manifests: readonly Resource[];
  /** Paths that were read, listed, or found missing. */
  files: ReadonlySet<string>;
  /** All objects as upstream prints them. */
  text(): string;
}

/**
 * Builds the directory `path` as Flux's controller does: in the order of building, with load restrictions off inside the
 * artifact, with the overlay that the spec lays over it. Pure.
 * @throws EddyError BUILD_FAILED (retry) with file and line where there is one
 */
export function buildManifests(tree: FileTree, path: string, spec: KustomizationSpec): BuiltManifests {
  try {
    const result = buildKustomization(tree, path, { order: "none", loadRestrictor: "none", overlay: overlayOf(spec) });
    for (const resource of result.resources) decode(resource);
    return { manifests: result.resources, files: result.files, text: () => result.text() };
  } catch (cause) {
    const text = describe(cause);
    // Files are read for a folder without a kustomization before the build begins.
    const isBeforeBuild = text.startsWith("failed to decode Kubernetes YAML");
    throw new EddyError("BUILD_FAILED", isBeforeBuild ? text : `kustomize build failed: ${text}`, { cause });
  }
}

// Objects are made here and kept: what cannot be one, for a key that is there twice, is a failure of the build.
function decode(resource: Resource): void {
  try {
    resource.object();
  } catch (cause) {
    throw new EddyError("MALFORMED_YAML", `${resource.origin}: ${messageOf(cause)}`, { cause });
  }
}

function describe(error: unknown): string {
  const text = messageOf(error);
  const position = error instanceof EddyError ? formatPosition(error.position) : "";
  return position === "" || text.includes(error instanceof EddyError ? (error.position?.file ?? position) : position)
    ? text
    : `${position}: ${text}`;
}

/** What the spec lays over the directory's kustomization. Common metadata comes after the build, by the apply engine. */
export function overlayOf(spec: KustomizationSpec): KustomizationOverlay {
  const {
    targetNamespace,
    namePrefix,
    nameSuffix,
    patches,
    components,
    ignoreMissingComponents,
    images,
    buildMetadata,
  } = spec;
  const fields = {
    targetNamespace,
    namePrefix,
    nameSuffix,
    patches,
    components,
    ignoreMissingComponents,
    images,
    buildMetadata,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as KustomizationOverlay;
}
