import {
  fluxFinalizer,
  imageGroup,
  imageReflectorControllerName,
  type ImagePolicy,
  type ImageRepository,
} from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { defineController, type ControllerDefinition, type Outcome, type Run } from "@eddy/runtime/controller";
import { ownerKey } from "../image/owner.ts";
import { withQuietRepeats } from "../image/quiet-repeats.ts";
import { repositoryRefOf } from "./find-repository.ts";
import type { Ports } from "./ports.ts";
import { reconcileImagePolicy } from "./reconcile.ts";

/** ImagePolicies: what they watch, and the pass. */
export const imagePolicyController: ControllerDefinition<ImagePolicy, Ports> = defineController<ImagePolicy, Ports>({
  kind: { group: imageGroup, version: "v1", kind: "ImagePolicy" },
  name: imageReflectorControllerName,
  fieldManager: imageReflectorControllerName,
  finalizer: fluxFinalizer,
  watches: [
    { kind: { group: imageGroup, version: "v1", kind: "ImageRepository" }, matters: changesChoice },
    { kind: { group: "", version: "v1", kind: "Namespace" }, matters: changesLabels },
  ],
  references(policy) {
    const ref = repositoryRefOf(policy);
    const { namespace = "" } = policy.metadata;
    if (ref.namespace === namespace) return [ref];
    return [ref, { group: "", kind: "Namespace", namespace: "", name: namespace }];
  },
  reconcile: withQuietRepeats(reconcileImagePolicy),
  finalize: finalizeImagePolicy,
});

/** Other tags, another image, or others that may use it. */
function changesChoice(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  const [old, now] = [before as ImageRepository | undefined, after as ImageRepository | undefined];
  if (!old || !now || old.metadata.generation !== now.metadata.generation) return true;
  return old.status?.lastScanResult?.revision !== now.status?.lastScanResult?.revision;
}

function changesLabels(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  return JSON.stringify(before?.metadata.labels) !== JSON.stringify(after?.metadata.labels);
}

async function finalizeImagePolicy(run: Run<ImagePolicy>, ports: Ports): Promise<Outcome<ImagePolicy>> {
  ports.registries.release(ownerKey(run.object));
  return run.finalized();
}
