import type { HelmRepository } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import type { HttpClientOptions, HttpHeaders } from "@eddy/http";
import {
  registerSecrets,
  type SecretData,
  tlsFromSecret,
  type TlsMaterial,
  tlsPartsOf,
} from "@eddy/runtime/registry-access";
import type { SourcePorts } from "../source/ports.ts";

/** How a chart repository is reached over HTTP. */
export interface HelmAccess {
  /** A digest of trust and credentials; holds no secret. */
  readonly key: string;
  readonly client: HttpClientOptions;
  /** For the repository's own origin, or for every one with `passCredentials`. */
  readonly credentials: HttpHeaders;
  readonly passCredentials: boolean;
  readonly timeoutMs: number;
}

/** What of a HelmRepository says how it is reached. */
export type ReachedRepository = Pick<HelmRepository, "spec"> & { metadata: { namespace?: string } };

const defaultTimeout = "60s";

/**
 * Trust and credentials by the Secrets of a HelmRepository. Source: source-controller internal/helm/getter `GetClientOpts`.
 * @throws Error in upstream's words
 */
export async function resolveHelmAccess(
  { metadata, spec }: ReachedRepository,
  ports: Pick<SourcePorts, "secrets" | "masker">,
): Promise<HelmAccess> {
  const namespace = metadata.namespace ?? "";
  const { origin } = new URL(spec.url);
  const certs = spec.certSecretRef
    ? tlsFromSecret(
        await read(namespace, spec.certSecretRef.name, "TLS authentication secret", ports),
        `failed to construct Helm client's TLS config: secret '${namespace}/${spec.certSecretRef.name}'`,
      )
    : undefined;
  const login = spec.secretRef
    ? await read(namespace, spec.secretRef.name, "authentication secret", ports)
    : ({} as SecretData);
  const basic = basicFromSecret(login, `${namespace}/${spec.secretRef?.name ?? ""}`);
  const tls = certs ?? deprecatedTls(login);
  registerSecrets(ports.masker.of(namespace), { key: tls.identity?.key, password: basic?.password });
  const client: HttpClientOptions = {
    ...(tls.caCert === undefined ? {} : { caCert: tls.caCert }),
    ...(tls.identity ? { identity: { origin, ...tls.identity } } : {}),
  };
  const credentials: HttpHeaders = basic ? { authorization: encodeBasic(basic) } : {};
  return {
    key: sha256(JSON.stringify([client, credentials])),
    client,
    credentials,
    passCredentials: spec.passCredentials ?? false,
    timeoutMs: parseDuration(spec.timeout ?? defaultTimeout),
  };
}

async function read(
  namespace: string,
  name: string,
  what: string,
  { secrets }: Pick<SourcePorts, "secrets">,
): Promise<SecretData> {
  try {
    return await secrets.read(namespace, name);
  } catch (cause) {
    throw new Error(`failed to get ${what} '${namespace}/${name}': ${messageOf(cause)}`, { cause });
  }
}

/** TLS in the Secret of the login, which upstream still takes; half of a pair is passed over. */
function deprecatedTls(data: SecretData): TlsMaterial {
  const { cert, key, caCert } = tlsPartsOf(data);
  return { ...(caCert ? { caCert } : {}), ...(cert && key ? { identity: { cert, key } } : {}) };
}

function basicFromSecret(data: SecretData, name: string): { username: string; password: string } | undefined {
  const { username, password } = data;
  if (username === undefined && password === undefined) return undefined;
  const doing = "failed to detect authentication methods";
  if (password === undefined)
    throw new Error(`${doing}: secret '${name}': malformed basic auth - has 'username' but missing 'password'`);
  if (username === undefined)
    throw new Error(`${doing}: secret '${name}': malformed basic auth - has 'password' but missing 'username'`);
  return { username, password };
}

function encodeBasic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
