import { EddyError, messageOf } from "@eddy/core/errors";
import { formatReference } from "@eddy/oci";
import type { SourcePorts } from "../source/ports.ts";
import { artifactNameOf, fetchNotationMaterial, type NotationMaterial } from "./fetch-notation-material.ts";
import type { VerificationOutcome, VerificationSpec, VerifiedArtifact } from "./verify-artifact.ts";

const policyKey = "trustpolicy.json";
const maxAttempts = 3;

/**
 * Verifies an artifact by the trust policy and the certificates of a Secret; three signatures are looked at. `ignored`: the policy skips
 * verification, or the signer is not trusted and the policy only tells that. Source: source-controller `internal/oci/notation`.
 * @throws EddyError (retry) in the words of source-controller and notation; terminal for a policy that cannot be read.
 */
export async function verifyWithNotation(
  { secretRef }: VerificationSpec,
  artifact: VerifiedArtifact,
  { secrets, clock }: Pick<SourcePorts, "secrets" | "clock">,
): Promise<VerificationOutcome> {
  const { namespace, reference, client, signal } = artifact;
  if (!secretRef) throw refusal(`verification secret cannot be empty: '${formatReference(reference)}'`);
  const data = await secrets.read(namespace, secretRef.name);
  const secret = `${namespace}/${secretRef.name}`;
  const document = data[policyKey];
  if (document === undefined) throw refusal(`'${policyKey}' not found in secret '${secret}'`);
  const files = Object.keys(data).filter((key) => key.endsWith(".crt") || key.endsWith(".pem"));
  if (files.length === 0) throw refusal(`no certificates found in secret '${secret}'`);
  const { parseTrustPolicies, selectTrustPolicy, verifyNotation } = await import("@eddy/signature");
  const policy = selectTrustPolicy(parseTrustPolicies(document), artifactNameOf(reference));
  if (policy.level.name === "skip") return "ignored";
  const certificates = files.map((key) => Buffer.from(data[key] ?? ""));
  const target = await client.resolve(reference, { signal });
  const judge = ({ mediaType, envelope }: NotationMaterial): VerificationOutcome => {
    const trust = { policy, certificates, nowMs: clock.now() };
    const remarks = verifyNotation({ mediaType, envelope, target }, trust);
    return remarks.some(({ type }) => type === "authenticity") ? "ignored" : "verified";
  };
  return firstThatHolds(artifact, judge);
}

async function firstThatHolds(
  { client, reference, signal }: VerifiedArtifact,
  judge: (material: NotationMaterial) => VerificationOutcome,
): Promise<VerificationOutcome> {
  const reasons: string[] = [];
  for await (const material of fetchNotationMaterial(client, reference, signal)) {
    try {
      return judge(material);
    } catch (error) {
      reasons.push(`failed to verify signature with digest ${material.digest}, ${messageOf(error)}`);
    }
    if (reasons.length >= maxAttempts)
      throw refusal(
        `signature evaluation stopped. The configured limit of ${maxAttempts} signatures to verify per artifact exceeded: ${reasons.join("; ")}`,
      );
  }
  if (reasons.length > 0) throw refusal(["signature verification failed", ...reasons].join("\n"));
  const name = JSON.stringify(artifactNameOf(reference));
  throw refusal(`no signature is associated with ${name}, make sure the artifact was signed successfully`);
}

function refusal(message: string): EddyError {
  return new EddyError("ARTIFACT_UNVERIFIED", message);
}
