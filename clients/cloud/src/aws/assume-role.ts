import { childText, parseXml, type XmlElement } from "@eddy/core/xml";
import { CloudError, cloudFailure } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import { loginLimits } from "../post-form.ts";
import type { AwsCredentials } from "../token.ts";

/** Parameters of an STS action that answers with credentials. */
export interface StsRequest {
  /** The service's address, without a slash at the end. */
  endpoint: string;
  action: "AssumeRoleWithWebIdentity" | "AssumeRoleWithLDAPIdentity";
  parameters: Readonly<Record<string, string>>;
}

/**
 * Temporary credentials from an STS. Source: AWS STS API 2011-06-15, and MinIO's STS for LDAP.
 * @throws CloudError with the service's code and message
 */
export async function requestStsCredentials({ http }: CloudPorts, request: StsRequest): Promise<AwsCredentials> {
  const { endpoint, action, parameters } = request;
  try {
    const response = await http.request(`${endpoint}/`, {
      ...loginLimits,
      method: "POST",
      idempotent: true,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/xml" },
      body: new URLSearchParams({ Action: action, Version: "2011-06-15", ...parameters }).toString(),
    });
    const text = await response.text();
    if (response.status === 200) return readCredentials(parseXml(text), action);
    throw refusal(response.status, text, action);
  } catch (error) {
    throw cloudFailure(action, error);
  }
}

function readCredentials(answer: XmlElement, action: string): AwsCredentials {
  const field = (name: string): string | undefined => childText(answer, `${action}Result`, "Credentials", name);
  const [accessKeyId, secretAccessKey, sessionToken] = [
    field("AccessKeyId"),
    field("SecretAccessKey"),
    field("SessionToken"),
  ];
  if (!accessKeyId || !secretAccessKey) throw new CloudError("unreachable", `${action}: the answer has no credentials`);
  const expiresAtMs = Date.parse(field("Expiration") ?? "");
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    ...(Number.isFinite(expiresAtMs) ? { expiresAtMs } : {}),
  };
}

function refusal(status: number, text: string, action: string): CloudError {
  const kind = status >= 500 ? "unreachable" : "refused";
  try {
    const answer = parseXml(text);
    const [code, message] = [childText(answer, "Error", "Code"), childText(answer, "Error", "Message")];
    return new CloudError(kind, `${action}: status ${status}: ${code ?? ""}: ${(message ?? "").slice(0, 500)}`);
  } catch {
    return new CloudError(kind, `${action}: status ${status}`);
  }
}

const stsEndpoint = /^https:\/\/(?:.+\.)?sts(?:-fips)?(?:\.[^.]+)?(?:\.vpce)?\.amazonaws\.com$/;

/**
 * The address of a region's STS, or the given one.
 * @throws CloudError configuration for an address that is not AWS's. Source: fluxcd/pkg/auth/aws `ValidateSTSEndpoint`.
 */
export function stsEndpointOf(region: string, given: string | undefined): string {
  if (given !== undefined && !stsEndpoint.test(given)) {
    const pattern = String.raw`^https://(.+\.)?sts(-fips)?(\.[^.]+)?(\.vpce)?\.amazonaws\.com$`;
    throw new CloudError("configuration", `invalid STS endpoint: '${given}'. must match ${pattern}`);
  }
  return given ?? `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
