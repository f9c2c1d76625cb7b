import type { GitRepository } from "@eddy/api";
import type { ArtifactOwner } from "@eddy/runtime/artifact";

/** Whose artifacts these are. */
export function ownerOf({ kind, metadata }: GitRepository): ArtifactOwner {
  return { kind, namespace: metadata.namespace ?? "", name: metadata.name };
}

/** The object's key in maps of this controller. */
export function ownerKey({ metadata }: GitRepository): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
