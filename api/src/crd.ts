import type { KubeObject } from "@eddy/core/object";
import { disabledValue, kustomizeSubstituteKey } from "./annotations.ts";
import type { Kind, KindVersion } from "./kind.ts";
import type { JsonSchema } from "./schema.ts";

/** A CustomResourceDefinition of `apiextensions.k8s.io/v1`. */
export interface CustomResourceDefinition extends KubeObject {
  apiVersion: "apiextensions.k8s.io/v1";
  kind: "CustomResourceDefinition";
  spec: {
    group: string;
    names: {
      plural: string;
      singular: string;
      kind: string;
      listKind: string;
      shortNames?: readonly string[];
      categories: readonly string[];
    };
    scope: "Namespaced" | "Cluster";
    versions: readonly Record<string, unknown>[];
  };
}

/** The CRD of a kind, with the annotation that keeps variable substitution away from it. Conversion is `None`. */
export function crdOf(kind: Kind): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}`, annotations: { [kustomizeSubstituteKey]: disabledValue } },
    spec: {
      group: kind.group,
      names: {
        categories: kind.categories,
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
        singular: kind.singular,
      },
      scope: kind.scope,
      versions: kind.versions.map((version) => crdVersion(kind, version)),
    },
  };
}

function crdVersion(kind: Kind, version: KindVersion): Record<string, unknown> {
  return {
    additionalPrinterColumns: version.printerColumns,
    ...(version.deprecationWarning === undefined
      ? {}
      : { deprecated: true, deprecationWarning: version.deprecationWarning }),
    name: version.name,
    schema: { openAPIV3Schema: rootSchema(kind, version) },
    served: version.served,
    storage: version.storage,
    ...("status" in version.members ? { subresources: { status: {} } } : {}),
  };
}

function rootSchema(kind: Kind, version: KindVersion): JsonSchema {
  return {
    type: "object",
    description: kind.description,
    properties: {
      apiVersion: { type: "string", description: "Version of the schema that this object is written in." },
      kind: { type: "string", description: "Kind of this object." },
      metadata: { type: "object" },
      ...version.members,
    },
    ...(version.requiredMembers === undefined ? {} : { required: version.requiredMembers }),
  };
}
