import { sourceConditionTypes, sourceReasons, type BucketSpec } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";

/**
 * Whether the token service goes with the provider; the API server checks it too, since Flux 2.4.
 * @throws StepError InvalidSTSConfiguration, URLInvalid (terminal) with FetchFailed. Source: source-controller `ValidateSTSProvider`.
 */
export function checkSts({ provider = "generic", sts }: Pick<BucketSpec, "provider" | "sts">): void {
  if (!sts || provider === "gcp" || provider === "azure") return;
  const fits = (provider === "aws" && sts.provider === "aws") || (provider === "generic" && sts.provider === "ldap");
  if (!fits) throw stalled(`STS provider '${sts.provider}' is not supported for '${provider}' bucket provider`);
  const needless = sts.provider === "aws" && (sts.secretRef ? "secretRef" : sts.certSecretRef && "certSecretRef");
  if (needless) throw stalled(`spec.sts.${needless} is not required for the '${sts.provider}' STS provider`);
  if (!URL.canParse(sts.endpoint))
    throw stalled("failed to parse STS endpoint: it is no URL", sourceReasons.urlInvalid);
}

function stalled(message: string, reason: string = sourceReasons.invalidSTSConfiguration): StepError {
  return new StepError(reason, message, { class: "terminal", condition: sourceConditionTypes.fetchFailed });
}
