import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { formatObjectName, refOf } from "@eddy/core/object";
import type { Resource } from "@eddy/kustomize";
import { isOptedOut } from "./opted-out.ts";

/**
 * Passes manifests on when none is an encrypted Secret: applying ciphertext would hand a workload rubbish.
 * Source: Flux spec 3.3 "SOPS".
 * @throws EddyError SOPS_ENCRYPTED (retry) naming the Secret
 */
export function refuseEncrypted(manifests: readonly Resource[]): readonly Resource[] {
  for (const manifest of manifests) {
    const object = manifest.object();
    if (object.kind !== "Secret" || !isObject(object["sops"])) continue;
    if (isOptedOut(object)) continue;
    const subject = formatObjectName(refOf(object));
    throw new EddyError(
      "SOPS_ENCRYPTED",
      `${subject} is SOPS encrypted, configuring decryption is required for this secret to be reconciled`,
    );
  }
  return manifests;
}
