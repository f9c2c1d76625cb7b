import { approvalKind } from "./eddy/approval.ts";
import { releaseKind } from "./eddy/release.ts";
import { helmReleaseKind } from "./helm/helm-release.ts";
import { imagePolicyKind } from "./image/image-policy.ts";
import { imageRepositoryKind } from "./image/image-repository.ts";
import { imageUpdateAutomationKind } from "./image/image-update-automation.ts";
import { kustomizationKind } from "./kustomize/kustomization.ts";
import type { Kind } from "./kind.ts";
import { alertKind } from "./notification/alert.ts";
import { providerKind } from "./notification/provider.ts";
import { receiverKind } from "./notification/receiver.ts";
import { artifactGeneratorKind } from "./source/artifact-generator.ts";
import { bucketKind } from "./source/bucket.ts";
import { externalArtifactKind } from "./source/external-artifact.ts";
import { gitRepositoryKind } from "./source/git-repository.ts";
import { helmChartKind } from "./source/helm-chart.ts";
import { helmRepositoryKind } from "./source/helm-repository.ts";
import { ociRepositoryKind } from "./source/oci-repository.ts";

/** Every kind there is, in the order in which lists show them. A new kind is one line here. */
export const kinds: readonly Kind[] = [
  gitRepositoryKind,
  ociRepositoryKind,
  bucketKind,
  helmRepositoryKind,
  helmChartKind,
  externalArtifactKind,
  artifactGeneratorKind,
  kustomizationKind,
  helmReleaseKind,
  alertKind,
  providerKind,
  receiverKind,
  imageRepositoryKind,
  imagePolicyKind,
  imageUpdateAutomationKind,
  approvalKind,
  releaseKind,
];

/** The kind with this group and name, or undefined for one that is not ours. */
export function kindOf(ref: { group: string; kind: string }): Kind | undefined {
  return kinds.find((kind) => kind.group === ref.group && kind.kind === ref.kind);
}
