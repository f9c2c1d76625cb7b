import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, object, oneOf, required, text, type CelRule, type Schema } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import type { Bucket, BucketSpec, BucketStatus, BucketSTS } from "./bucket-types.ts";
import { createBucket } from "./create-bucket.ts";
import { sourceGroup } from "./group.ts";

const stsSchema: Schema<BucketSTS> = object<BucketSTS>(
  {
    certSecretRef: localObjectReference("Secret with `tls.crt` and `tls.key`, `ca.crt`, or both; for `ldap`."),
    endpoint: required(text({ description: "Address of the service: HTTP or HTTPS.", pattern: "^(http|https)://.*$" })),
    provider: required(oneOf(["aws", "ldap"], { description: "How the service is asked." })),
    secretRef: localObjectReference("Secret with the `username` and `password` of a user; for `ldap`."),
  },
  { description: "A security token service that gives temporary keys; for the providers `aws` and `generic`." },
);

const validations: readonly CelRule[] = [
  {
    message: "STS configuration is only supported for the 'aws' and 'generic' Bucket providers",
    rule: "self.provider == 'aws' || self.provider == 'generic' || !has(self.sts)",
  },
  {
    message: "'aws' is the only supported STS provider for the 'aws' Bucket provider",
    rule: "self.provider != 'aws' || !has(self.sts) || self.sts.provider == 'aws'",
  },
  {
    message: "'ldap' is the only supported STS provider for the 'generic' Bucket provider",
    rule: "self.provider != 'generic' || !has(self.sts) || self.sts.provider == 'ldap'",
  },
  {
    message: "spec.sts.secretRef is not required for the 'aws' STS provider",
    rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.secretRef)",
  },
  {
    message: "spec.sts.certSecretRef is not required for the 'aws' STS provider",
    rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.certSecretRef)",
  },
  {
    message: "ServiceAccountName is not supported for the 'generic' Bucket provider",
    rule: "self.provider != 'generic' || !has(self.serviceAccountName)",
  },
  {
    message: "cannot set both .spec.secretRef and .spec.serviceAccountName",
    rule: "!has(self.secretRef) || !has(self.serviceAccountName)",
  },
];

const specSchema: Schema<BucketSpec> = object<BucketSpec>(
  {
    bucketName: required(text({ description: "Name of the bucket; for `azure`, of the container." })),
    certSecretRef: localObjectReference(
      "Secret with `tls.crt` and `tls.key`, `ca.crt`, or both; for the provider `generic`.",
    ),
    endpoint: required(
      text({ description: "Host and port of the object store; for `azure` its URL, for `gcp` without effect." }),
    ),
    ignore: text({
      description: "Patterns in gitignore syntax of what the artifact leaves out; replaces the default ones.",
    }),
    insecure: flag({ description: "Plain HTTP." }),
    interval: required(duration("How often the bucket is looked at.")),
    prefix: text({ description: "Only objects whose keys begin with this." }),
    provider: oneOf(["generic", "aws", "gcp", "azure"], {
      description: "Whose object store it is; `generic` is anything that speaks S3.",
      default: "generic",
    }),
    proxySecretRef: localObjectReference("Secret with the `address`, `username` and `password` of a proxy."),
    region: text({ description: "Region of the bucket; found out unless given." }),
    secretRef: localObjectReference(
      "Secret with the login: `accesskey` and `secretkey`; `serviceaccount` for `gcp`; for `azure` one of several.",
    ),
    serviceAccountName: text({
      description: "ServiceAccount whose workload identity logs in; for the providers of clouds.",
    }),
    sts: stsSchema,
    suspend: flag({ description: "Stop looking at the bucket." }),
    timeout: shortDuration("How long a fetch may take.", { default: "60s" }),
  },
  { description: "What is to be watched.", validations },
);

const statusSchema: Schema<BucketStatus> = object<BucketStatus>(
  {
    ...reconciledStatusFields,
    artifact: artifact("The last revision that was stored."),
    observedIgnore: text({ description: "The `ignore` that the artifact was made with." }),
    url: text({ description: "Address of the newest artifact that was stored." }),
  },
  { description: "What was stored, and whether that worked.", default: unobservedStatus },
);

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} Bucket is deprecated, upgrade to v1` } : {}),
    members: { spec: specSchema, status: statusSchema },
    printerColumns: [
      { name: "Endpoint", type: "string", jsonPath: ".spec.endpoint" },
      ageColumn,
      readyColumn,
      statusColumn,
    ],
  };
}

/**
 * Bucket. The older versions have the schema of `v1`: what they had beside it (`accessFrom`) has had no effect and is dropped.
 * Source: source-controller api, flux2.md 1.3 and appendix A.
 */
export const bucketKind: Kind<Bucket> = defineKind<Bucket>({
  group: sourceGroup,
  kind: "Bucket",
  plural: "buckets",
  shortNames: [],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "A bucket of an object store that is watched; its objects are stored as an artifact.",
  versions: [version("v1", false), version("v1beta2", true), version("v1beta1", true)],
  olderVersions: ["`accessFrom` has had no effect: accepted and dropped."],
  differences: ["An object that did not change is not fetched again."],
  finalizer: fluxFinalizer,
  cli: {
    path: ["source", "bucket"],
    pluralPath: ["sources", "bucket"],
    aliases: [],
    humanName: "source bucket",
    createName: "Bucket source",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [{ header: "Endpoint", value: (object) => textAt(object, "spec", "endpoint") }],
    reconcilable: true,
    suspendable: true,
    create: createBucket,
    successMessage: (object) => `fetched revision ${textAt(object, "status", "artifact", "revision")}`,
  },
});
