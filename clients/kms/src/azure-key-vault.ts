import type { HttpClient } from "@eddy/http";
import { KmsError } from "./kms-error.ts";
import { askService, textMember } from "./ask-service.ts";

/** A key of Azure Key Vault; an empty version is the newest, which only encrypts. */
export interface AzureKey {
  vaultUrl: string;
  name: string;
  version: string;
}

/** What Azure Key Vault is reached through. */
export interface AzureKeyVaultOptions {
  http: HttpClient;
  /** A bearer token for the scope, like `https://vault.azure.net/.default`. */
  token(scope: string): Promise<string>;
  /** In place of the vault's own address, for stand-ins. */
  endpoint?: string;
}

/** Encrypts and decrypts with RSA-OAEP-256. */
export interface AzureKeyVault {
  /** @throws KmsError */
  encrypt(key: AzureKey, plaintext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** @throws KmsError */
  decrypt(key: AzureKey, ciphertext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

// The address comes from a file in Git: a token goes nowhere but to Azure.
const vaultDomains = [
  "vault.azure.net",
  "vault.azure.cn",
  "vault.usgovcloudapi.net",
  "vault.microsoftazure.de",
  "managedhsm.azure.net",
  "managedhsm.azure.cn",
  "managedhsm.usgovcloudapi.net",
];

/** A client of Azure Key Vault. Source: its REST API, 7.4. */
export function createAzureKeyVault({ http, token, endpoint }: AzureKeyVaultOptions): AzureKeyVault {
  const call = async (
    operation: "encrypt" | "decrypt",
    key: AzureKey,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array> => {
    const domain = domainOf(key.vaultUrl);
    const doing = `${operation} with Azure Key Vault`;
    const path = ["keys", key.name, key.version]
      .filter((step) => step !== "")
      .map(encodeURIComponent)
      .join("/");
    const answer = await askService(http, {
      doing,
      url: `${endpoint ?? new URL(key.vaultUrl).origin}/${path}/${operation}?api-version=7.4`,
      body: JSON.stringify({ alg: "RSA-OAEP-256", value: Buffer.from(bytes).toString("base64url") }),
      credentials: { authorization: `Bearer ${await token(`https://${domain}/.default`)}` },
      signal,
    });
    return Buffer.from(textMember(answer, "value", doing), "base64url");
  };
  return {
    encrypt: (key, plaintext, signal) => call("encrypt", key, plaintext, signal),
    decrypt: (key, ciphertext, signal) => call("decrypt", key, ciphertext, signal),
  };
}

function domainOf(vaultUrl: string): string {
  const url = URL.canParse(vaultUrl) ? new URL(vaultUrl) : undefined;
  const domain =
    url?.protocol === "https:" ? vaultDomains.find((each) => url.hostname.endsWith(`.${each}`)) : undefined;
  if (domain !== undefined) return domain;
  throw new KmsError(
    `${JSON.stringify(vaultUrl)} is no Azure Key Vault, want https://<name>.vault.azure.net or one of its siblings`,
    {
      terminal: true,
    },
  );
}
