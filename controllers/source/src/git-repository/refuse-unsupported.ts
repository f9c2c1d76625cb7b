import { genericReasons, sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";

/** A field that the schema knows and no code stands behind yet. */
interface UnsupportedField {
  readonly path: string;
  readonly reason: string;
  isUsed(spec: GitRepository["spec"]): boolean;
}

const unsupported: readonly UnsupportedField[] = [
  {
    path: "spec.provider",
    reason: sourceReasons.invalidProviderConfiguration,
    isUsed: ({ provider }) => provider !== undefined && provider !== "generic",
  },
  {
    path: "spec.serviceAccountName",
    reason: genericReasons.featureGateDisabled,
    isUsed: ({ serviceAccountName }) => serviceAccountName !== undefined && serviceAccountName !== "",
  },
];

/**
 * Stalls a GitRepository that asks for what is not built: an unverified commit must never look like a verified one.
 * @throws StepError (terminal) naming the field.
 */
export function refuseUnsupported({ spec }: GitRepository): void {
  const field = unsupported.find((candidate) => candidate.isUsed(spec));
  if (!field) return;
  const value = field.path === "spec.provider" ? ` ${JSON.stringify(spec.provider)}` : "";
  throw new StepError(
    field.reason,
    `${field.path}${value} is not supported by this version of Eddy: remove the field or use Flux`,
    {
      class: "terminal",
      condition: sourceConditionTypes.fetchFailed,
    },
  );
}
