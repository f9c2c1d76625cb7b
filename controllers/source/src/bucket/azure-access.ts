import { azureScopes, type CloudLogin, type CloudToken } from "@eddy/cloud";
import type { AzureAccess } from "@eddy/bucket";
import type { HttpProxy } from "@eddy/http";
import type { SecretData } from "@eddy/runtime/registry-access";

/** Who logs in, without a Secret. */
export interface AzureLoginContext {
  readonly login: CloudLogin;
  readonly proxy: HttpProxy | undefined;
  readonly serviceAccount: { namespace: string; name: string } | undefined;
}

const scope = azureScopes.blobStorage;

/**
 * How a container is reached: with what the Secret holds, in upstream's order (client secret, client certificate, managed identity,
 * account key, shared access signature), else as the ServiceAccount or the process. Source: source-controller internal/bucket/azure.
 * @throws Error in upstream's words
 */
export function azureAccess(
  endpoint: string,
  secret: { name: string; data: SecretData } | undefined,
  context: AzureLoginContext,
): AzureAccess {
  if (secret) requireLogin(secret.name, secret.data);
  const data = secret?.data ?? {};
  const byToken = (token: () => Promise<CloudToken>): AzureAccess => ({ kind: "token", token });
  const token = tokenOf(data, context);
  if (token) return byToken(token);
  const { accountKey, sasKey } = data;
  if (accountKey !== undefined) {
    const name = accountName(endpoint, secret?.name ?? "");
    return { kind: "sharedKey", account: { name, key: accountKey.trim() } };
  }
  if (sasKey !== undefined) return { kind: "sas", query: sasKey.trim() };
  // Whom a Secret names without logging anybody in is not shown who this process is.
  if (secret) return { kind: "anonymous" };
  const { login, proxy, serviceAccount } = context;
  const as = serviceAccount ? { serviceAccount } : {};
  return byToken(() => login.azure(scope, { ...as, ...(proxy ? { proxy } : {}) }));
}

function requireLogin(name: string, data: SecretData): void {
  const known = ["clientId", "resourceId", "accountKey", "sasKey", "authorityHost"];
  if (known.some((key) => data[key] !== undefined)) return;
  throw new Error(
    `invalid '${name}' secret data: requires a 'clientId' or 'accountKey' field, a combination of 'tenantId', 'clientId' and 'clientSecret', or 'tenantId', 'clientId' and 'clientCertificate'`,
  );
}

function tokenOf(data: SecretData, { login, proxy }: AzureLoginContext): (() => Promise<CloudToken>) | undefined {
  const { tenantId, clientId, clientSecret, clientCertificate, resourceId, authorityHost } = data;
  const via = proxy ? { proxy } : {};
  if (tenantId !== undefined && clientId !== undefined && (clientSecret || clientCertificate)) {
    const proof = clientSecret ? { kind: "secret" as const, secret: clientSecret } : certificateProof(data);
    const application = { tenantId, clientId, proof, ...(authorityHost ? { authorityHost } : {}) };
    return () => login.azureApplication(application, scope, via);
  }
  if (clientId !== undefined) return () => login.azureManagedIdentity({ clientId }, scope);
  return resourceId === undefined ? undefined : () => login.azureManagedIdentity({ resourceId }, scope);
}

function certificateProof(data: SecretData): {
  kind: "certificate";
  pem: string;
  password?: string;
  sendChain?: boolean;
} {
  const { clientCertificate: pem = "", clientCertificatePassword: password } = data;
  const sendChain = /^(?:1|true)$/i.test(data["clientCertificateSendChain"] ?? "");
  return { kind: "certificate", pem, sendChain, ...(password ? { password } : {}) };
}

/** The account's name: the first label of the endpoint's host. */
function accountName(endpoint: string, secretName: string): string {
  const hostname = URL.canParse(endpoint) ? new URL(endpoint).hostname : "";
  const labels = hostname.split(".");
  if (labels.length > 2 && labels[0]) return labels[0];
  throw new Error(
    `failed to create shared credential from '${secretName}' Secret data: failed to extract account name from endpoint: expected '${hostname}' to be a subdomain`,
  );
}
