import type { Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import type { ServiceAccountRef } from "@eddy/cloud";
import { load } from "@eddy/goyaml";
import type { HttpClient } from "@eddy/http";
import type { ServiceAccounts } from "@eddy/runtime/workload-identity";

/** Tokens of Vaults, for ServiceAccounts of the cluster. */
export interface VaultLogins {
  /** @throws EddyError VAULT_LOGIN (retry) for an address that the operator has not named */
  token(address: string, account: ServiceAccountRef | undefined): Promise<string>;
}

/** What logins need. */
export interface VaultLoginsOptions {
  http: HttpClient;
  clock: Clock;
  accounts: ServiceAccounts;
  /** The text of `config.yaml` in the ConfigMap of `--sops-vault-configmap`; undefined without that flag. */
  config: () => Promise<string | undefined>;
  /** Told every token: what must be masked. */
  onSecret(secret: string): void;
}

// Tokens are renewed before they run out while a pass uses them.
const reserveMs = 30_000;

/**
 * Logs in at the addresses that the operator's list names, which is also the list of those that are trusted with a token: the
 * address in an encrypted file comes from Git. Source: flux2.md 3.3 "SOPS".
 */
export function createVaultLogins({ http, clock, accounts, config, onSecret }: VaultLoginsOptions): VaultLogins {
  const known = new Map<string, { token: string; untilMs: number }>();
  return {
    async token(address, account) {
      if (!account) throw failed(`no token for Vault at ${address}: give one in the Secret, or name a ServiceAccount`);
      const id = JSON.stringify([address, account.namespace, account.name]);
      const entry = known.get(id);
      if (entry && clock.now() < entry.untilMs) return entry.token;
      const loginPath = loginPathFor(address, await config());
      const jwt = await accounts.requestToken(account, [address]);
      const role = `${account.namespace}_${account.name}`;
      const { loginToVault } = await import("@eddy/kms");
      const { token, leaseMs } = await loginToVault(http, { address, loginPath, role, jwt });
      onSecret(token);
      known.set(id, { token, untilMs: clock.now() + leaseMs - reserveMs });
      return token;
    },
  };
}

function failed(message: string): EddyError {
  return new EddyError("VAULT_LOGIN", message);
}

function loginPathFor(address: string, text: string | undefined): string {
  if (text === undefined) throw failed(`log in to Vault at ${address}: --sops-vault-configmap is not set`);
  const config = load(text);
  const instances = isObject(config) && Array.isArray(config["instances"]) ? config["instances"] : [];
  const same = (each: string): string => trimRight(each, "/");
  for (const instance of instances) {
    if (!isObject(instance) || typeof instance["address"] !== "string" || typeof instance["loginPath"] !== "string")
      continue;
    if (same(instance["address"]) === same(address))
      return instance["loginPath"].replace(/^\/*(?:v1\/)?(?:auth\/)?/, "").replace(/\/login\/?$/, "");
  }
  throw failed(`log in to Vault at ${address}: the address is not among the trusted instances`);
}
