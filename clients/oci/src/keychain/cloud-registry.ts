import { EddyError } from "@eddy/core/errors";

/** Clouds whose registries have logins of their own. */
export type CloudProvider = "aws" | "azure" | "gcp";

/** A registry of a cloud, and what its login needs to know. */
export type CloudRegistry =
  | { readonly provider: "aws"; readonly region: string; readonly isPublic: boolean; readonly dnsSuffix: string }
  | { readonly provider: "azure"; readonly host: string }
  | { readonly provider: "gcp" };

const ecr =
  /^([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-zA-Z0-9][a-zA-Z0-9_-]{0,99})\.(amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;
const publicEcr: ReadonlySet<string> = new Set(["public.ecr.aws", "ecr-public.aws.com"]);
const acr = /^.+\.(azurecr\.io|azurecr\.cn|azurecr\.de|azurecr\.us)$/;
const artifactRegistry = /^(((.+\.)?gcr\.io)|(.+-docker\.pkg\.dev)|(docker\.s3nsregistry\.fr))$/;

/** By API names: dual-stack registries log in where the others do. */
const apiSuffixes: Readonly<Record<string, string>> = {
  "on.aws": "amazonaws.com",
  "on.amazonwebservices.com.cn": "amazonaws.com.cn",
};

/**
 * Which registry of the provider a host is. Credentials of a cloud go to no other. Source: fluxcd/pkg/auth `ParseArtifactRepository`.
 * @throws EddyError CLOUD_REGISTRY in upstream's words.
 */
export function parseCloudRegistry(provider: CloudProvider, host: string): CloudRegistry {
  if (provider === "aws") return parseEcr(host);
  if (provider === "azure") {
    if (!acr.test(host)) throw invalid("Azure", host, acr);
    return { provider, host };
  }
  if (!artifactRegistry.test(host)) throw invalid("GCP", host, artifactRegistry);
  return { provider };
}

function parseEcr(host: string): CloudRegistry {
  if (publicEcr.has(host)) return { provider: "aws", region: "us-east-1", isPublic: true, dnsSuffix: "amazonaws.com" };
  const [, , region = "", suffix = ""] = ecr.exec(host) ?? [];
  if (region === "") throw invalid("AWS", host, ecr);
  return { provider: "aws", region, isPublic: false, dnsSuffix: apiSuffixes[suffix] ?? suffix };
}

function invalid(cloud: string, host: string, pattern: RegExp): EddyError {
  return new EddyError("CLOUD_REGISTRY", `invalid ${cloud} registry: '${host}'. must match ${pattern.source}`);
}
