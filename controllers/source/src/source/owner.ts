import type { KubeObject } from "@eddy/core/object";
import type { ArtifactOwner } from "@eddy/runtime/artifact";

/** Whose artifacts these are. */
export function ownerOf({ kind, metadata }: KubeObject): ArtifactOwner {
  return { kind, namespace: metadata.namespace ?? "", name: metadata.name };
}

/** The object's key in maps of its controller: `<namespace>/<name>`. */
export function ownerKey({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
