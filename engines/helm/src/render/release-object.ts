import { type GoMap, int } from "@eddy/gotemplate";
import type { ReleaseIdentity } from "./options.ts";

/** `.Release`. */
export function releaseObject(release: ReleaseIdentity): GoMap {
  const { name, namespace, revision = 1, isUpgrade = false, isInstall = !isUpgrade } = release;
  return {
    Name: name,
    Namespace: namespace,
    IsUpgrade: isUpgrade,
    IsInstall: isInstall,
    Revision: int(revision),
    Service: "Helm",
  };
}
