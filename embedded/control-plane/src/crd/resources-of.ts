/** What a CustomResourceDefinition serves. */
import { createHash } from "node:crypto";
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { ResourceInfo, SubresourceInfo } from "../resources/resource-info.ts";
import { schemaEngine } from "./schema-engine.ts";
import { required, type FieldError } from "../status-error.ts";
import type { CustomKind, PrinterColumn } from "./custom-kind.ts";

export interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: JsonObject };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

export interface CrdSpec {
  group: string;
  names: {
    plural: string;
    singular: string;
    kind: string;
    listKind: string;
    shortNames?: string[];
    categories?: string[];
  };
  scope: "Namespaced" | "Cluster";
  versions: CrdVersion[] | null;
}

/** The versions, none for a definition that has none yet. */
export const versionsOf = (spec: CrdSpec): readonly CrdVersion[] => spec.versions ?? [];

const verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const subresourceVerbs = ["get", "patch", "update"];

/** Errors of a version's schema. */
export function schemaErrors(version: CrdVersion, at: string): FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  if (schema === undefined || schema === null) return [required(`${at}.openAPIV3Schema`, "schemas are required")];
  return schemaEngine().checkStructural(schema, `${at}.openAPIV3Schema`);
}

function subresourcesOf(spec: CrdSpec, version: CrdVersion): Map<string, SubresourceInfo> {
  const found = new Map<string, SubresourceInfo>();
  const { status, scale } = version.subresources ?? {};
  if (status)
    found.set("status", {
      name: "status",
      group: spec.group,
      version: version.name,
      kind: spec.names.kind,
      verbs: subresourceVerbs,
    });
  if (scale)
    found.set("scale", { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: subresourceVerbs });
  return found;
}

function customKind(definition: KubeObject, spec: CrdSpec, version: CrdVersion): CustomKind {
  return {
    crd: definition.metadata.name,
    openapi: version.schema?.openAPIV3Schema ?? {},
    hasStatus: version.subresources?.status !== undefined,
    scale: version.subresources?.scale,
    columns: version.additionalPrinterColumns ?? [],
    selectableFields: (version.selectableFields ?? []).map((field) => field.jsonPath),
    storageVersion: versionsOf(spec).find((each) => each.storage)?.name ?? version.name,
  };
}

/** One resource a served version; none while the definition is being deleted and nothing is left to serve. */
export function resourcesOf(definition: KubeObject): ResourceInfo[] {
  const spec = definition["spec"] as CrdSpec;
  const { names } = spec;
  return versionsOf(spec)
    .filter((version) => version.served)
    .map((version) => ({
      group: spec.group,
      version: version.name,
      resource: names.plural,
      singular: names.singular,
      kind: names.kind,
      listKind: names.listKind,
      namespaced: spec.scope === "Namespaced",
      verbs,
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      subresources: subresourcesOf(spec, version),
      storageVersionHash: createHash("sha256")
        .update(`${spec.group}/${versionsOf(spec).find((each) => each.storage)?.name}/${names.kind}`)
        .digest()
        .subarray(0, 8)
        .toString("base64"),
      collection: `${spec.group}/${names.plural}`,
      struct: undefined,
      custom: customKind(definition, spec, version),
    }));
}
