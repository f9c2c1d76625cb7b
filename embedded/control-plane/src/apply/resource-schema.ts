/** How objects of a resource merge: what `@eddy/merge` must know, from the OpenAPI pack or a CRD's schema. */
import { isObject, type JsonObject } from "@eddy/core/json";
import {
  customResourceType,
  fieldSetOf,
  mergeTypeOf,
  type FieldSet,
  type MergeType,
  type ResourceSchema,
} from "@eddy/merge";
import { loadPack } from "../data/pack.ts";
import type { Registry } from "../resources/registry.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { decodeStruct } from "../types/decode-typed.ts";
import { structOfKind, type GoStruct } from "../types/go-type.ts";

/** Types built so far, shared by all kinds: schemas of one minor never change. */
const knownTypes = new Map<string, MergeType>();
const customTypes = new WeakMap<JsonObject, MergeType>();
const zeroObjects = new Map<string, JsonObject>();

const resolveRef = (ref: string): JsonObject | undefined => loadPack("schemas")[ref.slice(ref.lastIndexOf("/") + 1)];

const metaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** The name of a Go struct's schema: `apps/v1.Deployment` is `io.k8s.api.apps.v1.Deployment`. */
export function schemaNameOf(struct: GoStruct): string {
  const dot = struct.name.lastIndexOf(".");
  const path = struct.name.slice(0, dot).replaceAll("/", ".");
  const kind = struct.name.slice(dot + 1);
  if (path === "meta.v1") return `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
  if (path.startsWith("apiextensions.")) return `io.k8s.apiextensions-apiserver.pkg.apis.${path}.${kind}`;
  if (path.startsWith("apiregistration.")) return `io.k8s.kube-aggregator.pkg.apis.${path}.${kind}`;
  return `io.k8s.api.${path}.${kind}`;
}

function typeOfRef(name: string): MergeType {
  return mergeTypeOf({ $ref: `#/components/schemas/${name}` }, resolveRef, { known: knownTypes });
}

/** The merge type of a built-in kind. */
function builtInType(struct: GoStruct): MergeType | undefined {
  const name = schemaNameOf(struct);
  return loadPack("schemas")[name] === undefined ? undefined : typeOfRef(name);
}

/** The merge type of a served version of a custom kind. */
function customType(openapi: JsonObject): MergeType {
  let type = customTypes.get(openapi);
  if (!type) {
    type = customResourceType(openapi, typeOfRef(metaName));
    customTypes.set(openapi, type);
  }
  return type;
}

/** A built-in kind with nothing set, as Go writes it. */
export function zeroObject(apiVersion: string, kind: string): JsonObject {
  const key = `${apiVersion}/${kind}`;
  let zero = zeroObjects.get(key);
  if (!zero) {
    const struct = structOfKind(apiVersion, kind);
    zero = struct ? decodeStruct({ kind, apiVersion }, struct, { unknown: [] }) : { apiVersion, kind };
    zeroObjects.set(key, zero);
  }
  return zero;
}

const onlyStatus = fieldSetOf(["f:status"]);
const onlySpec = fieldSetOf(["f:spec"]);
const specAndLabels = fieldSetOf(["f:spec"], ["f:metadata", "f:labels"]);
const specAndMetadata = fieldSetOf(["f:spec"], ["f:metadata"]);

function resetFields(info: ResourceInfo, subresource: string): FieldSet | undefined {
  if (!info.subresources.has("status")) return undefined;
  if (subresource === "") return onlyStatus;
  if (subresource !== "status") return undefined;
  if (info.collection === "apps/deployments") return specAndLabels;
  return info.custom ? specAndMetadata : onlySpec;
}

const schemas = new WeakMap<ResourceInfo, Map<string, ResourceSchema>>();

/** The schema of writes through a resource or one of its subresources; built once per {@link ResourceInfo}. */
export function resourceSchema(registry: Registry, info: ResourceInfo, subresource: string): ResourceSchema {
  let bySubresource = schemas.get(info);
  if (!bySubresource) schemas.set(info, (bySubresource = new Map()));
  let schema = bySubresource.get(subresource);
  if (!schema) {
    schema = buildSchema(registry, info, subresource);
    bySubresource.set(subresource, schema);
  }
  return schema;
}

function buildSchema(registry: Registry, info: ResourceInfo, subresource: string): ResourceSchema {
  const reset = resetFields(info, subresource);
  return {
    typeOf(apiVersion) {
      const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
      const served = registry.find(info.group, version, info.resource);
      if (served?.custom) return customType(served.custom.openapi);
      return served?.struct ? builtInType(served.struct) : undefined;
    },
    resetFields: () => reset,
    zeroObject: (apiVersion) => (info.custom ? { apiVersion, kind: info.kind } : zeroObject(apiVersion, info.kind)),
  };
}

/** Whether a schema is there at all; reviews have none. */
export const isMergeable = (info: ResourceInfo): boolean =>
  info.custom !== undefined || (info.struct !== undefined && isObject(loadPack("schemas")[schemaNameOf(info.struct)]));
