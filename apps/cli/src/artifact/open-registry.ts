import { createCloudLogin } from "@eddy/cloud";
import { EddyError } from "@eddy/core/errors";
import {
  cloudKeychain,
  createOciClient,
  dockerConfigKeychain,
  parseReference,
  staticKeychain,
  type Keychain,
  type OciClient,
  type Reference,
} from "@eddy/oci";
import type { CommandContext } from "../command/context.ts";
import { flag, type FlagSpec, type FlagValues } from "../command/flag.ts";

const providers = ["generic", "aws", "azure", "gcp"] as const;

/** The flags by which a command says how to log in to a registry. */
export const loginFlags: {
  readonly creds: FlagSpec<string | undefined>;
  readonly provider: FlagSpec<(typeof providers)[number] | undefined>;
} = {
  creds: flag.text("credentials for OCI registry in the format <username>[:<password>] if --provider is generic"),
  provider: flag.oneOf(providers, "the OCI provider name, available options are: generic, aws, azure, gcp"),
};

/** The flag that allows plain HTTP. */
export const insecureFlag: { readonly insecureRegistry: FlagSpec<boolean> } = {
  insecureRegistry: flag.boolean("allows the registry to be reached without TLS"),
};

/** A registry client, and what the address names. */
export interface OpenRegistry {
  readonly client: OciClient;
  readonly reference: Reference;
  /** The address without `oci://`. */
  readonly url: string;
}

const prefix = "oci://";

function invalid(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}

/** The address without `oci://`. Source: fluxcd/pkg/oci `ParseArtifactURL`. @throws EddyError USAGE. */
export function parseArtifactUrl(text: string): string {
  if (!text.startsWith(prefix)) throw invalid("URL must be in format 'oci://<domain>/<org>/<repo>'");
  const url = text.slice(prefix.length);
  try {
    parseReference(url);
  } catch (error) {
    throw invalid(`'${text}' invalid URL: ${(error as Error).message}`);
  }
  return url;
}

/**
 * Runs an action with a client for an address, logged in as the flags say: `--creds`, a cloud, else docker's configuration. The
 * client is closed afterwards.
 */
export async function withRegistry<T>(
  address: string,
  flags: FlagValues<typeof loginFlags> & { insecureRegistry?: boolean },
  context: CommandContext,
  action: (registry: OpenRegistry) => Promise<T>,
): Promise<T> {
  const url = parseArtifactUrl(address);
  const reference = parseReference(url, { insecure: flags.insecureRegistry ?? false });
  const client = createOciClient({
    keychain: keychainOf(flags, context),
    clock: context.clock,
    timeoutMs: context.flags.timeout,
  });
  try {
    return await action({ client, reference, url });
  } finally {
    client.close();
  }
}

function keychainOf(
  { creds, provider = "generic" }: FlagValues<typeof loginFlags>,
  { status, clock, io }: CommandContext,
): Keychain {
  if (provider !== "generic") {
    status.action("logging in to registry with provider credentials");
    return cloudKeychain({ provider, login: createCloudLogin({ clock, env: io.env }), clock });
  }
  if (creds === undefined || creds === "") return dockerConfigKeychain(io.env);
  status.action("logging in to registry with credentials");
  const colon = creds.indexOf(":");
  if (colon < 0) return staticKeychain({ registryToken: creds });
  return staticKeychain({ username: creds.slice(0, colon), password: creds.slice(colon + 1) });
}
