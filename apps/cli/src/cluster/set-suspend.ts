import { cliFieldManager, type Kind } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { refTo } from "./objects.ts";

/** Sets `spec.suspend` of one object, or removes it. Idempotent. */
export async function setSuspend(kube: KubeClient, kind: Kind, object: KubeObject, suspend: boolean): Promise<void> {
  const key = refTo(kind, object.metadata.namespace ?? "", object.metadata.name);
  await kube.patch(key, "merge", { spec: { suspend: suspend ? true : null } }, { fieldManager: cliFieldManager });
}
