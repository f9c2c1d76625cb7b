import type { CloudPorts } from "../ports.ts";
import { exchangeJson, expiryOf, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

/** Which identity of the machine. */
export interface ManagedIdentity {
  readonly clientId?: string;
  readonly resourceId?: string;
}

/** A token of an identity of the machine, for the scope. Source: Azure Instance Metadata Service. */
export async function managedIdentityToken(
  ports: CloudPorts,
  { clientId, resourceId }: ManagedIdentity,
  scope: string,
): Promise<CloudToken> {
  const doing = "ask the machine's metadata service for an Azure token";
  const query = new URLSearchParams({
    "api-version": "2018-02-01",
    // The older protocol knows resources; a scope is one with `/.default` behind it.
    resource: scope.replace(/\/\.default$/, ""),
    ...(clientId ? { client_id: clientId } : resourceId ? { msi_res_id: resourceId } : {}),
  });
  const base = ports.endpoints.azureMetadata ?? "http://169.254.169.254";
  const nowMs = ports.clock.now();
  const url = `${base}/metadata/identity/oauth2/token?${query.toString()}`;
  const answer = await exchangeJson(ports, url, {
    doing,
    headers: { metadata: "true" },
    timeoutMs: 5_000,
    isLocal: true,
  });
  return { value: textField(answer, "access_token", doing), expiresAtMs: expiryOf(answer, "expires_in", nowMs) };
}
