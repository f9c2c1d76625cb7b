import { CloudError } from "./errors.ts";

/** The region to log in at. @throws CloudError configuration in upstream's words. Source: fluxcd/pkg/auth/aws. */
export function requireRegion(given: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const region = given || env["AWS_REGION"];
  if (!region) {
    throw new CloudError(
      "configuration",
      "AWS_REGION environment variable is not set in the Flux controller. if you have properly configured IAM Roles for Service Accounts (IRSA) or EKS Pod Identity, please delete/replace the controller pod so the EKS admission controllers can inject this environment variable, or set it manually if the cluster is not EKS",
    );
  }
  // It becomes part of a host name.
  if (/^[a-z0-9][a-z0-9-]{0,62}$/i.test(region)) return region;
  throw new CloudError(
    "configuration",
    `the AWS region ${JSON.stringify(region)} is not one: want letters, digits and \`-\``,
  );
}
