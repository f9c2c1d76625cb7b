import { genericReasons, sourceConditionTypes, sourceReasons, type OCIRepository } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import type { OciClient } from "@eddy/oci";
import { StepError, type Run } from "@eddy/runtime/controller";
import { providerName, verifyArtifact } from "../verify/verify-artifact.ts";
import type { Ports } from "./ports.ts";
import type { ResolvedRevision } from "./resolve-revision.ts";

const { sourceVerified } = sourceConditionTypes;

/** A verification that failed is found out anew; one that did not tells of the version before. */
export function forgetFailedVerification(run: Run<OCIRepository>): void {
  if (findCondition(run.conditions, sourceVerified)?.status === "False") run.removeCondition(sourceVerified);
}

/**
 * Verifies the revision, where `spec.verify` says so and it is not known from a pass before: a new digest, another spec, or a failure.
 * @throws StepError VerificationError with SourceVerified=False
 */
export async function verifySignature(
  run: Run<OCIRepository>,
  { client, resolved, isNew }: { client: OciClient; resolved: ResolvedRevision; isNew: boolean },
  ports: Pick<Ports, "secrets" | "trustRoot" | "clock">,
): Promise<void> {
  const { verify } = run.object.spec;
  if (!verify) return run.removeCondition(sourceVerified);
  if (!isNew && isVerified(run)) return;
  const artifact = {
    client,
    reference: resolved.pinned,
    namespace: run.object.metadata.namespace ?? "",
    signal: run.signal,
  };
  try {
    // What was known of another revision is not known of this one.
    if ((await verifyArtifact(verify, artifact, ports)) === "ignored") return run.removeCondition(sourceVerified);
  } catch (cause) {
    if (run.signal.aborted) throw cause;
    throw refuse(run, providerName(verify), cause);
  }
  const message = `verified signature of revision ${resolved.revision}`;
  run.setCondition({ type: sourceVerified, status: "True", reason: genericReasons.succeeded, message });
}

function isVerified({ object }: Run<OCIRepository>): boolean {
  const known = findCondition(object.status?.conditions, sourceVerified);
  return known?.status === "True" && known.observedGeneration === object.metadata.generation;
}

function refuse(run: Run<OCIRepository>, provider: string, cause: unknown): StepError {
  const reason = sourceReasons.verificationError;
  const message = `failed to verify the signature using provider '${provider}': ${messageOf(cause)}`;
  run.setCondition({ type: sourceVerified, status: "False", reason, message });
  // A key, a policy or a root that cannot be read may be mended without a change of the spec: its Secret is watched, and asked again.
  return new StepError(reason, message, { cause, class: "retry" });
}
