import { type GoMap, int } from "@eddy/gotemplate";
import type { ReleaseIdentity } from "./options.ts";

/** `.Release`. */
export function releaseObject({ name, namespace, revision = 1, isUpgrade = false }: ReleaseIdentity): GoMap {
  return {
    Name: name,
    Namespace: namespace,
    IsUpgrade: isUpgrade,
    IsInstall: !isUpgrade,
    Revision: int(revision),
    Service: "Helm",
  };
}
