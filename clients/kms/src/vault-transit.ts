import { isObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import type { HttpClient } from "@eddy/http";
import { KmsError } from "./kms-error.ts";
import { askService, textMember } from "./ask-service.ts";

/** A key of the transit engine of Vault or OpenBao. */
export interface TransitKey {
  vaultAddress: string;
  enginePath: string;
  keyName: string;
}

/** What Vault is reached through. */
export interface VaultTransitOptions {
  http: HttpClient;
  /** The token for an address. @throws when there is none for it: the address comes from a file in Git */
  token(address: string): Promise<string>;
}

/** Encrypts and decrypts; `enc` is Vault's own text, `vault:v1:…`. */
export interface VaultTransit {
  /** @throws KmsError */
  encrypt(key: TransitKey, plaintext: Uint8Array, signal?: AbortSignal): Promise<string>;
  /** @throws KmsError */
  decrypt(key: TransitKey, enc: string, signal?: AbortSignal): Promise<Uint8Array>;
}

/** A client of the transit engine. Source: Vault's HTTP API, v1. */
export function createVaultTransit({ http, token }: VaultTransitOptions): VaultTransit {
  const call = async (
    operation: "encrypt" | "decrypt",
    { vaultAddress, enginePath, keyName }: TransitKey,
    input: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    const doing = `${operation} with Vault transit`;
    const answer = await askService(http, {
      doing,
      url: apiUrl(vaultAddress, [...enginePath.split("/"), operation, keyName]),
      body: JSON.stringify(input),
      credentials: { "x-vault-token": await token(vaultAddress), "x-vault-request": "true" },
      signal,
    });
    const data = isObject(answer["data"]) ? answer["data"] : undefined;
    return textMember(data, operation === "encrypt" ? "ciphertext" : "plaintext", doing);
  };
  return {
    encrypt: (key, plaintext, signal) =>
      call("encrypt", key, { plaintext: Buffer.from(plaintext).toString("base64") }, signal),
    async decrypt(key, enc, signal) {
      return Buffer.from(await call("decrypt", key, { ciphertext: enc }, signal), "base64");
    },
  };
}

/** How one logs in with a token of the cluster. */
export interface VaultLogin {
  address: string;
  /** Path of the authentication method, like `kubernetes` or `jwt/cluster-a`. */
  loginPath: string;
  role: string;
  jwt: string;
}

/** A Vault token for a ServiceAccount, and until when it counts. @throws KmsError */
export async function loginToVault(
  http: HttpClient,
  { address, loginPath, role, jwt }: VaultLogin,
  signal?: AbortSignal,
): Promise<{ token: string; leaseMs: number }> {
  const doing = `log in to Vault at ${address}`;
  const answer = await askService(http, {
    doing,
    url: apiUrl(address, ["auth", ...loginPath.split("/"), "login"]),
    body: JSON.stringify({ role, jwt }),
    credentials: { "x-vault-request": "true" },
    signal,
  });
  const auth = isObject(answer["auth"]) ? answer["auth"] : undefined;
  const seconds = auth?.["lease_duration"];
  return { token: textMember(auth, "client_token", doing), leaseMs: typeof seconds === "number" ? seconds * 1_000 : 0 };
}

function apiUrl(address: string, steps: readonly string[]): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") {
    const path = steps.filter((step) => step !== "").map(encodeURIComponent);
    return `${url.origin}${trimRight(url.pathname, "/")}/v1/${path.join("/")}`;
  }
  throw new KmsError(`${JSON.stringify(address)} is no address of a Vault, want http or https`, { terminal: true });
}
