import { valueAt, type KubeObject } from "@eddy/core/object";
import { fullMessageCliColumn, readyCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { formatImageRef, imageRef, parseImageRef, type ImageRef } from "../structs/image-ref.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { createImagePolicy } from "./create-image-policy.ts";
import { imageGroup } from "./group.ts";
import type {
  ImagePolicy,
  ImagePolicyChoice,
  ImagePolicySpec,
  ImagePolicyStatus,
  TagFilter,
  TagOrder,
} from "./image-policy-types.ts";

function order(description: string): Schema<{ order?: TagOrder }> {
  return object<{ order?: TagOrder }>(
    {
      order: oneOf(["asc", "desc"], {
        description: "`asc`: the last one in ascending order is the latest; `desc`: the first one.",
        default: "asc",
      }),
    },
    { description },
  );
}

const choiceSchema: Schema<ImagePolicyChoice> = object<ImagePolicyChoice>(
  {
    alphabetical: order("The tags' letters decide."),
    numerical: order("Tags are numbers, and their values decide."),
    semver: object<{ range: string }>(
      { range: required(text({ description: "Range of versions; the highest one in it is the latest." })) },
      { description: "Tags are semantic versions." },
    ),
  },
  { description: "How tags are ordered: exactly one of these." },
);

const filterSchema: Schema<TagFilter> = object<TagFilter>(
  {
    extract: text({
      description: "What of a tag is compared: a template over groups of the pattern, such as `$ts`.",
    }),
    pattern: text({ description: "Regular expression that tags must match." }),
  },
  { description: "Which tags are looked at, and what of them; all of all of them unless given." },
);

const specSchema: Schema<ImagePolicySpec> = object<ImagePolicySpec>(
  {
    digestReflectionPolicy: oneOf(["Always", "IfNotPresent", "Never"], {
      description:
        "Whether the digest of the latest tag is looked up: at every interval, once when the tag is selected, or never.",
      default: "Never",
    }),
    filterTags: filterSchema,
    imageRepositoryRef: required(
      object<ImagePolicySpec["imageRepositoryRef"]>(
        {
          name: required(text({ description: "Name of the ImageRepository." })),
          namespace: text({ description: "Its namespace; the own one unless given." }),
        },
        { description: "The repository whose tags are looked at." },
      ),
    ),
    interval: duration("How often the digest is looked up; with the digestReflectionPolicy `Always`."),
    policy: required(choiceSchema),
    suspend: flag({ description: "Stop selecting." }),
  },
  {
    description: "What is selected.",
    validations: [
      {
        message: "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
        rule: "!has(self.interval) || (has(self.digestReflectionPolicy) && self.digestReflectionPolicy == 'Always')",
      },
      {
        message: "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
        rule: "has(self.interval) || !has(self.digestReflectionPolicy) || self.digestReflectionPolicy != 'Always'",
      },
    ],
  },
);

const statusSchema: Schema<ImagePolicyStatus> = object<ImagePolicyStatus>(
  {
    ...reconciledStatusFields,
    latestRef: imageRef("The image that was selected."),
    observedPreviousRef: imageRef("The image that had been selected before."),
  },
  { description: "What was selected, and whether that worked.", default: unobservedStatus },
);

/** What statuses of older versions had instead of `latestRef` and `observedPreviousRef`. */
interface OlderStatus extends ImagePolicyStatus {
  latestImage?: string;
  observedPreviousImage?: string;
}

const olderStatusSchema: Schema<OlderStatus> = object<OlderStatus>(
  {
    ...reconciledStatusFields,
    latestImage: text({ description: "The image that was selected, as `name:tag`." }),
    latestRef: imageRef("The image that was selected."),
    observedPreviousImage: text({ description: "The image that had been selected before, as `name:tag`." }),
    observedPreviousRef: imageRef("The image that had been selected before."),
  },
  { description: "What was selected, and whether that worked.", default: unobservedStatus },
);

function version(name: string): KindVersion {
  const isCurrent = name === "v1";
  return {
    name,
    served: true,
    storage: isCurrent,
    ...(isCurrent ? {} : { deprecationWarning: `${name} ImagePolicy is deprecated, upgrade to v1` }),
    members: { spec: specSchema, status: isCurrent ? statusSchema : olderStatusSchema },
    printerColumns: [
      { name: "Image", type: "string", jsonPath: ".status.latestRef.name" },
      { name: "Tag", type: "string", jsonPath: ".status.latestRef.tag" },
      readyColumn,
      statusColumn,
      ageColumn,
    ],
  };
}

/** Texts of older statuses become references, unless there are some already. */
function upgrade(older: KubeObject): KubeObject {
  const status = older["status"] as OlderStatus | undefined;
  if (status?.latestImage === undefined && status?.observedPreviousImage === undefined) return older;
  const { latestImage, observedPreviousImage, ...rest } = status;
  const latestRef = rest.latestRef ?? parseImageRef(latestImage ?? "");
  const observedPreviousRef = rest.observedPreviousRef ?? parseImageRef(observedPreviousImage ?? "");
  older["status"] = {
    ...rest,
    ...(latestRef ? { latestRef } : {}),
    ...(observedPreviousRef ? { observedPreviousRef } : {}),
  };
  return older;
}

function selectedRef(made: KubeObject): string {
  const ref = valueAt(made, "status", "latestRef");
  return ref === undefined ? "" : formatImageRef(ref as unknown as ImageRef);
}

/** ImagePolicy. Older versions had texts in the status where `v1` has references. Source: flux2.md 1.14 and appendix A. */
export const imagePolicyKind: Kind<ImagePolicy> = defineKind<ImagePolicy>({
  group: imageGroup,
  kind: "ImagePolicy",
  plural: "imagepolicies",
  shortNames: ["imgpol", "imagepol"],
  categories: ["all", "fluxcd", "fluxcd-images"],
  scope: "Namespaced",
  description: "Which tag of an ImageRepository is the latest.",
  versions: ["v1", "v1beta2", "v1beta1"].map(version),
  olderVersions: [
    "`status.latestImage` and `status.observedPreviousImage` of `v1beta1` and `v1beta2` become `latestRef` and `observedPreviousRef`.",
  ],
  differences: [
    "A policy that may not use a repository of another namespace looks again at once when its namespace gets the label that `accessFrom` asks for.",
    "A failure that is the one before it publishes no second event; that tags of a scan under way are not there yet is none.",
  ],
  finalizer: fluxFinalizer,
  upgrade,
  cli: {
    path: ["image", "policy"],
    pluralPath: ["images", "policy"],
    aliases: [],
    humanName: "image policy",
    createName: "ImagePolicy",
    columns: [
      { header: "Image", value: (made) => textAt(made, "status", "latestRef", "name") },
      { header: "Tag", value: (made) => textAt(made, "status", "latestRef", "tag") },
      readyCliColumn,
      fullMessageCliColumn,
    ],
    wideColumns: [
      { header: "Repository", value: (made) => textAt(made, "spec", "imageRepositoryRef", "name") },
      suspendedCliColumn,
    ],
    reconcilable: true,
    suspendable: true,
    create: createImagePolicy,
    successMessage: (made) => `selected ref ${selectedRef(made)}`,
  },
});
