import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import { StepError } from "@eddy/runtime/controller";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";
import type { SecretData } from "./secret-store.ts";

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

/** Public by nature: masking them would only garble messages. */
const notSecret: ReadonlySet<string> = new Set(["username", "caCert", "clientCert", "knownHosts"]);

/** Registers every value but those whose name says that they are public (`username`, `caCert`, `clientCert`, `knownHosts`). */
export function registerSecrets(masker: Masker, values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) if (value && !notSecret.has(name)) masker.register(value);
}
