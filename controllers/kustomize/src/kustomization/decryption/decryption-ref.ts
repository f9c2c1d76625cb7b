import type { Kustomization } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import type { KustomizationSettings } from "../ports.ts";

/** The reference to the Secret with the keys that decrypt. */
export function decryptionRefOf({ metadata, spec }: Kustomization): ObjectRef | undefined {
  const name = spec.decryption?.secretRef?.name;
  return name === undefined ? undefined : { group: "", kind: "Secret", namespace: metadata.namespace ?? "", name };
}

/** The Secret whose keys decrypt: the one that is named, else that of `--sops-age-secret`; undefined where nothing is decrypted. */
export function keysRefOf(
  object: Kustomization,
  { sopsAgeSecret }: Pick<KustomizationSettings, "sopsAgeSecret">,
): ObjectRef | undefined {
  if (!object.spec.decryption) return undefined;
  return decryptionRefOf(object) ?? (sopsAgeSecret && { group: "", kind: "Secret", ...sopsAgeSecret });
}
