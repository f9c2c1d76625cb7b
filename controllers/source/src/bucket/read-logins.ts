import { sourceConditionTypes, sourceReasons, type Bucket, type LocalObjectReference } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { HttpProxy } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";
import { registerSecrets, tlsFromSecret, type SecretData, type TlsMaterial } from "@eddy/runtime/registry-access";
import type { SourcePorts } from "../source/ports.ts";

/** What the Secrets of a Bucket hold. */
export interface BucketLogins {
  readonly secret: { readonly name: string; readonly data: SecretData } | undefined;
  readonly stsSecret: { readonly name: string; readonly data: SecretData } | undefined;
  readonly tls: TlsMaterial;
  readonly stsTls: TlsMaterial;
  readonly proxy: HttpProxy | undefined;
}

type Ports = Pick<SourcePorts, "secrets" | "masker">;

/**
 * Reads every Secret that the object names. Source: source-controller `setupCredentials`.
 * @throws StepError AuthenticationFailed (retry) with FetchFailed
 */
export async function readLogins({ metadata, spec }: Bucket, ports: Ports): Promise<BucketLogins> {
  const namespace = metadata.namespace ?? "";
  const read = async (ref: LocalObjectReference | undefined, doing: string): Promise<BucketLogins["secret"]> => {
    if (!ref?.name) return undefined;
    const data = await attempt(`${doing} '${namespace}/${ref.name}'`, () => ports.secrets.read(namespace, ref.name));
    registerLogin(data, namespace, ports);
    return { name: ref.name, data };
  };
  const readTls = (ref: LocalObjectReference | undefined, doing: string): Promise<TlsMaterial> =>
    attempt(doing, async () => {
      if (!ref?.name) return {};
      const named = `secret '${namespace}/${ref.name}'`;
      const data = await attempt(`failed to get ${named}`, () => ports.secrets.read(namespace, ref.name));
      registerLogin(data, namespace, ports);
      return tlsFromSecret(data, named);
    });
  return {
    secret: await read(spec.secretRef, "failed to get secret"),
    stsSecret: await read(spec.sts?.secretRef, "failed to get STS secret"),
    proxy: await attempt("failed to get proxy URL", () => readProxy(namespace, spec.proxySecretRef, ports)),
    tls: await readTls(spec.certSecretRef, "failed to get TLS config"),
    stsTls: await readTls(spec.sts?.certSecretRef, "failed to get STS TLS config"),
  };
}

async function readProxy(
  namespace: string,
  ref: LocalObjectReference | undefined,
  { secrets, masker }: Ports,
): Promise<HttpProxy | undefined> {
  if (!ref?.name) return undefined;
  const { address, username, password } = await secrets.read(namespace, ref.name);
  if (!address) throw new Error(`secret '${namespace}/${ref.name}': key 'address' not found`);
  registerSecrets(masker.of(namespace), { password });
  return { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

/** Names and addresses, which are public; masking them would only garble messages. */
const notSecret: ReadonlySet<string> = new Set([
  "accesskey",
  "tenantId",
  "clientId",
  "resourceId",
  "authorityHost",
  "clientCertificateSendChain",
  "username",
  "tls.crt",
  "certFile",
  "ca.crt",
  "caFile",
]);

function registerLogin(data: SecretData, namespace: string, { masker }: Ports): void {
  const own = masker.of(namespace);
  for (const [key, value] of Object.entries(data)) if (value && !notSecret.has(key)) own.register(value);
}

async function attempt<R>(doing: string, action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch (cause) {
    const detail = cause instanceof StepError && cause.reason === sourceReasons.authenticationFailed;
    throw authenticationFailure(`${doing}: ${messageOf(cause)}`, detail ? cause.cause : cause);
  }
}

/** AuthenticationFailed (retry) with FetchFailed. */
export function authenticationFailure(message: string, cause?: unknown): StepError {
  return new StepError(sourceReasons.authenticationFailed, message, {
    class: "retry",
    condition: sourceConditionTypes.fetchFailed,
    ...(cause === undefined ? {} : { cause }),
  });
}
