import { valueAt, type KubeObject } from "@eddy/core/object";
import { messageCliColumn, readyCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind } from "../kind.ts";
import { ageColumn } from "../printer-columns.ts";
import { flag, list, mapOf, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { eddyGroup } from "./group.ts";
import type {
  ContainerRelease,
  PolicyChange,
  Release,
  ReleaseCause,
  ReleaseCommit,
  ReleaseSpec,
  ReleaseStatus,
  ReleaseStep,
  WorkloadRelease,
  WorkloadReleaseContainer,
} from "./release-types.ts";

const workloadId = text({ maxLength: 512, pattern: "^([^:/]+:)?[A-Za-z]+/[^/]+$" });
const imageText = (description: string): Schema<string> => text({ description, minLength: 1, maxLength: 1_024 });

const containerSchema: Schema<ContainerRelease> = object<ContainerRelease>({
  workload: required(text({ description: "`deployment/web`.", maxLength: 512 })),
  container: required(text({ description: "Name of the container.", maxLength: 253 })),
  current: required(imageText("What it must run now.")),
  target: required(imageText("What it is to run.")),
});

const policySchema: Schema<PolicyChange> = object<PolicyChange>(
  {
    set: mapOf(text({ maxLength: 4_096 }), {
      description: "Annotations of Flux v1 without their prefix: `automated`, `locked`, `tag.<container>`, `tag_all`.",
    }),
    remove: list(text({ maxLength: 316 }), { description: "Annotations that go, named likewise.", maxItems: 100 }),
  },
  { description: "Changes who updates the workloads instead of their images." },
);

const causeSchema: Schema<ReleaseCause> = object<ReleaseCause>(
  {
    user: text({ description: "`Name <mail>`: the commit's author.", maxLength: 512 }),
    message: text({ description: "First paragraph of the commit's message.", maxLength: 4_096 }),
  },
  { description: "Who asked, and why, as they say themselves." },
);

const specSchema: Schema<ReleaseSpec> = object<ReleaseSpec>(
  {
    workloads: list(workloadId, { description: "Workloads of the own namespace: `deployment/web`.", maxItems: 1_000 }),
    all: flag({ description: "All workloads of the namespace." }),
    exclude: list(workloadId, { description: "Workloads that are left out.", maxItems: 1_000 }),
    image: imageText("`name:tag` or `name@sha256:…`, for every container with an image of this name."),
    updateAllImages: flag({ description: "The newest image of each container, by its tag filter." }),
    containers: list(containerSchema, { description: "Exactly these containers.", maxItems: 1_000 }),
    policies: policySchema,
    force: flag({ description: "Past tag filters; and past locks of workloads that are named." }),
    dryRun: flag({ description: "Only plan." }),
    wait: flag({ description: "Done when the workloads run what is released, instead of when it is applied." }),
    timeout: duration("How long it may take; waiting for votes does not count.", { default: "10m" }),
    ttl: duration("How long it is kept once it is done.", { default: "168h" }),
    cause: causeSchema,
  },
  {
    description: "What is to be changed; another change is another Release.",
    validations: [
      { rule: "self == oldSelf", message: "spec is immutable: another change is another Release" },
      {
        rule: "[has(self.image), has(self.updateAllImages) && self.updateAllImages, has(self.containers), has(self.policies)].filter(x, x).size() == 1",
        message: "exactly one of image, updateAllImages, containers, policies must be given",
      },
      {
        rule: "has(self.containers) || (has(self.all) && self.all) || (has(self.workloads) && self.workloads.size() > 0)",
        message: "workloads must be given, or all",
      },
    ],
  },
);

const stepSchema: Schema<ReleaseStep> = object<ReleaseStep>({
  message: required(text({ description: "What was done." })),
  time: required(text({ description: "When.", format: "date-time" })),
});

const commitSchema: Schema<ReleaseCommit> = object<ReleaseCommit>({
  repository: required(text({ description: "`<namespace>/<name>` of the GitRepository." })),
  revision: required(text({ description: "`<branch>@sha1:<hex>`." })),
  message: required(text({ description: "Of the commit." })),
  time: required(text({ description: "When it was pushed.", format: "date-time" })),
});

const workloadSchema: Schema<WorkloadRelease> = object<WorkloadRelease>({
  id: required(text({ description: "`<namespace>:<kind>/<name>`." })),
  status: required(
    oneOf(["success", "failed", "skipped", "ignored", "unknown"], { description: "What becomes of it." }),
  ),
  reason: text({ description: "Why not." }),
  containers: list(
    object<WorkloadReleaseContainer>({
      container: required(text({ description: "Name of the container." })),
      current: required(text({ description: "As it stands in the cluster." })),
      target: required(text({ description: "What it is to run." })),
      digest: text({ description: "Digest that the registry gave for the target." }),
    }),
    { description: "Containers that change." },
  ),
  kustomization: text({ description: "`<namespace>/<name>` of the Kustomization that applies it." }),
  repository: text({ description: "`<namespace>/<name>` of the GitRepository that it is written to." }),
});

const statusSchema: Schema<ReleaseStatus> = object<ReleaseStatus>(
  {
    ...reconciledStatusFields,
    phase: oneOf(["Planning", "AwaitingApproval", "Committing", "Applying", "RollingOut", "Succeeded", "Failed"], {
      description: "How far it is.",
    }),
    startTime: text({
      description: "When it was begun; when it had its votes, if it needed any.",
      format: "date-time",
    }),
    completionTime: text({ description: "When it was done.", format: "date-time" }),
    workloads: list(workloadSchema, { description: "What becomes of each workload, sorted by id." }),
    approval: text({ description: "The Approval that lets the plan be committed.", maxLength: 253 }),
    commits: list(commitSchema, { description: "What was pushed." }),
    steps: list(stepSchema, { description: "What was done, in order." }),
    result: text({ description: "What came out, in one sentence." }),
  },
  { description: "Plan, steps, commits and result.", default: unobservedStatus },
);

function whatOf(made: KubeObject): string {
  if (valueAt(made, "spec", "policies") !== undefined) return "policies";
  if (valueAt(made, "spec", "containers") !== undefined) return "containers";
  return textAt(made, "spec", "image") || "all images";
}

/** Release. Eddy's own; the jobs that Flux v1 kept in memory. Source: spec/flux1-keel-flagger.md 1.4, 1.6. */
export const releaseKind: Kind<Release> = defineKind<Release>({
  group: eddyGroup,
  kind: "Release",
  plural: "releases",
  shortNames: [],
  categories: ["eddy"],
  scope: "Namespaced",
  description: "One change of images or update policies, committed, applied and waited for.",
  versions: [
    {
      name: "v1alpha1",
      served: true,
      storage: true,
      members: { spec: specSchema, status: statusSchema },
      requiredMembers: ["spec"],
      printerColumns: [
        { name: "Image", type: "string", jsonPath: ".spec.image" },
        { name: "Phase", type: "string", jsonPath: ".status.phase" },
        { name: "Result", type: "string", jsonPath: ".status.result" },
        { name: "By", type: "string", jsonPath: ".spec.cause.user", priority: 1 },
        ageColumn,
      ],
    },
  ],
  cli: {
    path: ["release"],
    pluralPath: ["releases"],
    aliases: [],
    humanName: "release",
    createName: "Release",
    columns: [
      { header: "What", value: whatOf },
      { header: "Phase", value: (made) => textAt(made, "status", "phase") },
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [{ header: "By", value: (made) => textAt(made, "spec", "cause", "user") }],
    reconcilable: false,
    suspendable: false,
    successMessage: (made) => textAt(made, "status", "result"),
  },
});
