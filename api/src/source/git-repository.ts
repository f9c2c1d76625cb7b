import type { KubeObject } from "@eddy/core/object";
import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { fluxFinalizer } from "../field-managers.ts";
import { describe, flag, list, object, oneOf, required, text, type Schema } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import type {
  GitRepository,
  GitRepositoryInclude,
  GitRepositoryRef,
  GitRepositorySpec,
  GitRepositoryStatus,
  GitRepositoryVerification,
} from "./git-repository-types.ts";
import { createGitRepository } from "./create-git-repository.ts";
import { sourceGroup } from "./group.ts";

/** Schema of {@link GitRepositoryRef}. */
export const gitReference: Schema<GitRepositoryRef> = object<GitRepositoryRef>(
  {
    branch: text({ description: "Branch; `master` when nothing at all is given." }),
    commit: text({
      description: "Full commit hash; takes precedence over everything else. With a branch, only that is fetched.",
    }),
    name: text({
      description: "Full reference name, such as `refs/pull/420/head`; takes precedence over branch, tag and semver.",
    }),
    semver: text({ description: "Range of versions: the highest matching tag; takes precedence over tag." }),
    tag: text({ description: "Tag; takes precedence over branch." }),
  },
  { description: "What to check out." },
);

const verifySchema: Schema<GitRepositoryVerification> = object<GitRepositoryVerification>(
  {
    mode: oneOf(["head", "HEAD", "Tag", "TagAndHEAD"], { description: "What must be signed.", default: "HEAD" }),
    secretRef: required(
      localObjectReference("Secret with the public keys of trusted authors: `*.asc` for OpenPGP, `*.sshpub` for SSH."),
    ),
  },
  { description: "Signatures that the commit or the tag must have." },
);

const includeSchema: Schema<GitRepositoryInclude[]> = list(
  object<GitRepositoryInclude>({
    fromPath: text({ description: "Directory within the included artifact; its root unless given." }),
    repository: required(localObjectReference("The GitRepository to include.")),
    toPath: text({ description: "Directory to copy to; the name of the repository unless given." }),
  }),
  { description: "Artifacts of other GitRepositories to copy into this one." },
);

const specSchema: Schema<GitRepositorySpec> = object<GitRepositorySpec>(
  {
    ignore: text({
      description: "Patterns in gitignore syntax of what the artifact leaves out; replaces the default ones.",
    }),
    include: includeSchema,
    interval: required(duration("How often the repository is looked at.")),
    provider: oneOf(["generic", "aws", "azure", "github"], { description: "How to log in; `generic` unless given." }),
    proxySecretRef: localObjectReference("Secret with the `address`, `username` and `password` of a proxy."),
    recurseSubmodules: flag({ description: "Check out submodules too, with the credentials of the repository." }),
    ref: gitReference,
    secretRef: localObjectReference("Secret with the credentials for the repository."),
    serviceAccountName: text({
      description: "ServiceAccount whose workload identity logs in; for the providers `aws` and `azure`.",
    }),
    sparseCheckout: list(text(), { description: "Directories to check out; all of them unless given." }),
    suspend: flag({ description: "Stop looking at the repository." }),
    timeout: shortDuration("How long a fetch may take.", { default: "60s" }),
    url: required(
      text({ description: "Address of the repository: HTTP, HTTPS or SSH.", pattern: "^(http|https|ssh)://.*$" }),
    ),
    verify: verifySchema,
  },
  {
    description: "What is to be watched.",
    validations: [
      {
        message: "serviceAccountName can only be set when provider is 'azure' or 'aws'",
        rule: "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
      },
    ],
  },
);

const statusSchema: Schema<GitRepositoryStatus> = object<GitRepositoryStatus>(
  {
    ...reconciledStatusFields,
    artifact: artifact("The last revision that was stored."),
    includedArtifacts: list(artifact("An artifact that was copied in."), {
      description: "The artifacts that were copied in.",
    }),
    observedIgnore: text({ description: "The `ignore` that the artifact was made with." }),
    observedInclude: describe(includeSchema, "The `include` that the artifact was made with."),
    observedRecurseSubmodules: flag({ description: "The `recurseSubmodules` that the artifact was made with." }),
    observedSparseCheckout: list(text(), { description: "The `sparseCheckout` that the artifact was made with." }),
    sourceVerificationMode: text({ description: "What was verified: the last `verify.mode`." }) as Schema<
      NonNullable<GitRepositoryStatus["sourceVerificationMode"]>
    >,
  },
  { description: "What was stored, and whether that worked.", default: unobservedStatus },
);

const printerColumns = [
  { name: "URL", type: "string", jsonPath: ".spec.url" },
  ageColumn,
  readyColumn,
  statusColumn,
] as const;

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} GitRepository is deprecated, upgrade to v1` } : {}),
    members: { spec: specSchema, status: statusSchema },
    printerColumns,
  };
}

/**
 * GitRepository. The older versions have the schema of `v1`: what they had beside it (`gitImplementation`, `accessFrom`)
 * has had no effect since Flux 0.38 and is dropped. Source: source-controller api, flux2.md 1.1 and appendix A.
 */
export const gitRepositoryKind: Kind<GitRepository> = defineKind<GitRepository>({
  group: sourceGroup,
  kind: "GitRepository",
  plural: "gitrepositories",
  shortNames: ["gitrepo"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "A Git repository that is watched; each new revision is stored as an artifact.",
  versions: [version("v1", false), version("v1beta2", true), version("v1beta1", true)],
  olderVersions: ["`gitImplementation` and `accessFrom` have had no effect since Flux 0.38: accepted and dropped."],
  differences: [
    "Commits are fetched in process, without a clone; a sparse checkout fetches the whole commit and shows a part of it.",
    "`ssh://` needs OpenSSH's client on the machine; host keys are always checked.",
    "The artifact's digest is over our own compression of the same tar stream.",
    "SHA-256 repositories are refused.",
    "`eddy.sh/signing-key: <secret>` signs what a `Release`, or an update by labels, commits to the repository: `git.asc` and `passphrase`, or `identity` and `password` (`git.asc` counts where both are there). Without a usable key nothing is pushed. `eddy.sh/committer: Name <address>` says who commits, by whose address forges judge the signature.",
  ],
  finalizer: fluxFinalizer,
  cli: {
    path: ["source", "git"],
    pluralPath: ["sources", "git"],
    aliases: [],
    humanName: "source git",
    createName: "GitRepository source",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [{ header: "URL", value: (object) => textAt(object, "spec", "url") }],
    reconcilable: true,
    suspendable: true,
    create: createGitRepository,
    successMessage: (object: KubeObject) => `fetched revision ${textAt(object, "status", "artifact", "revision")}`,
  },
});
