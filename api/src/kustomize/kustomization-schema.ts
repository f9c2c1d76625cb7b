import { flag, integer, list, mapOf, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { healthCheckExprsSchema } from "../structs/health-checks.ts";
import { kubeConfigSchema } from "../structs/kube-config.ts";
import { commonMetadataSchema, ignoreRulesSchema, imagesSchema, patchesSchema } from "../structs/kustomize.ts";
import { dependencyReference, localObjectReference, namespacedObjectKindReference } from "../structs/references.ts";
import { inventorySchema } from "../structs/inventory.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import type {
  Decryption,
  HistorySnapshot,
  KustomizationSourceReference,
  KustomizationSpec,
  KustomizationStatus,
  PostBuild,
  SubstituteReference,
} from "./kustomization-types.ts";

const sourceRefSchema: Schema<KustomizationSourceReference> = object<KustomizationSourceReference>(
  {
    apiVersion: text({ description: "API version of the source." }),
    kind: required(
      oneOf(["OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"], { description: "Kind of the source." }),
    ),
    name: required(text({ description: "Name of the source." })),
    namespace: text({ description: "Namespace of the source; the own one unless given." }),
  },
  { description: "The source that has the manifests." },
);

const decryptionSchema: Schema<Decryption> = object<Decryption>(
  {
    provider: required(oneOf(["sops"], { description: "How the manifests are encrypted." })),
    secretRef: localObjectReference("Secret with the private keys."),
    serviceAccountName: text({ description: "ServiceAccount whose workload identity logs in at a key service." }),
  },
  { description: "How encrypted manifests are decrypted." },
);

const postBuildSchema: Schema<PostBuild> = object<PostBuild>(
  {
    substitute: mapOf(text(), { description: "Variables and their values." }),
    substituteFrom: list(
      object<SubstituteReference>({
        kind: required(oneOf(["Secret", "ConfigMap"], { description: "Secret or ConfigMap." })),
        name: required(text({ description: "Name, in the same namespace.", minLength: 1, maxLength: 253 })),
        optional: flag({ description: "Go on when the object does not exist.", default: false }),
      }),
      { description: "Secrets and ConfigMaps whose data are variables; a later one wins." },
    ),
    substituteStrategy: oneOf(["WithVariables", "Always"], {
      description:
        "Whether to substitute when there is no variable, so that defaults apply; `WithVariables` unless given.",
    }),
  },
  { description: "Substitution of variables in what was built." },
);

const historySchema: Schema<HistorySnapshot[]> = list(
  object<HistorySnapshot>({
    digest: required(text({ description: "Digest of what was built." })),
    firstReconciled: required(text({ description: "When this outcome first came out.", format: "date-time" })),
    lastReconciled: required(text({ description: "When this outcome last came out.", format: "date-time" })),
    lastReconciledDuration: required(text({ description: "How long the last pass took." })),
    lastReconciledStatus: required(text({ description: "Reason of the condition Ready." })),
    metadata: mapOf(text(), { description: "Revisions and the like." }),
    totalReconciliations: required(integer({ description: "How often this outcome came out." })),
  }),
  { description: "The last outcomes, newest first." },
);

/** Schema of `spec`. */
export const specSchema: Schema<KustomizationSpec> = object<KustomizationSpec>(
  {
    buildMetadata: list(oneOf(["originAnnotations", "transformerAnnotations"]), {
      description: "Annotations that say where each object comes from and what changed it.",
    }),
    commonMetadata: commonMetadataSchema,
    components: list(text(), { description: "Directories of Kustomize components, relative to the path." }),
    decryption: decryptionSchema,
    deletionPolicy: oneOf(["MirrorPrune", "Delete", "WaitForTermination", "Orphan"], {
      description:
        "What becomes of the applied objects when this one is deleted; `MirrorPrune` (as `prune` says) unless given.",
    }),
    dependsOn: list(dependencyReference("An object to wait for.", "Kustomization"), {
      description: "Kustomizations and other objects that must be ready first.",
    }),
    force: flag({
      description: "Delete and recreate an object when a field that cannot be changed was changed.",
      default: false,
    }),
    healthCheckExprs: healthCheckExprsSchema,
    healthChecks: list(namespacedObjectKindReference("An object whose health is checked."), {
      description: "Objects that must be healthy before this one is ready.",
    }),
    ignore: ignoreRulesSchema,
    ignoreMissingComponents: flag({ description: "Go on when a directory of `components` does not exist." }),
    images: imagesSchema,
    interval: required(
      duration("How often it is made sure that everything is as it should be, beside changes of the source."),
    ),
    kubeConfig: kubeConfigSchema,
    namePrefix: text({ description: "Put before the name of every object.", minLength: 1, maxLength: 200 }),
    nameSuffix: text({ description: "Put after the name of every object.", minLength: 1, maxLength: 200 }),
    patches: patchesSchema,
    path: text({ description: "Directory within the source; its root unless given." }),
    postBuild: postBuildSchema,
    prune: required(flag({ description: "Delete objects that are no longer in the source." })),
    retryInterval: duration("How soon to try again after a failure; the interval unless given."),
    serviceAccountName: text({ description: "ServiceAccount to act as." }),
    sourceRef: required(sourceRefSchema),
    suspend: flag({ description: "Stop applying." }),
    targetNamespace: text({
      description: "Namespace for every object, instead of its own.",
      minLength: 1,
      maxLength: 63,
    }),
    timeout: duration("How long applying and health checks may take; the interval less 30s unless given."),
    wait: flag({ description: "Check the health of every applied object; `healthChecks` is ignored then." }),
  },
  { description: "What is to be applied." },
);

/** Schema of `status`. */
export const statusSchema: Schema<KustomizationStatus> = object<KustomizationStatus>(
  {
    ...reconciledStatusFields,
    history: historySchema,
    inventory: inventorySchema,
    lastAppliedOriginRevision: text({ description: "Origin revision of the last artifact that was applied." }),
    lastAppliedRevision: text({ description: "Revision that was last applied, health checks included." }),
    lastAttemptedRevision: text({ description: "Revision that was last tried." }),
  },
  { description: "What was applied, and whether that worked.", default: unobservedStatus },
);
