/**
 * The kinds as data: schema, defaults, validation, conditions, printer columns, what the command line's verbs need.
 *
 * No behaviour: what a kind does is its controller's business. Entry points: `kinds` and `crdOf`; per kind its types, and
 * `decode`, which reads an object of any served version.
 */
export { kinds, kindOf } from "./kinds.ts";
export { crdOf, type CustomResourceDefinition } from "./crd.ts";
export type { PrinterColumn, KindVersion, CliColumn, KindCli, KindInventory, Kind, KindDefinition } from "./kind.ts";
export type { CreateFlag, CreateForm, CreateValues, SshKeyRequest } from "./create-form.ts";
export type { CelRule, JsonSchema } from "./schema.ts";
export {
  requestedAtAnnotation,
  traceparentAnnotation,
  forceAtAnnotation,
  resetAtAnnotation,
  confirmPruneAtAnnotation,
  pullRequestsAnnotation,
  watchLabel,
  watchLabelEnabled,
  kustomizeReconcileKey,
  kustomizeSsaKey,
  kustomizeForceKey,
  kustomizePruneKey,
  kustomizeSubstituteKey,
  kustomizeDecryptKey,
  disabledValue,
  enabledValue,
  kustomizeNameLabel,
  kustomizeNamespaceLabel,
  helmNameLabel,
  helmNamespaceLabel,
  helmDriftDetectionKey,
  generatorReconcileKey,
  generatorLabel,
  originRevisionKey,
  shardKeyLabel,
  eventAnnotationPrefix,
  partOfLabel,
  partOfFlux,
  instanceLabel,
  versionLabel,
  componentLabel,
  legacyKeys,
} from "./annotations.ts";
export {
  kustomizeFieldManager,
  kustomizeStatusManager,
  sourceStatusManager,
  cliFieldManager,
  sourceControllerName,
  kustomizeControllerName,
  helmControllerName,
  fluxFinalizer,
} from "./field-managers.ts";
export { conditionTypes, genericReasons } from "./conditions.ts";
export { readyConditionOf, shortenRevisions } from "./cli-columns.ts";
export { sourceGroup, sourceExtensionsGroup } from "./source/group.ts";
export { sourceConditionTypes, sourceReasons } from "./source/conditions.ts";
export { bucketKind } from "./source/bucket.ts";
export type { Bucket, BucketProvider, BucketSpec, BucketStatus, BucketSTS } from "./source/bucket-types.ts";
export { gitRepositoryKind } from "./source/git-repository.ts";
export type {
  GitRepository,
  GitRepositorySpec,
  GitProvider,
  GitRepositoryRef,
  GitVerificationMode,
  GitRepositoryVerification,
  GitRepositoryInclude,
  GitRepositoryStatus,
} from "./source/git-repository-types.ts";
export { ociRepositoryKind } from "./source/oci-repository.ts";
export type {
  OCIRepository,
  OCIRepositorySpec,
  OCIRepositoryRef,
  OCILayerOperation,
  OCILayerSelector,
  OCIRepositoryVerification,
  OCIRepositoryStatus,
} from "./source/oci-repository-types.ts";
export { helmRepositoryKind } from "./source/helm-repository.ts";
export type {
  HelmRepository,
  HelmRepositorySpec,
  HelmRepositoryStatus,
  HelmRepositoryType,
  RegistryProvider,
} from "./source/helm-repository-types.ts";
export { helmChartKind } from "./source/helm-chart.ts";
export type {
  HelmChart,
  HelmChartSpec,
  HelmChartStatus,
  HelmChartSourceKind,
  HelmChartSourceReference,
  HelmChartVerification,
  ReconcileStrategy,
} from "./source/helm-chart-types.ts";
export { externalArtifactKind } from "./source/external-artifact.ts";
export type { ExternalArtifact } from "./source/external-artifact-types.ts";
export { artifactGeneratorKind } from "./source/artifact-generator.ts";
export type {
  ArtifactGenerator,
  ArtifactGeneratorSpec,
  ArtifactGeneratorStatus,
  GeneratorSource,
  GeneratorSourceKind,
  OutputArtifact,
  CopyOperation,
  ExternalArtifactReference,
} from "./source/artifact-generator-types.ts";
export { kustomizeGroup } from "./kustomize/group.ts";
export { kustomizationKind } from "./kustomize/kustomization.ts";
export type {
  Kustomization,
  KustomizationSpec,
  KustomizationSourceKind,
  KustomizationSourceReference,
  DeletionPolicy,
  BuildMetadata,
  Decryption,
  PostBuild,
  SubstituteReference,
  KustomizationStatus,
  HistorySnapshot,
} from "./kustomize/kustomization-types.ts";
export type { ResourceInventory, ResourceRef } from "./structs/inventory.ts";
export { helmGroup } from "./helm/group.ts";
export { helmConditionTypes, helmReasons } from "./helm/conditions.ts";
export { helmReleaseKind, helmChartSourceOf } from "./helm/helm-release.ts";
export type {
  HelmRelease,
  HelmReleaseSpec,
  HelmReleaseStatus,
  HelmChartTemplate,
  HelmChartTemplateSpec,
  HelmChartReference,
  DriftDetection,
  PostRenderer,
  PostRenderStrategy,
  WaitStrategyName,
  ValuesReference,
  ReleaseSnapshot,
  ReleaseAction,
  TestHookStatus,
} from "./helm/helm-release-types.ts";
export type {
  ReleaseActionOptions,
  DeployOptions,
  ActionStrategy,
  CrdsPolicy,
  ServerSideApplyMode,
  HelmInstall,
  HelmUpgrade,
  HelmTest,
  TestFilter,
  HelmRollback,
  HelmUninstall,
  InstallRemediation,
  UpgradeRemediation,
  RemediationStrategy,
} from "./helm/release-action-types.ts";
export type { Artifact } from "./structs/artifact.ts";
export type { OidcIdentityMatch } from "./structs/verification.ts";
export type {
  LocalObjectReference,
  SecretKeyReference,
  NamespacedObjectKindReference,
  DependencyReference,
} from "./structs/references.ts";
export type { ReconciledStatus } from "./structs/status.ts";
export type { Selector, Patch, Image, CommonMetadata, IgnoreRule } from "./structs/kustomize.ts";
export type { CustomHealthCheck } from "./structs/health-checks.ts";
export type { KubeConfigReference } from "./structs/kube-config.ts";
export type { Alert, AlertSpec } from "./notification/alert-types.ts";
export { alertKind } from "./notification/alert.ts";
export { notificationControllerName, notificationGroup } from "./notification/group.ts";
export { type CrossNamespaceObjectReference, referredKinds } from "./notification/object-references.ts";
export {
  commitStatusTypes,
  type Provider,
  type ProviderSpec,
  type ProviderType,
  providerTypes,
} from "./notification/provider-types.ts";
export { providerKind } from "./notification/provider.ts";
export {
  type OidcProvider,
  type Receiver,
  type ReceiverResource,
  type ReceiverSpec,
  type ReceiverStatus,
  type ReceiverType,
  receiverTypes,
} from "./notification/receiver-types.ts";
export { webhookPath } from "./notification/webhook-path.ts";
export { receiverKind } from "./notification/receiver.ts";
export { imageAutomationControllerName, imageGroup, imageReflectorControllerName } from "./image/group.ts";
export { imageReasons, imageUpdateReasons } from "./image/conditions.ts";
export { defaultExclusionList, imageRepositoryKind } from "./image/image-repository.ts";
export type {
  ImageRepository,
  ImageRepositorySpec,
  ImageRepositoryStatus,
  ScanResult,
} from "./image/image-repository-types.ts";
export { imagePolicyKind } from "./image/image-policy.ts";
export type {
  DigestReflectionPolicy,
  ImagePolicy,
  ImagePolicyChoice,
  ImagePolicySpec,
  ImagePolicyStatus,
  TagFilter,
  TagOrder,
} from "./image/image-policy-types.ts";
export { imageUpdateAutomationKind } from "./image/image-update-automation.ts";
export type {
  CommitSettings,
  CommitSigningKey,
  GitUpdate,
  ImageUpdateAutomation,
  ImageUpdateAutomationSpec,
  ImageUpdateAutomationStatus,
  PushSettings,
  UpdateStrategy,
} from "./image/image-update-automation-types.ts";
export { formatImageRef, type ImageRef } from "./structs/image-ref.ts";
export type { AccessFrom } from "./structs/access-from.ts";
export { eddyGroup } from "./eddy/group.ts";
export { approvalKind } from "./eddy/approval.ts";
export type {
  Approval,
  ApprovalPhase,
  ApprovalSpec,
  ApprovalStatus,
  ApprovalSubject,
  ApprovalVote,
} from "./eddy/approval-types.ts";
export { releaseKind } from "./eddy/release.ts";
export type {
  ContainerRelease,
  PolicyChange,
  Release,
  ReleaseCause,
  ReleaseCommit,
  ReleasePhase,
  ReleaseSpec,
  ReleaseStatus,
  ReleaseStep,
  WorkloadRelease,
  WorkloadReleaseContainer,
  WorkloadReleaseStatus,
} from "./eddy/release-types.ts";
