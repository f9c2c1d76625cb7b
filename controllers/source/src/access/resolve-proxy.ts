import { sourceConditionTypes, sourceReasons, type LocalObjectReference } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { HttpProxy } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";
import { registerSecrets } from "@eddy/runtime/registry-access";

/**
 * The proxy of `spec.proxySecretRef`: its Secret's `address`, `username`, `password`.
 * @throws StepError AuthenticationFailed with FetchFailed.
 */
export async function resolveProxy(
  object: Source & { spec: { proxySecretRef?: LocalObjectReference } },
  ports: Pick<SourcePorts, "secrets" | "masker">,
): Promise<HttpProxy | undefined> {
  const name = object.spec.proxySecretRef?.name;
  if (name === undefined) return undefined;
  const namespace = object.metadata.namespace ?? "";
  try {
    const { address, username, password } = await ports.secrets.read(namespace, name);
    if (!address) throw new Error(`secret '${namespace}/${name}': key 'address' not found`);
    registerSecrets(ports.masker.of(namespace), { password });
    return { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
  } catch (cause) {
    throw new StepError(sourceReasons.authenticationFailed, `failed to configure proxy options: ${messageOf(cause)}`, {
      cause,
      condition: sourceConditionTypes.fetchFailed,
    });
  }
}
