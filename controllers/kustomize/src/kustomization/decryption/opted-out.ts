import { kustomizeDecryptKey } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";

/** Whether an object says that it is not to be decrypted. */
export function isOptedOut({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[kustomizeDecryptKey]?.toLowerCase() === "disabled";
}
