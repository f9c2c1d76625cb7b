import { genericReasons, sourceConditionTypes } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";
import type { SourcePorts } from "../source/ports.ts";

/**
 * Stalls an object that logs in to a cloud as a ServiceAccount, unless that is enabled: the gate `ObjectLevelWorkloadIdentity`.
 * @throws StepError FeatureGateDisabled (terminal) with FetchFailed
 */
export function requireWorkloadIdentity(
  { provider, serviceAccountName }: { provider?: string; serviceAccountName?: string },
  { hasWorkloadIdentity }: Pick<SourcePorts, "hasWorkloadIdentity">,
): void {
  const isCloud = provider !== undefined && provider !== "generic";
  if (hasWorkloadIdentity || !isCloud || !serviceAccountName) return;
  throw new StepError(
    genericReasons.featureGateDisabled,
    "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller",
    { class: "terminal", condition: sourceConditionTypes.fetchFailed },
  );
}
