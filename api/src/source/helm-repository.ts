import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, object, oneOf, required, text, type Schema } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { accessFrom } from "../structs/access-from.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { createHelmRepository } from "./create-helm-repository.ts";
import { sourceGroup } from "./group.ts";
import type { HelmRepository, HelmRepositorySpec, HelmRepositoryStatus } from "./helm-repository-types.ts";

const specSchema: Schema<HelmRepositorySpec> = object<HelmRepositorySpec>(
  {
    accessFrom: accessFrom("Namespaces that may refer to the repository; declared by upstream and never enforced."),
    certSecretRef: localObjectReference("Secret with `tls.crt` and `tls.key`, `ca.crt`, or both."),
    insecure: flag({ description: "Plain HTTP; for the type `oci`." }),
    interval: duration("How often the index is looked at; `1m` unless given."),
    passCredentials: flag({ description: "Send the credentials to other hosts, too, that the index names." }),
    provider: oneOf(["generic", "aws", "azure", "gcp"], {
      description: "Whose login to use; for the type `oci`.",
      default: "generic",
    }),
    secretRef: localObjectReference("Secret with `username` and `password`, or a docker-config for the type `oci`."),
    suspend: flag({ description: "Stop looking at the repository." }),
    timeout: shortDuration("How long a download of the index or of a chart may take; `60s` unless given."),
    type: oneOf(["default", "oci"], { description: "An index over HTTP, or a registry; `default` unless given." }),
    url: required(
      text({ description: "Address of the repository: HTTP, HTTPS or OCI.", pattern: "^(http|https|oci)://.*$" }),
    ),
  },
  { description: "Where charts are." },
);

const statusSchema: Schema<HelmRepositoryStatus> = object<HelmRepositoryStatus>(
  {
    ...reconciledStatusFields,
    artifact: artifact("The last index that was stored."),
    url: text({ description: "Address of the newest index that was stored." }),
  },
  { description: "What was stored, and whether that worked.", default: unobservedStatus },
);

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} HelmRepository is deprecated, upgrade to v1` } : {}),
    members: { spec: specSchema, status: statusSchema },
    printerColumns: [{ name: "URL", type: "string", jsonPath: ".spec.url" }, ageColumn, readyColumn, statusColumn],
  };
}

/** HelmRepository. The older versions have the schema of `v1`. Source: source-controller api, flux2.md 1.4 and appendix A. */
export const helmRepositoryKind: Kind<HelmRepository> = defineKind<HelmRepository>({
  group: sourceGroup,
  kind: "HelmRepository",
  plural: "helmrepositories",
  shortNames: ["helmrepo"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "A Helm chart repository whose index is watched and stored, or a registry with charts.",
  versions: [version("v1", false), version("v1beta2", true), version("v1beta1", true)],
  olderVersions: ["The schema of `v1beta1` and `v1beta2` is that of `v1`."],
  differences: ["An index is read version by version, within `--helm-index-max-size`; it is asked for conditionally."],
  finalizer: fluxFinalizer,
  cli: {
    path: ["source", "helm"],
    pluralPath: ["sources", "helm"],
    aliases: [],
    humanName: "source helm",
    createName: "HelmRepository source",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      suspendedCliColumn,
      {
        header: "Ready",
        value: (object) => (isStatic(object) ? "True" : readyCliColumn.value(object)),
      },
      {
        header: "Message",
        value: (object) => (isStatic(object) ? "Helm repository is Ready" : messageCliColumn.value(object)),
      },
    ],
    wideColumns: [{ header: "URL", value: (object) => textAt(object, "spec", "url") }],
    reconcilable: true,
    suspendable: true,
    isStatic,
    create: createHelmRepository,
    successMessage: (object) => `fetched revision ${textAt(object, "status", "artifact", "revision")}`,
  },
});

/** A registry is not reconciled. */
function isStatic(object: Parameters<typeof textAt>[0]): boolean {
  return textAt(object, "spec", "type") === "oci";
}
