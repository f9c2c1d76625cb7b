import type { Provider } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { providers } from "../providers/registry.ts";
import type { ProviderDefinition } from "./provider-type.ts";

/** How a provider's service is spoken to. @throws EddyError PROVIDER_UNSUPPORTED for a type that nobody knows here */
export async function loadDefinition({ metadata, spec }: Provider): Promise<ProviderDefinition> {
  const definition = await providers[spec.type]?.();
  if (definition) return definition;
  throw new EddyError(
    "PROVIDER_UNSUPPORTED",
    `failed to initialize notifier for provider '${metadata.name}': spec.type ${JSON.stringify(spec.type)} is not supported by this version of Eddy`,
  );
}
