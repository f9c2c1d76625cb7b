import { sourceConditionTypes, sourceGroup, type HelmRepository } from "@eddy/api";
import type { ControllerDefinition } from "@eddy/runtime/controller";
import { defineSource, secretReferences, secretWatch } from "../source/define-source.ts";
import { ownerKey } from "../source/owner.ts";
import { finalizeSource } from "../storage/finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileHelmRepository } from "./reconcile.ts";

/** HelmRepositories: what they watch, and the pass. One of a registry is static: only charts read it. */
export const helmRepositoryController: ControllerDefinition<HelmRepository, Ports> = defineSource<
  HelmRepository,
  Ports
>({
  kind: { group: sourceGroup, version: "v1", kind: "HelmRepository" },
  negativeConditions: [
    sourceConditionTypes.storageOperationFailed,
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.artifactOutdated,
  ],
  watches: [secretWatch],
  references: (object) => secretReferences(object, object.spec.secretRef, object.spec.certSecretRef),
  isStatic: ({ spec }) => spec.type === "oci",
  reconcile: reconcileHelmRepository,
  finalize(run, ports) {
    ports.memory.forget(ownerKey(run.object));
    return finalizeSource(run, ports);
  },
});
