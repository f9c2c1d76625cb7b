import { CloudError } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import type { CloudToken } from "../token.ts";
import type { GkeCluster } from "./metadata.ts";
import { exchangeSubjectToken } from "./workload-identity.ts";

const emailKey = "iam.gke.io/gcp-service-account";
const emailPattern = String.raw`^[a-zA-Z0-9-]{1,100}@[a-zA-Z0-9-]{1,100}\.iam\.gserviceaccount\.com$`;
const providerKey = "gcp.auth.fluxcd.io/workload-identity-provider";
const providerPattern = String.raw`^projects/\d{1,30}/locations/global/workloadIdentityPools/[^/]{1,100}/providers/[^/]{1,100}$`;

type Annotations = Readonly<Record<string, string>>;

/** The service account that a ServiceAccount acts as; "" for itself. @throws CloudError configuration. Source: fluxcd/pkg/auth/gcp. */
export function gcpEmailOf(annotations: Annotations): string {
  return checked(annotations[emailKey] ?? "", emailKey, emailPattern);
}

/** The workload identity provider of a cluster that is not on GKE, as an audience; "" on GKE. */
export function gcpProviderOf(annotations: Annotations): string {
  const provider = checked(annotations[providerKey] ?? "", providerKey, providerPattern);
  return provider === "" ? "" : `//iam.googleapis.com/${provider}`;
}

function checked(value: string, key: string, pattern: string): string {
  if (value === "" || new RegExp(pattern).test(value)) return value;
  throw new CloudError("configuration", `invalid ${key} annotation: '${value}'. must match ${pattern}`);
}

/** The audience that Google's token service wants for a token of this cluster. */
export function gcpExchangeAudience({ pool, provider }: GkeCluster): string {
  return `identitynamespace:${pool}:${provider}`;
}

/** A token of a ServiceAccount, or of the service account that it acts as, for a token of the cluster. */
export async function serviceAccountGcpToken(
  ports: CloudPorts,
  account: { audience: string; email: string; token: string },
): Promise<CloudToken> {
  const { gcpSts = "https://sts.googleapis.com", gcpIamCredentials = "https://iamcredentials.googleapis.com" } =
    ports.endpoints;
  const { audience, email, token } = account;
  return exchangeSubjectToken(ports, {
    token,
    type: "urn:ietf:params:oauth:token-type:jwt",
    audience,
    tokenUrl: `${gcpSts}/v1/token`,
    impersonationUrl:
      email === "" ? undefined : `${gcpIamCredentials}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
  });
}
