import type { LocalObjectReference, OidcIdentityMatch } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { formatReference, type OciClient, type Reference } from "@eddy/oci";
import type { CosignTrust } from "@eddy/signature";
import type { SourcePorts } from "../source/ports.ts";
import { fetchCosignMaterial } from "./fetch-cosign-material.ts";
import { verifyWithNotation } from "./verify-with-notation.ts";

/** The fields by which a kind demands signatures of an artifact in a registry. */
export interface VerificationSpec {
  provider: "cosign" | "notation";
  secretRef?: LocalObjectReference;
  matchOIDCIdentity?: OidcIdentityMatch[];
  trustedRootSecretRef?: LocalObjectReference;
}

/** What is verified, and with what. */
export interface VerifiedArtifact {
  readonly client: OciClient;
  /** By digest. */
  readonly reference: Reference;
  /** Of the object: where its Secrets are. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

const rootKey = "trusted_root.json";

/** How upstream names the provider in its messages. */
export function providerName({ provider, secretRef }: VerificationSpec): string {
  return provider === "cosign" && !secretRef ? "cosign keyless" : provider;
}

/** `ignored`: nothing is verified, and a trust policy of notation says that the artifact may be used all the same. */
export type VerificationOutcome = "verified" | "ignored";

/**
 * Resolves when a signature holds that `verify` trusts: one of any key of the Secret is enough. Source: source-controller
 * `verifySignature`.
 * @throws EddyError (retry)
 */
export async function verifyArtifact(
  verify: VerificationSpec,
  artifact: VerifiedArtifact,
  ports: Pick<SourcePorts, "secrets" | "trustRoot" | "clock">,
): Promise<VerificationOutcome> {
  if (verify.provider === "notation") return verifyWithNotation(verify, artifact, ports);
  const trusts = await trustsOf(verify, artifact.namespace, ports);
  const material = await fetchCosignMaterial(artifact.client, artifact.reference, artifact.signal);
  const { verifyCosign } = await import("@eddy/signature");
  const reasons = trusts.map((trust) => refusalOf(() => verifyCosign(material, trust)));
  if (reasons.includes(undefined)) return "verified";
  const why = [...new Set(reasons)].join("; ");
  throw new EddyError("ARTIFACT_UNVERIFIED", verify.secretRef ? keyRefusal(artifact.reference, why) : why);
}

/** Upstream says no more than that; why is told after it. */
function keyRefusal(reference: Reference, why: string): string {
  const none = `no matching signatures were found for '${formatReference(reference)}'`;
  const reason = why.replaceAll("no matching signatures: ", "");
  return reason === "" ? none : `${none}: ${reason}`;
}

/** Undefined: a signature holds. @throws EddyError for a key or a root that cannot be read. */
function refusalOf(verify: () => unknown): string | undefined {
  try {
    verify();
    return undefined;
  } catch (error) {
    if (error instanceof EddyError && (error.code === "SIGNATURE_NONE" || error.code === "SIGNATURE_INVALID"))
      return messageOf(error);
    throw error;
  }
}

async function trustsOf(
  verify: VerificationSpec,
  namespace: string,
  { secrets, trustRoot }: Pick<SourcePorts, "secrets" | "trustRoot">,
): Promise<CosignTrust[]> {
  if (verify.secretRef) {
    const data = await secrets.read(namespace, verify.secretRef.name);
    const names = Object.keys(data).filter((name) => name.endsWith(".pub"));
    return names.map((name) => ({ kind: "key", publicKey: data[name] ?? "" }));
  }
  const rootRef = verify.trustedRootSecretRef;
  const trustedRoot = await (rootRef ? readTrustedRoot(namespace, rootRef.name, secrets) : trustRoot.get());
  return [{ kind: "keyless", trustedRoot, identities: verify.matchOIDCIdentity ?? [] }];
}

async function readTrustedRoot(namespace: string, name: string, secrets: SourcePorts["secrets"]): Promise<string> {
  try {
    const root = (await secrets.read(namespace, name))[rootKey];
    if (root === undefined) throw new Error(`'${rootKey}' not found in secret '${namespace}/${name}'`);
    return root;
  } catch (cause) {
    const doing = `failed to read trusted root from secret '${namespace}/${name}'`;
    throw new EddyError("TRUSTED_ROOT", `${doing}: ${messageOf(cause)}`, { cause });
  }
}
