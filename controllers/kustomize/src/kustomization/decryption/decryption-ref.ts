import type { Kustomization } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";

/** The reference to the Secret with the keys that decrypt. */
export function decryptionRefOf({ metadata, spec }: Kustomization): ObjectRef | undefined {
  const name = spec.decryption?.secretRef?.name;
  return name === undefined ? undefined : { group: "", kind: "Secret", namespace: metadata.namespace ?? "", name };
}
