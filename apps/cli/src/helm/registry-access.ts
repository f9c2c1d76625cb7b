import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createOciClient,
  dockerConfigKeychain,
  firstKeychain,
  staticKeychain,
  type Keychain,
  type OciClient,
} from "@eddy/oci";
import type { CommandContext } from "../command/context.ts";
import { flag, type FlagSpec, type FlagValues } from "../command/flag.ts";

/** The flags by which Helm's commands say how to reach a registry. Source: Helm 4 `pkg/cmd/push.go`. */
export const registryFlags: {
  certFile: FlagSpec<string | undefined>;
  keyFile: FlagSpec<string | undefined>;
  caFile: FlagSpec<string | undefined>;
  plainHttp: FlagSpec<boolean>;
  username: FlagSpec<string | undefined>;
  password: FlagSpec<string | undefined>;
} = {
  certFile: flag.text("identify registry client using this SSL certificate file"),
  keyFile: flag.text("identify registry client using this SSL key file"),
  caFile: flag.text("verify certificates of HTTPS-enabled servers using this CA bundle"),
  plainHttp: flag.boolean("use insecure HTTP connections"),
  username: flag.text("chart repository username"),
  password: flag.text("chart repository password"),
};

/** Where Helm keeps logins. Source: Helm `helmpath`, `HELM_REGISTRY_CONFIG`. */
export function helmRegistryConfig(env: CommandContext["io"]["env"]): string {
  const { HELM_REGISTRY_CONFIG: file, HELM_CONFIG_HOME: helm, XDG_CONFIG_HOME: xdg, HOME: home = "." } = env;
  if (file) return file;
  const folder = helm || (xdg ? join(xdg, "helm") : join(home, ".config", "helm"));
  return join(folder, "registry", "config.json");
}

/** Options of {@link openHelmRegistry}: the values of the flags. */
export type HelmRegistryOptions = Partial<FlagValues<typeof registryFlags>>;

/** A client that logs in as the flags say, else with Helm's logins, else with docker's. The caller closes it. */
export function openHelmRegistry(options: HelmRegistryOptions, { io, clock, flags }: CommandContext): OciClient {
  const { certFile, keyFile, caFile } = options;
  const pem = (path: string): string => readFileSync(path, "utf8");
  return createOciClient({
    keychain: helmKeychain(options, io.env),
    clock,
    timeoutMs: flags.timeout,
    ...(caFile ? { caCert: pem(caFile) } : {}),
    ...(certFile && keyFile ? { identity: { cert: pem(certFile), key: pem(keyFile) } } : {}),
    ...(flags.insecureSkipTlsVerify ? { insecureSkipVerify: true } : {}),
  });
}

function helmKeychain({ username, password }: HelmRegistryOptions, env: CommandContext["io"]["env"]): Keychain {
  if (username && password) return staticKeychain({ username, password });
  const own = { REGISTRY_AUTH_FILE: helmRegistryConfig(env), ...(env["PATH"] ? { PATH: env["PATH"] } : {}) };
  return firstKeychain(dockerConfigKeychain(own), dockerConfigKeychain(env));
}
