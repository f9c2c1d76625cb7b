import { readFile } from "node:fs/promises";
import { systemClock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { trimRight } from "@eddy/core/trim";
import { createHttpClient, type HttpClientOptions } from "@eddy/http";
import { requestStsCredentials } from "./aws/assume-role.ts";
import { controllerAwsCredentials } from "./aws/controller-credentials.ts";
import { azureClientToken } from "./azure/client-token.ts";
import { controllerAzureToken } from "./azure/controller-token.ts";
import { managedIdentityToken } from "./azure/managed-identity.ts";
import { controllerGcpToken } from "./gcp/controller-token.ts";
import { parseServiceAccountKey, serviceAccountKeyToken } from "./gcp/service-account-key.ts";
import { gitHubInstallationToken } from "./github/installation-token.ts";
import type { CloudLogin, CloudLoginOptions, LdapLogin } from "./login.ts";
import type { CloudPorts } from "./ports.ts";
import { requireRegion } from "./require-region.ts";
import { accountLogins } from "./service-account-login.ts";
import type { AwsCredentials, CloudToken } from "./token.ts";
import { createTokenCache } from "./token-cache.ts";

/** Logins with an own cache. */
export function createCloudLogin(options: CloudLoginOptions = {}): CloudLogin {
  const { clock = systemClock, env = process.env, endpoints = {}, onSecret = () => undefined } = options;
  const { maxCachedTokens: maxEntries, maxTokenAgeMs: maxAgeMs } = options;
  const cache = createTokenCache({
    clock,
    ...(maxEntries === undefined ? {} : { maxEntries }),
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
  });
  const readText = options.readFile ?? ((path: string) => readFile(path, "utf8"));

  /** Logs in over a client of its own: logins are rare, and an idle connection would only be closed by the service. */
  const logIn = async <T extends AwsCredentials | CloudToken>(
    key: readonly unknown[],
    http: HttpClientOptions,
    create: (ports: CloudPorts) => Promise<T>,
  ): Promise<T> =>
    // What is in the key may be secret: it is kept as a digest only.
    cache.get(sha256(JSON.stringify([key, http])), async () => {
      const client = createHttpClient({ ...http, clock });
      const local = createHttpClient({ clock, direct: true, reachesMetadata: true });
      try {
        const token = await create({ http: client, local, clock, env, readFile: readText, endpoints });
        for (const secret of secretsOf(token)) onSecret(secret);
        return token;
      } finally {
        client.close();
        local.close();
      }
    });
  const accounts = accountLogins(options.serviceAccounts, logIn);

  return {
    async aws({ region, stsEndpoint, serviceAccount, proxy } = {}) {
      if (serviceAccount) return accounts.aws(serviceAccount, { region, stsEndpoint }, via(proxy));
      const where = { region: requireRegion(region, env), stsEndpoint };
      return logIn(["aws", where], via(proxy), (ports) => controllerAwsCredentials(ports, where));
    },
    async gcp({ serviceAccount, proxy } = {}) {
      if (serviceAccount) return accounts.gcp(serviceAccount, via(proxy));
      return logIn(["gcp"], via(proxy), controllerGcpToken);
    },
    async azure(scope, { serviceAccount, proxy } = {}) {
      if (serviceAccount) return accounts.azure(serviceAccount, scope, via(proxy));
      return logIn(["azure", scope], via(proxy), (ports) => controllerAzureToken(ports, scope));
    },
    async gcpKey(key, what, scopes, { proxy } = {}) {
      const parsed = parseServiceAccountKey(key, what);
      return logIn(["gcpKey", key, scopes], via(proxy), (ports) => serviceAccountKeyToken(ports, parsed, scopes));
    },
    azureApplication: (application, scope, { proxy } = {}) =>
      logIn(["azureApplication", application, scope], via(proxy), (ports) =>
        azureClientToken(ports, application, scope),
      ),
    azureManagedIdentity: (identity, scope) =>
      logIn(["azureManagedIdentity", identity, scope], {}, (ports) => managedIdentityToken(ports, identity, scope)),
    ldap: (login) => logIn(["ldap", login], ldapClient(login), (ports) => ldapCredentials(ports, login)),
    gitHubApp: (app, { proxy, caCert } = {}) =>
      logIn(["gitHubApp", app], { ...via(proxy), ...(caCert === undefined ? {} : { caCert }) }, (ports) =>
        gitHubInstallationToken(ports, app),
      ),
  };
}

function via(proxy: HttpClientOptions["proxy"]): HttpClientOptions {
  return proxy ? { proxy } : {};
}

function secretsOf(token: AwsCredentials | CloudToken): string[] {
  if ("value" in token) return [token.value];
  return [token.secretAccessKey, ...(token.sessionToken === undefined ? [] : [token.sessionToken])];
}

function ldapClient({ endpoint, caCert, identity, proxy }: LdapLogin): HttpClientOptions {
  return {
    ...(caCert === undefined ? {} : { caCert }),
    ...(identity && URL.canParse(endpoint) ? { identity: { origin: new URL(endpoint).origin, ...identity } } : {}),
    ...via(proxy),
  };
}

function ldapCredentials(ports: CloudPorts, { endpoint, username, password }: LdapLogin): Promise<AwsCredentials> {
  return requestStsCredentials(ports, {
    endpoint: trimRight(endpoint, "/"),
    action: "AssumeRoleWithLDAPIdentity",
    parameters: { LDAPUsername: username, LDAPPassword: password },
  });
}
