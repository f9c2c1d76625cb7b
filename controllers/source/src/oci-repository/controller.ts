import { sourceConditionTypes, sourceGroup, type OCIRepository } from "@eddy/api";
import type { ControllerDefinition } from "@eddy/runtime/controller";
import { defineSource, secretReferences, secretWatch } from "../source/define-source.ts";
import { finalizeOCIRepository } from "./finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileOCIRepository } from "./reconcile.ts";

/** OCIRepositories: what they watch, and the pass. */
export const ociRepositoryController: ControllerDefinition<OCIRepository, Ports> = defineSource<OCIRepository, Ports>({
  kind: { group: sourceGroup, version: "v1", kind: "OCIRepository" },
  negativeConditions: [
    sourceConditionTypes.storageOperationFailed,
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.artifactOutdated,
  ],
  watches: [secretWatch],
  references: (object) => {
    const { secretRef, certSecretRef, proxySecretRef, verify } = object.spec;
    return secretReferences(
      object,
      secretRef,
      certSecretRef,
      proxySecretRef,
      verify?.secretRef,
      verify?.trustedRootSecretRef,
    );
  },
  reconcile: reconcileOCIRepository,
  finalize: finalizeOCIRepository,
});
