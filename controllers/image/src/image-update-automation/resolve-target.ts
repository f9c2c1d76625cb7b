import { genericReasons, imageUpdateReasons, type GitRepositoryRef, type ImageUpdateAutomation } from "@eddy/api";
import type { GitReference } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";

/** What is checked out and where commits go. */
export interface UpdateTarget {
  readonly checkout: GitReference;
  readonly branch: string;
  /** Commits go to another branch than the one that is checked out. */
  readonly isOtherBranch: boolean;
  readonly refspec: string | undefined;
  readonly options: Readonly<Record<string, string>> | undefined;
}

const defaultBranch = "master";
const invalidSource = "invalid source configuration";

/** A source that can never work. */
export function misconfigured(message: string): StepError {
  return new StepError(imageUpdateReasons.invalidSourceConfiguration, `${message}: ${invalidSource}`, {
    class: "terminal",
  });
}

/** A source that cannot be used now. */
export function unavailable(message: string, cause?: unknown): StepError {
  return new StepError(imageUpdateReasons.sourceManagerFailed, `failed configuring source manager: ${message}`, {
    class: "retry",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** `can't access …`: terminal. */
export function accessDenied(message: string): StepError {
  return new StepError(genericReasons.accessDenied, message, { class: "terminal" });
}

/**
 * Where commits go, by the automation and the `spec.ref` of its GitRepository. Source: image-automation-controller v1.2
 * `configurePush`; checkout precedence as of sources.
 * @throws StepError InvalidSourceConfiguration (terminal), SourceManagerFailed (retry)
 */
export function resolveTarget(
  { spec }: ImageUpdateAutomation,
  repositoryRef: GitRepositoryRef | undefined,
): UpdateTarget {
  const { checkout, push } = spec.git ?? {};
  const ref = checkout?.ref ?? repositoryRef;
  const refspec = push?.refspec ?? "";
  if (refspec.startsWith(":")) throw misconfigured("push refspec must not specify a deletion");
  if (refspec.startsWith("+")) throw misconfigured("push refspec must not specify a force update");
  const branch = push?.branch || ref?.branch;
  if (!branch) {
    throw unavailable(
      "push spec not provided, and cannot be inferred from .spec.git.checkout.ref or GitRepository .spec.ref",
    );
  }
  return {
    checkout: referenceOf(ref),
    branch,
    isOtherBranch: branch !== (ref === undefined ? defaultBranch : (ref.branch ?? "")),
    refspec: refspec === "" ? undefined : refspec,
    options: push?.options,
  };
}

/** Source: Flux spec 1.1 `spec.ref`: commit, name, semver, tag, branch. */
function referenceOf(ref: GitRepositoryRef | undefined): GitReference {
  if (ref?.commit) return { kind: "commit", sha: ref.commit, ...(ref.branch ? { branch: ref.branch } : {}) };
  if (ref?.name) return { kind: "name", name: ref.name };
  if (ref?.semver) return { kind: "semver", range: ref.semver };
  if (ref?.tag) return { kind: "tag", name: ref.tag };
  return { kind: "branch", name: ref?.branch || defaultBranch };
}
