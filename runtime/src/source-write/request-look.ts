import { cliFieldManager, requestedAtAnnotation } from "@eddy/api";
import { uniqueTime, type Clock } from "@eddy/core/clock";
import type { ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/**
 * Asks the controllers of these objects to look at once, by annotation. Answers with its value, which is told back as
 * `status.lastHandledReconcileAt`: a time (RFC 3339) that no other request of this process has.
 */
export async function requestLook(
  refs: readonly ObjectRef[],
  { kube, clock }: { kube: KubeClient; clock: Clock },
  fieldManager: string = cliFieldManager,
): Promise<string> {
  const at = uniqueTime(clock.now());
  const body = { metadata: { annotations: { [requestedAtAnnotation]: at } } };
  for (const ref of refs) await kube.patch(ref, "merge", body, { fieldManager });
  return at;
}
