import { CloudError } from "../errors.ts";
import type { CloudPorts, ServiceAccountRef } from "../ports.ts";
import type { AwsCredentials } from "../token.ts";
import { requestStsCredentials, stsEndpointOf } from "./assume-role.ts";

const roleKey = "eks.amazonaws.com/role-arn";
const rolePattern = String.raw`^arn:aws[\w-]*:iam::[0-9]{1,30}:role/.{1,200}$`;

/** The audience of the cluster's tokens for AWS. */
export const awsAudiences: readonly string[] = ["sts.amazonaws.com"];

/** The role of a ServiceAccount. @throws CloudError configuration. Source: fluxcd/pkg/auth/aws. */
export function awsRoleOf(annotations: Readonly<Record<string, string>>): string {
  const arn = annotations[roleKey] ?? "";
  if (/^arn:aws[\w-]*:iam::[0-9]{1,30}:role\/.{1,200}$/.test(arn)) return arn;
  throw new CloudError("configuration", `invalid ${roleKey} annotation: '${arn}'. must match ${rolePattern}`);
}

/** Credentials of a ServiceAccount's role, for a token of the cluster. */
export async function serviceAccountAwsCredentials(
  ports: CloudPorts,
  account: { ref: ServiceAccountRef; role: string; token: string },
  { region, stsEndpoint }: { region: string; stsEndpoint?: string | undefined },
): Promise<AwsCredentials> {
  const { ref, role, token } = account;
  return requestStsCredentials(ports, {
    endpoint: ports.endpoints.awsSts ?? stsEndpointOf(region, stsEndpoint),
    action: "AssumeRoleWithWebIdentity",
    parameters: {
      RoleArn: role,
      RoleSessionName: `${ref.name}.${ref.namespace}.${region}.fluxcd.io`,
      WebIdentityToken: token,
    },
  });
}
