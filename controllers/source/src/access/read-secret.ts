import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { StepError } from "@eddy/runtime/controller";
import type { SecretData } from "@eddy/runtime/registry-access";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";

/**
 * The data of a Secret beside the object.
 * @throws StepError AuthenticationFailed (retry) with FetchFailed, when it cannot be read.
 */
export async function readSecret(
  object: Source,
  name: string,
  { secrets }: Pick<SourcePorts, "secrets">,
): Promise<SecretData> {
  const namespace = object.metadata.namespace ?? "";
  try {
    return await secrets.read(namespace, name);
  } catch (cause) {
    const doing = `failed to get secret '${namespace}/${name}'`;
    throw new StepError(sourceReasons.authenticationFailed, `${doing}: ${doing}: ${messageOf(cause)}`, {
      cause,
      class: "retry",
      condition: sourceConditionTypes.fetchFailed,
    });
  }
}
