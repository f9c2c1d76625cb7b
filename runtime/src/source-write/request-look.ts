import { cliFieldManager, requestedAtAnnotation } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/** Asks the controllers of these objects to look at once, by annotation; `at` is told back as `status.lastHandledReconcileAt`. */
export async function requestLook(
  refs: readonly ObjectRef[],
  at: string,
  { kube }: { kube: KubeClient },
  fieldManager: string = cliFieldManager,
): Promise<void> {
  const body = { metadata: { annotations: { [requestedAtAnnotation]: at } } };
  for (const ref of refs) await kube.patch(ref, "merge", body, { fieldManager });
}
