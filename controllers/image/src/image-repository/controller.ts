import { fluxFinalizer, imageGroup, imageReflectorControllerName, type ImageRepository } from "@eddy/api";
import { defineController, type ControllerDefinition, type Outcome, type Run } from "@eddy/runtime/controller";
import { ownerKey } from "../image/owner.ts";
import { withQuietRepeats } from "../image/quiet-repeats.ts";
import type { Ports } from "./ports.ts";
import { reconcileImageRepository } from "./reconcile.ts";

/** ImageRepositories: what they watch, and the pass. */
export const imageRepositoryController: ControllerDefinition<ImageRepository, Ports> = defineController<
  ImageRepository,
  Ports
>({
  kind: { group: imageGroup, version: "v1", kind: "ImageRepository" },
  name: imageReflectorControllerName,
  fieldManager: imageReflectorControllerName,
  finalizer: fluxFinalizer,
  watches: [{ kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true }],
  references({ metadata, spec }) {
    const namespace = metadata.namespace ?? "";
    return [spec.secretRef, spec.certSecretRef, spec.proxySecretRef].flatMap((ref) =>
      ref ? [{ group: "", kind: "Secret", namespace, name: ref.name }] : [],
    );
  },
  reconcile: withQuietRepeats(reconcileImageRepository),
  finalize: finalizeImageRepository,
});

/** Forgets what was scanned. */
async function finalizeImageRepository(run: Run<ImageRepository>, ports: Ports): Promise<Outcome<ImageRepository>> {
  const owner = ownerKey(run.object);
  ports.registries.release(owner);
  ports.tags.forget(owner);
  ports.etags.delete(owner);
  return run.finalized();
}
