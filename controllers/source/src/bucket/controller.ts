import { sourceConditionTypes, sourceGroup, type Bucket } from "@eddy/api";
import type { ControllerDefinition } from "@eddy/runtime/controller";
import { defineSource, secretReferences, secretWatch } from "../source/define-source.ts";
import { ownerKey } from "../source/owner.ts";
import { finalizeSource } from "../storage/finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileBucket } from "./reconcile.ts";

/** Buckets: what they watch, and the pass. */
export const bucketController: ControllerDefinition<Bucket, Ports> = defineSource<Bucket, Ports>({
  kind: { group: sourceGroup, version: "v1", kind: "Bucket" },
  negativeConditions: [
    sourceConditionTypes.storageOperationFailed,
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.artifactOutdated,
  ],
  watches: [secretWatch],
  references: (object) => {
    const { secretRef, certSecretRef, proxySecretRef, sts } = object.spec;
    return secretReferences(object, secretRef, certSecretRef, proxySecretRef, sts?.secretRef, sts?.certSecretRef);
  },
  reconcile: reconcileBucket,
  async finalize(run, ports) {
    ports.fetched.delete(ownerKey(run.object));
    return finalizeSource(run, ports);
  },
});
