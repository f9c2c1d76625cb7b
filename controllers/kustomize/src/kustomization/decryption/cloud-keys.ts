import { isObject } from "@eddy/core/json";
import { EddyError } from "@eddy/core/errors";
import type { Clock } from "@eddy/core/clock";
import type { AzureApplication, CloudLogin, ServiceAccountRef } from "@eddy/cloud";
import { gcpScopes } from "@eddy/cloud";
import { load } from "@eddy/goyaml";
import type { HttpClient } from "@eddy/http";
import { createAwsKms, createAzureKeyVault, createGcpKms, createVaultTransit, type HuaweiKms } from "@eddy/kms";
import type { KeyServices } from "@eddy/sops";
import type { VaultLogins } from "./vault-logins.ts";

/** Credentials that a decryption Secret holds for key services, by the names that upstream gives its entries. */
export interface CloudSecrets {
  awsKms: string | undefined;
  azureKv: string | undefined;
  gcpKms: string | undefined;
  vaultToken: string | undefined;
}

/** Where stand-ins are, without a slash at the end. */
export interface KeyServiceEndpoints {
  awsKms?: string;
  gcpKms?: string;
  azureKeyVault?: string;
}

/** What key services are reached through. */
export interface CloudKeysPorts {
  http: HttpClient;
  clock: Clock;
  login: CloudLogin;
  vault: VaultLogins;
  /** As this process: no Secret has an entry for it. */
  huawei: HuaweiKms;
  endpoints: KeyServiceEndpoints;
}

/**
 * Key services with the credentials of a Secret where it has any, else as the ServiceAccount, else as this process.
 * Source: flux2.md 3.3 "SOPS". Nothing is asked until a key is used.
 * @throws EddyError DECRYPTION_KEYS (retry) for an entry that cannot be read
 */
export function createCloudKeys(
  secrets: CloudSecrets,
  serviceAccount: ServiceAccountRef | undefined,
  { http, clock, login, vault, huawei, endpoints }: CloudKeysPorts,
): KeyServices {
  const as = serviceAccount ? { serviceAccount } : {};
  const awsCredentials = secrets.awsKms === undefined ? undefined : parseAwsCredentials(secrets.awsKms);
  const azure = secrets.azureKv === undefined ? undefined : parseAzureCredentials(secrets.azureKv);
  const aws = createAwsKms({
    http,
    clock,
    credentials: async (region) => awsCredentials ?? (await login.aws({ region, ...as })),
    ...(endpoints.awsKms === undefined ? {} : { endpoint: endpoints.awsKms, stsEndpoint: endpoints.awsKms }),
  });
  const gcp = createGcpKms({
    http,
    async token() {
      const token =
        secrets.gcpKms === undefined ? login.gcp(as) : login.gcpKey(secrets.gcpKms.trim(), "sops.gcp-kms", gcpScopes);
      return (await token).value;
    },
    ...(endpoints.gcpKms === undefined ? {} : { endpoint: endpoints.gcpKms }),
  });
  const keyVault = createAzureKeyVault({
    http,
    async token(scope) {
      const token = azure ? azureToken(azure, scope, login) : login.azure(scope, as);
      return (await token).value;
    },
    ...(endpoints.azureKeyVault === undefined ? {} : { endpoint: endpoints.azureKeyVault }),
  });
  const transit = createVaultTransit({
    http,
    token: async (address) => secrets.vaultToken?.trim() ?? (await vault.token(address, serviceAccount)),
  });
  return {
    kms: {
      decrypt: (key, signal) => aws.decrypt(key, Buffer.from(key.enc, "base64"), signal),
      encrypt: async (key, dataKey, signal) => base64(await aws.encrypt(key, dataKey, signal)),
    },
    gcp_kms: {
      decrypt: (key, signal) => gcp.decrypt(key.resourceId, Buffer.from(key.enc, "base64"), signal),
      encrypt: async (key, dataKey, signal) => base64(await gcp.encrypt(key.resourceId, dataKey, signal)),
    },
    azure_kv: {
      decrypt: (key, signal) => keyVault.decrypt(key, Buffer.from(key.enc, "base64url"), signal),
      encrypt: async (key, dataKey, signal) =>
        Buffer.from(await keyVault.encrypt(key, dataKey, signal)).toString("base64url"),
    },
    hckms: {
      decrypt: (key, signal) => huawei.decrypt(key.keyId, key.enc, signal),
      encrypt: (key, dataKey, signal) => huawei.encrypt(key.keyId, dataKey, signal),
    },
    hc_vault: {
      decrypt: (key, signal) => transit.decrypt(key, key.enc, signal),
      encrypt: (key, dataKey, signal) => transit.encrypt(key, dataKey, signal),
    },
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** Texts of the members of a YAML or JSON mapping. */
function parseFields(text: string, what: string): Readonly<Record<string, string>> {
  const value = load(text);
  if (!isObject(value)) throw invalid(`failed to unmarshal ${what}: want a mapping`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (typeof each === "string" ? [[key, each]] : [])),
  );
}

function invalid(message: string): EddyError {
  return new EddyError("DECRYPTION_KEYS", message);
}

function parseAwsCredentials(text: string): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } {
  const fields = parseFields(text, "AWS credentials file");
  const sessionToken = fields["aws_session_token"];
  return {
    accessKeyId: fields["aws_access_key_id"] ?? "",
    secretAccessKey: fields["aws_secret_access_key"] ?? "",
    ...(sessionToken ? { sessionToken } : {}),
  };
}

/** An application, or the managed identity with this client ID. */
type AzureCredentials = AzureApplication | { clientId: string };

function parseAzureCredentials(text: string): AzureCredentials {
  const fields = parseFields(text.replace(/^\uFEFF/, ""), "Azure authentication file");
  const [tenantId, clientId] = [fields["tenantId"] ?? fields["tenant"], fields["clientId"] ?? fields["appId"]];
  const secret = fields["clientSecret"] ?? fields["password"];
  const pem = fields["clientCertificate"];
  const authorityHost = fields["authorityHost"];
  const authority = authorityHost ? { authorityHost } : {};
  if (tenantId && clientId && secret) return { tenantId, clientId, proof: { kind: "secret", secret }, ...authority };
  if (tenantId && clientId && pem) {
    const password = fields["clientCertificatePassword"];
    return { tenantId, clientId, proof: { kind: "certificate", pem, ...(password ? { password } : {}) }, ...authority };
  }
  if (fields["clientId"]) return { clientId: fields["clientId"] };
  throw invalid(
    "invalid data: requires a 'clientId' field, a combination of 'tenantId', 'clientId' and 'clientSecret', or 'tenantId', 'clientId' and 'clientCertificate'",
  );
}

function azureToken(credentials: AzureCredentials, scope: string, login: CloudLogin): ReturnType<CloudLogin["azure"]> {
  return "tenantId" in credentials
    ? login.azureApplication(credentials, scope)
    : login.azureManagedIdentity({ clientId: credentials.clientId }, scope);
}
