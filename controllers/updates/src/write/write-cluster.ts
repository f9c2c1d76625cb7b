import type { Clock } from "@eddy/core/clock";
import { refOf } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { clusterPatch, type PatchOperation } from "./cluster-patch.ts";
import { valuesWith } from "./release-values.ts";
import type { UpdatePlan, WriteResult } from "./update-plan.ts";

/** Field manager of what is written to the cluster. */
export const fieldManager = "eddy-updates";

/** Writes a plan to the API server, in one request that fails as a whole where the images are no longer what they were. */
export async function writeToCluster(
  plan: UpdatePlan,
  because: string,
  { kube, clock }: { kube: KubeClient; clock: Clock },
): Promise<WriteResult> {
  const { object, changes } = plan;
  const { resourceVersion } = object.metadata;
  const unchanged: PatchOperation = { op: "test", path: "/metadata/resourceVersion", value: resourceVersion };
  const operations = clusterPatch(plan, clock.now());
  if (object.kind === "HelmRelease") {
    const values = valuesWith(object, changes);
    if (!values) return { form: "refused", why: "the images stand nowhere in spec.values" };
    const replaced: PatchOperation = { op: "replace", path: "/spec/values", value: values };
    await kube.patch(refOf(object), "json", [unchanged, replaced, ...operations], { fieldManager });
  } else await kube.patch(refOf(object), "json", operations, { fieldManager });
  return { form: "cluster", because };
}
