import type { Kustomization } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";

/** A field that the schema knows and no code stands behind yet, and what it would do. */
interface UnsupportedField {
  path: string;
  isUsed(spec: Kustomization["spec"]): boolean;
}

const unsupported: readonly UnsupportedField[] = [
  { path: "spec.kubeConfig.configMapRef", isUsed: ({ kubeConfig }) => kubeConfig?.configMapRef !== undefined },
];

/**
 * Stalls a Kustomization that asks for what is not built: doing half of what it says would be worse than nothing.
 * @throws StepError FeatureGateDisabled (terminal) naming the field.
 */
export function refuseUnsupported({ spec }: Kustomization): void {
  const field = unsupported.find(({ isUsed }) => isUsed(spec));
  if (!field) return;
  throw new StepError(
    "FeatureGateDisabled",
    `${field.path} is not supported by this version of Eddy: remove the field or use Flux`,
    {
      class: "terminal",
    },
  );
}
