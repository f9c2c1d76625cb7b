import type { ObjectMeta } from "@eddy/core/object";

/** `<namespace>/<name>`: an object's key in maps of its controller. */
export function ownerKey({ metadata }: { metadata: ObjectMeta }): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
