import type { Masker } from "@eddy/core/secrets";

/** Public by nature: masking them would only garble messages. */
const notSecret: ReadonlySet<string> = new Set(["username", "principal", "caCert", "clientCert", "knownHosts"]);

/** Registers every value but those whose name says that they are public (`username`, `caCert`, `clientCert`, `knownHosts`). */
export function registerSecrets(
  masker: Pick<Masker, "register">,
  values: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, value] of Object.entries(values)) if (value && !notSecret.has(name)) masker.register(value);
}
