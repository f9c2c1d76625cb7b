import { genericReasons, sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { GitCommit } from "@eddy/git";
import { StepError, type Run } from "@eddy/runtime/controller";
import type { SignedGitObject, TrustedSigners } from "@eddy/signature";
import type { Ports } from "./ports.ts";

const { sourceVerified } = sourceConditionTypes;

/** What must be signed, as the status says it: `head` is an older word for `HEAD`. */
type Mode = "HEAD" | "Tag" | "TagAndHEAD";

function modeOf({ spec }: GitRepository): Mode | undefined {
  const mode = spec.verify && (spec.verify.mode ?? "HEAD");
  return mode === "head" ? "HEAD" : mode;
}

/** Whether the stored commit was verified as the spec has it now; without `spec.verify`, whether the status says nothing of it. */
export function isVerified(object: GitRepository): boolean {
  const mode = modeOf(object);
  const known = findCondition(object.status?.conditions, sourceVerified);
  if (!mode) return known === undefined && object.status?.sourceVerificationMode === undefined;
  return (
    known?.status === "True" &&
    known.observedGeneration === object.metadata.generation &&
    object.status?.sourceVerificationMode === mode
  );
}

/**
 * Verifies the commit, the tag by which it was found, or both, where `spec.verify` says so. Nothing of an unverified commit is
 * stored. Source: flux2.md 1.1, 3.1 "GitRepository".
 * @throws StepError InvalidCommitSignature, InvalidTagSignature, InvalidGitObject, VerificationError (retry),
 *   InvalidVerificationMode (terminal), each with SourceVerified=False
 */
export async function verifySignatures(
  run: Run<GitRepository>,
  commit: GitCommit,
  { secrets }: Pick<Ports, "secrets">,
): Promise<void> {
  const { object } = run;
  const mode = modeOf(object);
  if (!mode || !object.spec.verify) {
    run.removeCondition(sourceVerified);
    return run.stageStatus({ sourceVerificationMode: null } as never);
  }
  const trusted = await readSigners(run, object.spec.verify.secretRef.name, secrets);
  const lines: string[] = [];
  if (mode !== "HEAD") lines.push(await verifyTag(run, commit, trusted));
  if (mode !== "Tag") lines.push(await verifyCommit(run, commit, trusted));
  run.setCondition({
    type: sourceVerified,
    status: "True",
    reason: genericReasons.succeeded,
    message: `verified signature of\n\t- ${lines.join("\n\t- ")}`,
  });
  run.stageStatus({ sourceVerificationMode: mode });
}

async function readSigners(run: Run<GitRepository>, name: string, secrets: Ports["secrets"]): Promise<TrustedSigners> {
  try {
    const data = await secrets.read(run.object.metadata.namespace ?? "", name);
    const isSsh = ([key]: [string, string]): boolean => key.endsWith(".sshpub");
    const entries = Object.entries(data);
    const texts = (chosen: [string, string][]): string[] => chosen.map(([, text]) => text);
    // Any other name is taken for OpenPGP's, as it was before SSH keys came.
    return { ssh: texts(entries.filter(isSsh)), openPgp: texts(entries.filter((entry) => !isSsh(entry))) };
  } catch (cause) {
    throw refuse(run, sourceReasons.verificationError, `public keys secret error: ${messageOf(cause)}`, { cause });
  }
}

async function verifyTag(run: Run<GitRepository>, { tag }: GitCommit, trusted: TrustedSigners): Promise<string> {
  const { ref } = run.object.spec;
  const isByTag = ref?.tag !== undefined || ref?.semver !== undefined || ref?.name?.startsWith("refs/tags/") === true;
  if (!isByTag) {
    const message = "cannot verify tag object's signature if a tag reference is not specified";
    throw refuse(run, sourceReasons.invalidVerificationMode, message, { class: "terminal" });
  }
  if (tag?.signature === undefined) {
    const name = tag ? `${tag.name}@sha1:${tag.oid}` : (ref.tag ?? ref.semver ?? ref.name);
    const message = `cannot verify signature of tag '${name}' since it is not signed`;
    throw refuse(run, sourceReasons.invalidGitObject, message);
  }
  const name = `${tag.name}@sha1:${tag.oid}`;
  const key = await verify(run, tag, trusted, { reason: sourceReasons.invalidTagSignature, what: `tag '${name}'` });
  return `tag '${name}' with key '${key}'`;
}

async function verifyCommit(run: Run<GitRepository>, commit: GitCommit, trusted: TrustedSigners): Promise<string> {
  const what = `commit '${commit.sha}'`;
  const key = await verify(run, commit, trusted, { reason: sourceReasons.invalidCommitSignature, what });
  return `${what} with key '${key}'`;
}

async function verify(
  run: Run<GitRepository>,
  signed: SignedGitObject,
  trusted: TrustedSigners,
  { reason, what }: { reason: string; what: string },
): Promise<string> {
  try {
    const { verifyGitObject } = await import("@eddy/signature");
    return await verifyGitObject(signed, trusted);
  } catch (cause) {
    const isKeyring = cause instanceof EddyError && cause.code === "SIGNATURE_KEY";
    const message = `signature verification of ${what} failed: ${messageOf(cause)}`;
    throw refuse(run, isKeyring ? sourceReasons.verificationError : reason, message, { cause });
  }
}

function refuse(
  run: Run<GitRepository>,
  reason: string,
  message: string,
  options: { class?: "terminal"; cause?: unknown } = {},
): StepError {
  run.setCondition({ type: sourceVerified, status: "False", reason, message });
  // A Secret with keys may be mended without a change of the spec: it is watched.
  return new StepError(reason, message, { class: "retry", ...options });
}
