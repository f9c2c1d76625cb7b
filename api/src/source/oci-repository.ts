import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { describe, flag, object, oneOf, required, text, type Schema } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { oidcIdentitiesSchema } from "../structs/verification.ts";
import { createOCIRepository } from "./create-oci-repository.ts";
import { sourceGroup } from "./group.ts";
import type {
  OCILayerSelector,
  OCIRepository,
  OCIRepositoryRef,
  OCIRepositorySpec,
  OCIRepositoryStatus,
  OCIRepositoryVerification,
} from "./oci-repository-types.ts";

const refSchema: Schema<OCIRepositoryRef> = object<OCIRepositoryRef>(
  {
    digest: text({ description: "Digest, `sha256:<hex>`; takes precedence over semver." }),
    semver: text({ description: "Range of versions: the tag with the highest one; takes precedence over tag." }),
    semverFilter: text({ description: "Regular expression that tags must match before semver looks at them." }),
    tag: text({ description: "Tag; `latest` when nothing at all is given." }),
  },
  { description: "What to pull; the tag `latest` unless given." },
);

const layerSelectorSchema: Schema<OCILayerSelector> = object<OCILayerSelector>(
  {
    mediaType: text({ description: "Media type of the layer; the first one that has it, or the first of all." }),
    operation: oneOf(["extract", "copy"], {
      description: "Extract the files of the layer, or store it as it is; `extract` unless given.",
    }),
  },
  { description: "Which layer to store, and how; the first one, extracted, unless given." },
);

const verifySchema: Schema<OCIRepositoryVerification> = object<OCIRepositoryVerification>(
  {
    matchOIDCIdentity: oidcIdentitiesSchema,
    provider: required(oneOf(["cosign", "notation"], { description: "How artifacts are signed.", default: "cosign" })),
    secretRef: localObjectReference("Secret with the trusted public keys, or with a trust policy and certificates."),
    trustedRootSecretRef: localObjectReference(
      "Secret with the `trusted_root.json` of a sigstore instance; for keyless signatures of cosign.",
    ),
  },
  { description: "Signatures that the artifact must have." },
);

const specSchema: Schema<OCIRepositorySpec> = object<OCIRepositorySpec>(
  {
    certSecretRef: localObjectReference("Secret with `tls.crt` and `tls.key`, `ca.crt`, or both."),
    ignore: text({
      description: "Patterns in gitignore syntax of what the artifact leaves out; replaces the default ones.",
    }),
    insecure: flag({ description: "Plain HTTP." }),
    interval: required(duration("How often the registry is looked at.")),
    layerSelector: layerSelectorSchema,
    provider: oneOf(["generic", "aws", "azure", "gcp"], {
      description: "Whose login to use.",
      default: "generic",
    }),
    proxySecretRef: localObjectReference("Secret with the `address`, `username` and `password` of a proxy."),
    ref: refSchema,
    secretRef: localObjectReference("Secret of the type kubernetes.io/dockerconfigjson with the registry's login."),
    serviceAccountName: text({
      description:
        "ServiceAccount whose image pull secrets log in; with a cloud provider, whose workload identity does.",
    }),
    suspend: flag({ description: "Stop looking at the registry." }),
    timeout: shortDuration("How long a pull may take.", { default: "60s" }),
    url: required(text({ description: "Address of the repository, without a tag.", pattern: "^oci://.*$" })),
    verify: verifySchema,
  },
  { description: "What is to be watched." },
);

const statusSchema: Schema<OCIRepositoryStatus> = object<OCIRepositoryStatus>(
  {
    ...reconciledStatusFields,
    artifact: artifact("The last artifact that was stored."),
    observedIgnore: text({ description: "The `ignore` that the artifact was made with." }),
    observedLayerSelector: describe(layerSelectorSchema, "The `layerSelector` that the artifact was made with."),
    url: text({ description: "Address of the newest artifact that was stored." }),
  },
  { description: "What was stored, and whether that worked.", default: unobservedStatus },
);

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} OCIRepository is deprecated, upgrade to v1` } : {}),
    members: { spec: specSchema, status: statusSchema },
    printerColumns: [{ name: "URL", type: "string", jsonPath: ".spec.url" }, readyColumn, statusColumn, ageColumn],
  };
}

/** OCIRepository. `v1beta2` has the schema of `v1`. Source: source-controller api, flux2.md 1.2 and appendix A. */
export const ociRepositoryKind: Kind<OCIRepository> = defineKind<OCIRepository>({
  group: sourceGroup,
  kind: "OCIRepository",
  plural: "ocirepositories",
  shortNames: ["ocirepo"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "A repository of an OCI registry that is watched; each new digest is stored as an artifact.",
  versions: [version("v1", false), version("v1beta2", true)],
  olderVersions: ["The schema of `v1beta2` is that of `v1`."],
  differences: [
    "Signatures of `notation` are verified with certificates in PEM; whether a certificate is revoked is not asked (one that names an OCSP server or a revocation list is of unknown status, which `strict` refuses unless it overrides `revocation`), and neither are timestamping authorities (`tsa:`).",
    "A layer that is not what its digest says is never stored.",
  ],
  finalizer: fluxFinalizer,
  cli: {
    path: ["source", "oci"],
    pluralPath: ["sources", "oci"],
    aliases: [],
    humanName: "source oci",
    createName: "OCIRepository",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      suspendedCliColumn,
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [{ header: "URL", value: (object) => textAt(object, "spec", "url") }],
    reconcilable: true,
    suspendable: true,
    create: createOCIRepository,
    successMessage: (object) => `fetched revision ${textAt(object, "status", "artifact", "revision")}`,
  },
});
