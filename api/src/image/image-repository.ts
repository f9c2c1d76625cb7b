import { valueAt, type KubeObject } from "@eddy/core/object";
import { messageCliColumn, readyCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, plainInteger, list, object, oneOf, required, text, type Schema } from "../schema.ts";
import { accessFrom } from "../structs/access-from.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { createImageRepository } from "./create-image-repository.ts";
import { imageGroup } from "./group.ts";
import type {
  ImageRepository,
  ImageRepositorySpec,
  ImageRepositoryStatus,
  ScanResult,
} from "./image-repository-types.ts";

/** What is left out of a scan unless the spec says otherwise: signatures of cosign. */
export const defaultExclusionList: readonly string[] = ["^.*\\.sig$"];

const specSchema: Schema<ImageRepositorySpec> = object<ImageRepositorySpec>(
  {
    accessFrom: accessFrom("Other namespaces whose ImagePolicies may use the repository."),
    certSecretRef: localObjectReference("Secret with `tls.crt` and `tls.key`, `ca.crt`, or both."),
    exclusionList: list(text(), {
      description: "Regular expressions; a tag that one of them matches is left out.",
      default: [...defaultExclusionList],
      maxItems: 25,
    }),
    image: required(text({ description: "Name of the image, without scheme and tag." })),
    insecure: flag({ description: "Plain HTTP." }),
    interval: required(duration("How often the registry is looked at.")),
    provider: oneOf(["generic", "aws", "azure", "gcp"], { description: "Whose login to use.", default: "generic" }),
    proxySecretRef: localObjectReference("Secret with the `address`, `username` and `password` of a proxy."),
    secretRef: localObjectReference("Secret of the type kubernetes.io/dockerconfigjson with the registry's login."),
    serviceAccountName: text({
      description:
        "ServiceAccount whose image pull secrets log in; with a cloud provider, whose workload identity does.",
      maxLength: 253,
    }),
    suspend: flag({ description: "Stop looking at the registry." }),
    timeout: shortDuration("How long a scan may take; the interval unless given."),
  },
  { description: "What is scanned." },
);

const scanResultSchema: Schema<ScanResult> = object<ScanResult>(
  {
    latestTags: list(text(), { description: "At most 10 tags, the last ones in the alphabet first." }),
    revision: text({ description: "Changes when the set of tags does." }),
    scanTime: text({ description: "When the scan was.", format: "date-time" }),
    tagCount: required(plainInteger({ description: "How many tags were found and not excluded." })),
  },
  { description: "What the last scan found." },
);

const statusSchema: Schema<ImageRepositoryStatus> = object<ImageRepositoryStatus>(
  {
    ...reconciledStatusFields,
    canonicalImageName: text({ description: "The image's name with all that is implied." }),
    lastScanResult: scanResultSchema,
    observedExclusionList: list(text(), { description: "The `exclusionList` that the last scan was made with." }),
  },
  { description: "What was scanned, and whether that worked.", default: unobservedStatus },
);

function version(name: string): KindVersion {
  const isCurrent = name === "v1";
  return {
    name,
    served: true,
    storage: isCurrent,
    ...(isCurrent ? {} : { deprecationWarning: `${name} ImageRepository is deprecated, upgrade to v1` }),
    members: { spec: specSchema, status: statusSchema },
    printerColumns: [
      { name: "Image", type: "string", jsonPath: ".spec.image" },
      { name: "Tags", type: "string", jsonPath: ".status.lastScanResult.tagCount" },
      readyColumn,
      statusColumn,
      { name: "Last scan", type: "string", jsonPath: ".status.lastScanResult.scanTime", priority: 1 },
      ageColumn,
    ],
  };
}

function tagCount(made: KubeObject): string {
  const count = valueAt(made, "status", "lastScanResult", "tagCount");
  return typeof count === "number" ? String(count) : "0";
}

/** ImageRepository. The older versions have the schema of `v1`. Source: flux2.md 1.13 and appendix A. */
export const imageRepositoryKind: Kind<ImageRepository> = defineKind<ImageRepository>({
  group: imageGroup,
  kind: "ImageRepository",
  plural: "imagerepositories",
  shortNames: ["imgrepo", "imagerepo"],
  categories: ["all", "fluxcd", "fluxcd-images"],
  scope: "Namespaced",
  description: "A repository of images whose tags are scanned.",
  versions: ["v1", "v1beta2", "v1beta1"].map(version),
  olderVersions: ["The schema of `v1beta1` and `v1beta2` is that of `v1`."],
  differences: [
    "Tags live in memory: after a restart every repository is scanned once, and policies keep what they had selected until then.",
    "An expression of `exclusionList` that cannot be read stalls the object until its spec changes, and the registry is not asked; Flux tries it again and again.",
    "A failure that is the one before it publishes no second event.",
    "Tags are asked for on a condition (`ETag`) where the registry takes one, and nobody asks a registry before its `Retry-After` is over.",
    "What no registry can have as a tag is left out.",
  ],
  finalizer: fluxFinalizer,
  cli: {
    path: ["image", "repository"],
    pluralPath: ["images", "repository"],
    aliases: [],
    humanName: "image repository",
    createName: "ImageRepository",
    columns: [
      { header: "Last scan", value: (made) => textAt(made, "status", "lastScanResult", "scanTime") },
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [
      { header: "Image", value: (made) => textAt(made, "spec", "image") },
      { header: "Tags", value: tagCount },
    ],
    reconcilable: true,
    suspendable: true,
    create: createImageRepository,
    successMessage: (made) => `scan fetched ${tagCount(made)} tags`,
  },
});
