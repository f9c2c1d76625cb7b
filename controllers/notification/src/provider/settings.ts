import type { Alert, Provider } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import type { LoginOptions } from "@eddy/cloud";
import type { HttpClientOptions } from "@eddy/http";

/** What a provider's spec and Secrets come to. */
export interface ProviderSettings {
  provider: Provider;
  alert: Alert;
  /** Of the Secret, else of the spec; "" where there is none. */
  address: string;
  channel: string;
  username: string;
  password: string;
  token: string;
  headers: Readonly<Record<string, string>>;
  /** All of the Secret, for what single types need. */
  secret: Readonly<Record<string, string>>;
  /** How the service is reached. */
  connection: HttpClientOptions;
  /** What tells one commit status from another; "" for types without. */
  commitStatus: string;
}

/** Data of Secrets that a provider names. */
export interface ProviderSecrets {
  secret: Readonly<Record<string, string>> | undefined;
  proxy: Readonly<Record<string, string>> | undefined;
  certs: Readonly<Record<string, string>> | undefined;
}

const maxAddress = 2_048;

/**
 * Puts a provider's spec and Secrets together. Pure. Source: flux2.md 1.11.
 * @throws EddyError PROVIDER_SETTINGS (retry)
 */
export function providerSettings(
  provider: Provider,
  alert: Alert,
  { secret = {}, proxy, certs }: ProviderSecrets,
  commitStatus: string,
): ProviderSettings {
  const { spec } = provider;
  const address = secret["address"]?.trim() ?? spec.address ?? "";
  if (address.length > maxAddress) {
    throw invalid(`invalid address in secret: address exceeds maximum length of ${maxAddress} bytes`);
  }
  return {
    provider,
    alert,
    address,
    channel: spec.channel ?? "",
    username: secret["username"] ?? spec.username ?? "",
    password: secret["password"] ?? "",
    token: secret["token"]?.trim() ?? "",
    headers: headersOf(secret["headers"]),
    secret,
    commitStatus,
    connection: {
      ...trustOf(provider, address, certs ?? secretCerts(provider, secret)),
      ...proxyOf(provider, secret, proxy),
    },
  };
}

function invalid(message: string, cause?: unknown): EddyError {
  return new EddyError("PROVIDER_SETTINGS", message, cause === undefined ? {} : { cause });
}

function headersOf(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  let headers: unknown;
  try {
    headers = load(text);
  } catch (cause) {
    throw invalid(`failed to read headers from secret: ${messageOf(cause)}`, cause);
  }
  if (!isObject(headers)) throw invalid("failed to read headers from secret: want a map of texts");
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Only commit statuses take certificates from the Secret with the token, and only with an authority in it. */
function secretCerts({ spec }: Provider, secret: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isCommitStatus = ["github", "gitlab", "gitea", "bitbucket", "bitbucketserver", "azuredevops"].includes(
    spec.type,
  );
  return isCommitStatus && secret["ca.crt"] !== undefined ? secret : {};
}

function trustOf({ spec }: Provider, address: string, certs: Readonly<Record<string, string>>): HttpClientOptions {
  const caCert = certs["ca.crt"] ?? certs["caFile"];
  const [cert, key] = [certs["tls.crt"] ?? certs["certFile"], certs["tls.key"] ?? certs["keyFile"]];
  const origin = URL.canParse(address) ? new URL(address).origin : undefined;
  if (spec.certSecretRef && caCert === undefined && cert === undefined) {
    throw invalid("failed to get TLS config: the secret has neither 'ca.crt' nor 'tls.crt' with 'tls.key'");
  }
  return {
    ...(caCert === undefined ? {} : { caCert }),
    ...(cert !== undefined && key !== undefined && origin !== undefined ? { identity: { origin, cert, key } } : {}),
  };
}

function proxyOf(
  { spec }: Provider,
  secret: Readonly<Record<string, string>>,
  proxy: Readonly<Record<string, string>> | undefined,
): HttpClientOptions {
  const address = proxy?.["address"] ?? secret["proxy"]?.trim() ?? spec.proxy;
  if (proxy && address === undefined) throw invalid("failed to get proxy URL: the secret has no 'address'");
  if (address === undefined) return {};
  if (!URL.canParse(address)) throw invalid("failed to get proxy URL: the address is no URL");
  const [username, password] = [proxy?.["username"], proxy?.["password"]];
  return {
    proxy: {
      address,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
  };
}

/** Who logs in to a cloud: the provider's ServiceAccount, else the process. */
export function loginOptions({ provider, connection: { proxy } }: ProviderSettings): LoginOptions {
  const { serviceAccountName: name } = provider.spec;
  return {
    ...(name === undefined ? {} : { serviceAccount: { namespace: provider.metadata.namespace ?? "", name } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
