import {
  fluxFinalizer,
  imageAutomationControllerName,
  imageGroup,
  sourceGroup,
  type ImageUpdateAutomation,
} from "@eddy/api";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { defineController, type ControllerDefinition } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";
import { reconcileImageUpdate } from "./reconcile.ts";
import { forgeSecretOf } from "./review/words.ts";
import { sourceRefOf } from "./resolve-source.ts";

/** ImageUpdateAutomations: what they watch, and the pass. That policies choose other images is told by `start.ts`. */
export const imageUpdateController: ControllerDefinition<ImageUpdateAutomation, Ports> = defineController<
  ImageUpdateAutomation,
  Ports
>({
  kind: { group: imageGroup, version: "v1", kind: "ImageUpdateAutomation" },
  name: imageAutomationControllerName,
  fieldManager: imageAutomationControllerName,
  finalizer: fluxFinalizer,
  watches: [
    { kind: { group: sourceGroup, version: "v1", kind: "GitRepository" }, matters: sourceChanged },
    { kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true },
  ],
  references(object) {
    const { namespace = "" } = object.metadata;
    const names = [object.spec.git?.commit.signingKey?.secretRef.name, forgeSecretOf(object)];
    const secrets = names.flatMap((name) =>
      name === undefined ? [] : [{ group: "", kind: "Secret", namespace, name }],
    );
    return [sourceRefOf(object), ...secrets];
  },
  reconcile: reconcileImageUpdate,
});

/** Whether a repository is configured otherwise, has new commits, came or went. */
function sourceChanged(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!before || !after) return true;
  const revisionOf = (object: KubeObject): unknown => valueAt(object, "status", "artifact", "revision");
  return before.metadata.generation !== after.metadata.generation || revisionOf(before) !== revisionOf(after);
}
