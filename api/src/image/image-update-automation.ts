import type { LabelSelector } from "@eddy/core/labels";
import { readyConditionOf, messageCliColumn, readyCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, list, mapOf, object, oneOf, required, text, type Schema } from "../schema.ts";
import { gitReference } from "../source/git-repository.ts";
import { duration } from "../structs/duration.ts";
import { imageRef } from "../structs/image-ref.ts";
import { localObjectReference, type NamespacedObjectKindReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { createImageUpdate } from "./create-image-update.ts";
import { imageGroup } from "./group.ts";
import type {
  CommitSettings,
  CommitSigningKey,
  GitUpdate,
  ImageUpdateAutomation,
  ImageUpdateAutomationSpec,
  ImageUpdateAutomationStatus,
  PushSettings,
  UpdateStrategy,
} from "./image-update-automation-types.ts";

const signingKeySchema: Schema<CommitSigningKey> = object<CommitSigningKey>(
  {
    secretRef: required(
      localObjectReference(
        "Secret with the key: `git.asc` and, where it is encrypted, `passphrase`; for SSH `identity` and `password`.",
      ),
    ),
    type: oneOf(["gpg", "ssh"], { description: "What signs: OpenPGP, unless SSH is asked for." }),
  },
  { description: "The key that signs commits." },
);

const commitSchema: Schema<CommitSettings> = object<CommitSettings>(
  {
    author: required(
      object<CommitSettings["author"]>(
        {
          email: required(text({ description: "Address of the author." })),
          name: text({ description: "Name of the author." }),
        },
        { description: "Whom commits are by." },
      ),
    ),
    messageTemplate: text({
      description: "Go template of the message, over `.AutomationObject`, `.Changed` and `.Values`.",
    }),
    messageTemplateValues: mapOf(text(), { description: "What the template finds in `.Values`." }),
    signingKey: signingKeySchema,
  },
  { description: "What commits look like." },
);

const pushSchema: Schema<PushSettings> = object<PushSettings>(
  {
    branch: text({ description: "Branch to push to; made from the one checked out where it is not there." }),
    options: mapOf(text(), { description: "Push options, for the server's hooks." }),
    refspec: text({
      description: "Another ref that gets the commit too, such as `refs/heads/main:refs/heads/auto`; never by force.",
      pattern: "^$|^[^+:]",
    }),
  },
  { description: "Where commits go; to the branch checked out unless given." },
);

const gitSchema: Schema<GitUpdate> = object<GitUpdate>(
  {
    checkout: object<NonNullable<GitUpdate["checkout"]>>(
      { ref: required(gitReference) },
      { description: "What to check out; the `spec.ref` of the GitRepository unless given." },
    ),
    commit: required(commitSchema),
    push: pushSchema,
  },
  { description: "How to check out, commit and push." },
);

const selectorSchema: Schema<LabelSelector> = object<LabelSelector>(
  {
    matchExpressions: {
      ...list(
        object<NonNullable<LabelSelector["matchExpressions"]>[number]>({
          key: required(text({ description: "Label." })),
          operator: required(text({ description: "`In`, `NotIn`, `Exists` or `DoesNotExist`." })),
          values: {
            ...list(text(), { description: "Values, for `In` and `NotIn`." }),
            "x-kubernetes-list-type": "atomic",
          },
        }),
        { description: "Demands on labels, all of them." },
      ),
      "x-kubernetes-list-type": "atomic",
    },
    matchLabels: mapOf(text(), { description: "Labels and their values, all of them." }),
  },
  { description: "Which ImagePolicies of the namespace count; all unless given." },
);

const sourceRefSchema: Schema<NamespacedObjectKindReference> = object<NamespacedObjectKindReference>(
  {
    apiVersion: text({ description: "API version of the source." }),
    kind: required(oneOf(["GitRepository"], { description: "Kind of the source.", default: "GitRepository" })),
    name: required(text({ description: "Name of the source." })),
    namespace: text({ description: "Its namespace; the own one unless given." }),
  },
  { description: "The repository to commit to." },
);

const updateSchema: Schema<UpdateStrategy> = object<UpdateStrategy>(
  {
    path: text({ description: "Directory of the files; the repository's root unless given." }),
    strategy: oneOf(["Setters"], {
      description: 'What is changed: scalars with a comment like `{"$imagepolicy": "namespace:policy"}`.',
      default: "Setters",
    }),
  },
  { description: "How files are changed.", default: { strategy: "Setters" } },
);

function specSchema(hasSelector: boolean): Schema<ImageUpdateAutomationSpec> {
  const schema = object<ImageUpdateAutomationSpec>(
    {
      git: gitSchema,
      interval: required(duration("How often the repository is looked at.")),
      policySelector: { ...selectorSchema, "x-kubernetes-map-type": "atomic" },
      sourceRef: required(sourceRefSchema),
      suspend: flag({ description: "Stop committing." }),
      update: updateSchema,
    },
    { description: "What is committed where." },
  );
  if (hasSelector) return schema;
  const { policySelector: _, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

const statusSchema: Schema<ImageUpdateAutomationStatus> = object<ImageUpdateAutomationStatus>(
  {
    ...reconciledStatusFields,
    lastAutomationRunTime: text({ description: "When the repository was last looked at.", format: "date-time" }),
    lastPushCommit: text({ description: "The last commit that was pushed." }),
    lastPushTime: text({ description: "When it was pushed.", format: "date-time" }),
    observedPolicies: mapOf(imageRef("The image of the policy."), {
      description: "The ImagePolicies that counted, and their images.",
    }),
    observedSourceRevision: text({ description: "The revision of the repository that was last dealt with." }),
  },
  { description: "What was committed, and whether that worked.", default: unobservedStatus },
);

function version(name: string): KindVersion {
  const isCurrent = name === "v1";
  return {
    name,
    served: true,
    storage: isCurrent,
    ...(isCurrent ? {} : { deprecationWarning: `${name} ImageUpdateAutomation is deprecated, upgrade to v1` }),
    members: { spec: specSchema(name !== "v1beta1"), status: statusSchema },
    printerColumns: [
      readyColumn,
      statusColumn,
      { name: "Last run", type: "string", jsonPath: ".status.lastAutomationRunTime", priority: 1 },
      ageColumn,
    ],
  };
}

/** ImageUpdateAutomation. `v1beta1` had no `policySelector`. Source: flux2.md 1.15 and appendix A. */
export const imageUpdateAutomationKind: Kind<ImageUpdateAutomation> = defineKind<ImageUpdateAutomation>({
  group: imageGroup,
  kind: "ImageUpdateAutomation",
  plural: "imageupdateautomations",
  shortNames: ["iua", "imgupd", "imgauto"],
  categories: ["all", "fluxcd", "fluxcd-images"],
  scope: "Namespaced",
  description: "Commits the latest images of ImagePolicies to a Git repository.",
  versions: ["v1", "v1beta2", "v1beta1"].map(version),
  olderVersions: ["The schema of `v1beta2` is that of `v1`; `v1beta1` has no `policySelector`."],
  differences: [
    "Only the marked scalars change, every other byte of a file stays; Flux writes the whole file anew.",
    "What a person took back after it was committed is left alone until the policy selects another image, and the condition `Held` says so; Flux writes over it. `eddy.sh/reverts: overwrite` asks for that.",
    "GitRepositories that follow the pushed branch are asked to look at it at once.",
    "A branch is only ever moved forward: the gate `GitForcePushBranch` is taken and does nothing, and a branch that has moved is planned again.",
    "With the annotation `eddy.sh/approvals` a commit waits for votes.",
    "With `eddy.sh/pull-requests: grouped` or `per-policy` commits go to `spec.git.push.branch` (per policy: `<branch>-<policy>`), and a pull request asks for them: brought up to date, opened once, left to whoever else commits to its branch, closed when it is wanted no more. Images of one that a person closes are not asked for again (`Held`). `PullRequestOpen` has the addresses, as has `eddy.sh/pull-request` in events.",
    "For pull requests `eddy.sh/forge-secret: <secret>` has a `token` (or a GitHub App); without it the repository's own password is used, on its own host alone. `eddy.sh/forge: github|gitlab|gitea|forgejo` and `eddy.sh/forge-api: <address>` where the host does not tell. At most `eddy.sh/pull-request-limit` (10) are open at once.",
  ],
  finalizer: fluxFinalizer,
  cli: {
    path: ["image", "update"],
    pluralPath: ["images", "update"],
    aliases: [],
    humanName: "image update automation",
    createName: "ImageUpdateAutomation",
    columns: [
      { header: "Last run", value: (made) => textAt(made, "status", "lastAutomationRunTime") },
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [
      { header: "Source", value: (made) => textAt(made, "spec", "sourceRef", "name") },
      { header: "Last commit", value: (made) => textAt(made, "status", "lastPushCommit").slice(0, 7) },
    ],
    reconcilable: true,
    suspendable: true,
    create: createImageUpdate,
    successMessage: (made) => readyConditionOf(made)?.message ?? "automation not yet run",
  },
});
