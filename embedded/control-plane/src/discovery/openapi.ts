/** `/openapi/v3`: an index with hashes, and one document per group and version. Source: kube-openapi handler3. */
import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { formatApiVersion } from "@eddy/core/object";
import { schemaNameOf } from "../apply/resource-schema.ts";
import { kubernetesVersion, loadPack } from "../data/pack.ts";
import { jsonResponse, type ApiRequest, type ApiResponse } from "../http/api-request.ts";
import type { Registry } from "../resources/registry.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { taggedResponse } from "./discovery.ts";
import { pathsOf } from "./openapi-paths.ts";

const metaPrefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";

function pathOf(group: string, version: string): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

/** Changes when what the document says changes. */
function hashOf(registry: Registry, group: string, version: string): string {
  const customs = registry.resourcesOf(group, version).filter((info) => info.custom);
  const hash = createHash("sha512").update(`${kubernetesVersion} ${formatApiVersion({ group, version })}`);
  for (const info of customs)
    hash.update(JSON.stringify([info.kind, info.custom?.openapi, [...info.subresources.keys()]]));
  return hash.digest("hex").toUpperCase();
}

function index(registry: Registry): JsonObject {
  const paths: JsonObject = {};
  for (const group of ["", ...registry.groups()]) {
    for (const version of registry.versionsOf(group)) {
      const path = pathOf(group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(registry, group, version)}` };
    }
  }
  return { paths };
}

/** Puts the texts back, in the order in which they were taken out. */
function withDescriptions(node: Json, texts: readonly string[], position: { at: number }): Json {
  if (Array.isArray(node)) return node.map((item) => withDescriptions(item, texts, position));
  if (!isObject(node)) return node;
  const result: JsonObject = {};
  for (const key in node) {
    const value = node[key] as Json;
    result[key] =
      key === "description" && value === 1 ? (texts[position.at++] ?? "") : withDescriptions(value, texts, position);
  }
  return result;
}

function collectRefs(node: unknown, into: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collectRefs(item, into);
    return;
  }
  if (!isObject(node)) return;
  for (const key in node) {
    const value = node[key];
    if (key === "$ref" && typeof value === "string") into.add(value.slice(value.lastIndexOf("/") + 1));
    else collectRefs(value, into);
  }
}

/** The named built-in schemas and all that they refer to, with descriptions. */
export function builtInSchemas(names: Iterable<string>): JsonObject {
  const bare = loadPack("schemas");
  const texts = loadPack("descriptions");
  const found: JsonObject = {};
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const schema = bare[name];
    if (found[name] !== undefined || schema === undefined) continue;
    found[name] = withDescriptions(schema, texts[name] ?? [], { at: 0 });
    const refs = new Set<string>();
    collectRefs(schema, refs);
    queue.push(...refs);
  }
  return found;
}

/** `io.fluxcd.toolkit.source.v1.GitRepository` for a custom kind, as the original names it. */
export function customSchemaName(info: ResourceInfo, kind: string): string {
  return [...info.group.split(".").toReversed(), info.version, kind].join(".");
}

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** The schemas of a custom kind and its list. */
export function customSchemas(info: ResourceInfo): JsonObject {
  const schema = info.custom?.openapi ?? {};
  const gvk = (kind: string): Json => [{ group: info.group, version: info.version, kind }];
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const itemName = customSchemaName(info, info.kind);
  return {
    [itemName]: {
      ...schema,
      type: "object",
      properties: {
        ...properties,
        apiVersion: {
          type: "string",
          description: "APIVersion defines the versioned schema of this representation of an object.",
        },
        kind: {
          type: "string",
          description: "Kind is a string value representing the REST resource this object represents.",
        },
        metadata: { allOf: [ref(`${metaPrefix}ObjectMeta`)], default: {}, description: "Standard object's metadata." },
      },
      "x-kubernetes-group-version-kind": gvk(info.kind),
    },
    [customSchemaName(info, info.listKind)]: {
      type: "object",
      required: ["items"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: ref(`${metaPrefix}ListMeta`),
        items: { type: "array", items: ref(itemName) },
      },
      "x-kubernetes-group-version-kind": gvk(info.listKind),
    },
  };
}

/** The name of the schema of a resource's objects. */
function schemaName(info: ResourceInfo): string | undefined {
  if (info.custom) return customSchemaName(info, info.kind);
  return info.struct === undefined ? undefined : schemaNameOf(info.struct);
}

function document(registry: Registry, group: string, version: string): JsonObject {
  const resources = registry.resourcesOf(group, version);
  const names = new Set<string>([
    `${metaPrefix}Patch`,
    `${metaPrefix}DeleteOptions`,
    `${metaPrefix}Status`,
    `${metaPrefix}ObjectMeta`,
    `${metaPrefix}ListMeta`,
  ]);
  let customs: JsonObject = {};
  for (const info of resources) {
    if (info.custom) customs = { ...customs, ...customSchemas(info) };
    else if (info.struct) names.add(schemaNameOf(info.struct)).add(`${schemaNameOf(info.struct)}List`);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: kubernetesVersion },
    paths: Object.assign({}, ...resources.map((info) => pathsOf(info, schemaName(info)))) as JsonObject,
    components: { schemas: { ...builtInSchemas(names), ...customs } },
  };
}

const documents = new Map<string, string>();

/** The document's JSON; the last few are kept. */
function documentJson(registry: Registry, group: string, version: string, hash: string): string {
  let json = documents.get(hash);
  if (json === undefined) {
    json = JSON.stringify(document(registry, group, version));
    if (documents.size >= 8) documents.delete(documents.keys().next().value ?? "");
    documents.set(hash, json);
  }
  return json;
}

/** Answers `/openapi/v3` and below; undefined for a document that is not there. */
export function serveOpenApi(registry: Registry, request: ApiRequest): ApiResponse | undefined {
  const path = request.path.replace(/^\/openapi\/v3\/?/, "").replace(/\/$/, "");
  if (path === "") return taggedResponse(request, JSON.stringify(index(registry)), "application/json");
  const parts = path.split("/");
  const [group, version] =
    parts[0] === "api" && parts.length === 2
      ? ["", parts[1]]
      : parts[0] === "apis" && parts.length === 3
        ? [parts[1], parts[2]]
        : [undefined, undefined];
  if (group === undefined || version === undefined || registry.resourcesOf(group, version).length === 0)
    return undefined;
  const hash = hashOf(registry, group, version);
  const asked = request.query.get("hash");
  if (asked !== null && asked !== hash) {
    return { ...jsonResponse(301, ""), headers: { location: `/openapi/v3/${path}?hash=${hash}` } };
  }
  const headers: Record<string, string> =
    asked === null
      ? {}
      : { "cache-control": "public, immutable", expires: new Date(Date.UTC(2100, 0, 1)).toUTCString() };
  return taggedResponse(request, documentJson(registry, group, version, hash), "application/json", headers);
}
