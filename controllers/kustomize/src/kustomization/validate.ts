import { digestOf } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { formatObjectName, refKey, refOf, type KubeObject } from "@eddy/core/object";
import { dump } from "@eddy/goyaml";
import type { Rendered } from "./render-memory.ts";
import type { Manifest } from "./substitute.ts";

/**
 * What can be known wrong before a server is asked: an object without apiVersion, kind or name, and two of the same name.
 * The digest is that of the text as upstream keeps it in the history. Pure.
 * @throws EddyError INVALID_MANIFEST (retry)
 */
export function validateManifests(manifests: readonly Manifest[], buildText: () => string): Rendered {
  const seen = new Set<string>();
  const objects = manifests.map(({ object }) => {
    if (!object.apiVersion || !object.kind || !object.metadata?.name) {
      throw new EddyError(
        "INVALID_MANIFEST",
        `failed to decode Kubernetes apiVersion, kind and name from: ${abridge(object)}`,
      );
    }
    const key = refKey(refOf(object));
    if (seen.has(key)) {
      throw new EddyError(
        "INVALID_MANIFEST",
        `${formatObjectName(refOf(object))} is built twice: substitution gave two objects one name`,
      );
    }
    seen.add(key);
    return object;
  });
  const isSubstituted = manifests.some(({ text }) => text !== undefined);
  const text = isSubstituted
    ? manifests.map((manifest) => manifest.text ?? dump(manifest.object as never)).join("---\n")
    : buildText();
  return { objects, digest: digestOf(text) };
}

// Whoever reads this needs the keys; values may be secret.
function abridge(object: KubeObject): string {
  return JSON.stringify(Object.keys(object));
}
