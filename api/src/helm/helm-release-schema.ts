import {
  anything,
  flag,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  plainInteger,
  required,
  text,
  type Schema,
} from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { healthCheckExprsSchema } from "../structs/health-checks.ts";
import { kubeConfigSchema } from "../structs/kube-config.ts";
import { commonMetadataSchema, ignoreRulesSchema, imagesSchema, patchesSchema } from "../structs/kustomize.ts";
import { dependencyReference, type DependencyReference } from "../structs/references.ts";
import { inventorySchema } from "../structs/inventory.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { chartRefSchema, chartTemplateSchema } from "./chart-schema.ts";
import type {
  DriftDetection,
  HelmReleaseSpec,
  HelmReleaseStatus,
  PostRenderer,
  ReleaseSnapshot,
  TestHookStatus,
  ValuesReference,
} from "./helm-release-types.ts";
import { installSchema, rollbackSchema, testSchema, uninstallSchema, upgradeSchema } from "./release-action-schema.ts";

const dependsOnSchema: Schema<DependencyReference[]> = list(
  dependencyReference("An object to wait for.", "HelmRelease"),
  { description: "HelmReleases, Kustomizations and other objects that must be ready first." },
);

const driftDetectionSchema: Schema<DriftDetection> = object<DriftDetection>(
  {
    ignore: ignoreRulesSchema,
    mode: oneOf(["enabled", "warn", "disabled"], {
      description: "Put the cluster right, only say that it differs, or do not look; `disabled` unless given.",
    }),
  },
  { description: "Whether the cluster is compared with the release." },
);

const valuesFromSchema: Schema<ValuesReference[]> = list(
  object<ValuesReference>({
    kind: required(oneOf(["Secret", "ConfigMap"], { description: "Secret or ConfigMap." })),
    literal: flag({ description: "With `targetPath`: take the value as it is, whatever is in it." }),
    name: required(text({ description: "Name, in the same namespace.", minLength: 1, maxLength: 253 })),
    optional: flag({ description: "Go on when the object or the key is not there." }),
    targetPath: text({
      description:
        "Dotted path at which the value is set, as `helm --set` would; without it, the value is a values file.",
      maxLength: 250,
      pattern: "^([a-zA-Z0-9_\\-.\\\\\\/]|\\[[0-9]{1,5}\\])+$",
    }),
    valuesKey: text({
      description: "Key of the value; `values.yaml` unless given.",
      maxLength: 253,
      pattern: "^[\\-._a-zA-Z0-9]+$",
    }),
  }),
  { description: "Secrets and ConfigMaps with values, merged in order, below `values`." },
);

const postRenderersSchema: Schema<PostRenderer[]> = list(
  object<PostRenderer>({
    kustomize: object<NonNullable<PostRenderer["kustomize"]>>(
      { images: imagesSchema, patches: patchesSchema },
      { description: "Patches and images of a kustomization." },
    ),
  }),
  { description: "Changes to what was rendered, in order." },
);

const testHookSchema: Schema<TestHookStatus> = object<TestHookStatus>({
  lastCompleted: text({ description: "When the test was last over.", format: "date-time" }),
  lastStarted: text({ description: "When the test was last started.", format: "date-time" }),
  phase: text({ description: "How it went." }),
});

const historySchema: Schema<ReleaseSnapshot[]> = list(
  object<ReleaseSnapshot>({
    action: text({
      description: "What made this revision: `install`, `upgrade`, `rollback`, `uninstall` or `uninstall-remediation`.",
    }) as Schema<NonNullable<ReleaseSnapshot["action"]>>,
    apiVersion: text({ description: "How the digest was made." }),
    appVersion: text({ description: "Version of the application, as the chart says." }),
    chartName: required(text({ description: "Name of the chart." })),
    chartVersion: required(text({ description: "Version of the chart." })),
    configDigest: required(text({ description: "Digest of the values." })),
    deleted: text({ description: "When it was uninstalled.", format: "date-time" }),
    digest: required(text({ description: "Digest of the release in Helm's storage." })),
    firstDeployed: required(text({ description: "When the release was first installed.", format: "date-time" })),
    lastDeployed: required(text({ description: "When this revision was deployed.", format: "date-time" })),
    name: required(text({ description: "Name of the release." })),
    namespace: required(text({ description: "Namespace of the release." })),
    ociDigest: text({ description: "Digest of the artifact that the chart came from." }),
    status: required(text({ description: "What Helm says of it." })),
    testHooks: mapOf(testHookSchema, { description: "How its tests went." }),
    version: required(plainInteger({ description: "The revision's number." })),
  }),
  { description: "The last revisions of the release, newest first." },
);

/** Schema of `spec`. */
export const helmReleaseSpecSchema: Schema<HelmReleaseSpec> = object<HelmReleaseSpec>(
  {
    chart: chartTemplateSchema,
    chartRef: chartRefSchema,
    commonMetadata: commonMetadataSchema,
    dependsOn: dependsOnSchema,
    driftDetection: driftDetectionSchema,
    healthCheckExprs: healthCheckExprsSchema,
    install: installSchema,
    interval: required(duration("How often everything is compared and put right, beside changes of the source.")),
    kubeConfig: kubeConfigSchema,
    maxHistory: plainInteger({ description: "How many releases Helm keeps; 0 keeps all. 5 unless given." }),
    persistentClient: flag({ description: "Accepted, and without effect: connections are always kept." }),
    postRenderStrategy: oneOf(["nohooks", "combined", "separate"], {
      description:
        "Whether post-renderers see hooks: never, together with the manifest, or by themselves; `combined` unless given.",
    }),
    postRenderers: postRenderersSchema,
    releaseName: text({
      description:
        "Name of the release; the target namespace, if any, and the name, with a dash between, unless given.",
      minLength: 1,
      maxLength: 53,
    }),
    rollback: rollbackSchema,
    serviceAccountName: text({ description: "ServiceAccount to act as.", minLength: 1, maxLength: 253 }),
    storageNamespace: text({
      description: "Namespace of Helm's storage; the own one unless given.",
      minLength: 1,
      maxLength: 63,
    }),
    suspend: flag({ description: "Stop releasing." }),
    targetNamespace: text({
      description: "Namespace of the release; the own one unless given.",
      minLength: 1,
      maxLength: 63,
    }),
    test: testSchema,
    timeout: duration("How long each Helm action may take; 5m unless given."),
    uninstall: uninstallSchema,
    upgrade: upgradeSchema,
    values: anything({ description: "Values of the chart." }) as Schema<NonNullable<HelmReleaseSpec["values"]>>,
    valuesFrom: valuesFromSchema,
    waitStrategy: object<NonNullable<HelmReleaseSpec["waitStrategy"]>>(
      {
        name: required(
          oneOf(["poller", "legacy"], { description: "By kstatus and expressions, or by the rules of Helm 3." }),
        ),
      },
      { description: "How readiness is told; `poller` unless given." },
    ),
  },
  {
    description: "What is to be installed.",
    validations: [
      {
        message: "either chart or chartRef must be set",
        rule: "(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))",
      },
    ],
  },
);

/** Schema of `status`. */
export const helmReleaseStatusSchema: Schema<HelmReleaseStatus> = object<HelmReleaseStatus>(
  {
    ...reconciledStatusFields,
    failures: integer({ description: "Failures since something last changed, of any action." }),
    helmChart: text({ description: "`<namespace>/<name>` of the HelmChart that was made." }),
    history: historySchema,
    installFailures: integer({ description: "Failed installs since something last changed." }),
    inventory: inventorySchema,
    lastAttemptedConfigDigest: text({ description: "Digest of the values that were last tried." }),
    lastAttemptedGeneration: integer({ description: "Generation that was last tried." }),
    lastAttemptedReleaseAction: oneOf(["install", "upgrade"], { description: "The action that was last tried." }),
    lastAttemptedReleaseActionDuration: text({ description: "How long it took." }),
    lastAttemptedRevision: text({ description: "Version of the chart that was last tried." }),
    lastAttemptedRevisionDigest: text({ description: "Digest of the artifact of that chart." }),
    lastAttemptedValuesChecksum: text({ description: "Of the older API versions; removed." }),
    lastHandledForceAt: text({ description: "The last value of `reconcile.fluxcd.io/forceAt` that was handled." }),
    lastHandledResetAt: text({ description: "The last value of `reconcile.fluxcd.io/resetAt` that was handled." }),
    lastReleaseRevision: plainInteger({ description: "Of the older API versions; removed." }),
    observedCommonMetadataDigest: text({ description: "Digest of `spec.commonMetadata` that was last released." }),
    observedPostRenderersDigest: text({ description: "Digest of `spec.postRenderers` that was last released." }),
    storageNamespace: text({
      description: "Namespace of the storage of the current release.",
      minLength: 1,
      maxLength: 63,
    }),
    upgradeFailures: integer({ description: "Failed upgrades since something last changed." }),
  },
  { description: "What was installed, and whether that worked.", default: unobservedStatus },
);
