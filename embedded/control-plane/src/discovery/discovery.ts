/** What is served, in the two forms that clients ask for: aggregated (v2, v2beta1) and plain lists. Source: apiserver endpoints/discovery. */
import { createHash } from "node:crypto";
import type { JsonObject } from "@eddy/core/json";
import { formatApiVersion } from "@eddy/core/object";
import { aggregatedDiscoveryVersion } from "../http/negotiate.ts";
import { jsonResponse, type ApiRequest, type ApiResponse } from "../http/api-request.ts";
import type { Registry } from "../resources/registry.ts";
import { groupVersionOf, type ResourceInfo } from "../resources/resource-info.ts";

const optional = (name: string, list: readonly string[]): JsonObject =>
  list.length === 0 ? {} : { [name]: [...list] };

function aggregatedResource(info: ResourceInfo): JsonObject {
  const subresources = [...info.subresources.values()].map((sub): JsonObject => ({
    subresource: sub.name,
    responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
    verbs: [...sub.verbs],
  }));
  return {
    resource: info.resource,
    responseKind: { group: info.group, version: info.version, kind: info.kind },
    scope: info.namespaced ? "Namespaced" : "Cluster",
    singularResource: info.singular,
    verbs: [...info.verbs],
    ...optional("shortNames", info.shortNames),
    ...optional("categories", info.categories),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

function aggregatedGroup(registry: Registry, group: string): JsonObject {
  const versions = registry.versionsOf(group).map((version): JsonObject => ({
    version,
    resources: registry.resourcesOf(group, version).map(aggregatedResource),
    freshness: "Current",
  }));
  return { metadata: { ...(group === "" ? {} : { name: group }), creationTimestamp: null }, versions };
}

function plainGroup(registry: Registry, group: string): JsonObject {
  const versions = registry
    .versionsOf(group)
    .map((version) => ({ groupVersion: formatApiVersion({ group, version }), version }));
  return { name: group, versions, preferredVersion: versions[0] ?? {} };
}

function plainResource(info: ResourceInfo): JsonObject[] {
  const main: JsonObject = {
    name: info.resource,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: [...info.verbs],
    ...optional("shortNames", info.shortNames),
    ...optional("categories", info.categories),
    ...(info.storageVersionHash === undefined ? {} : { storageVersionHash: info.storageVersionHash }),
  };
  const subresources = [...info.subresources.values()].map((sub): JsonObject => ({
    name: `${info.resource}/${sub.name}`,
    singularName: "",
    namespaced: info.namespaced,
    ...(sub.group === info.group && sub.version === info.version ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: [...sub.verbs],
  }));
  return [main, ...subresources];
}

/** Content-Type, body, ETag and 304, remembered until the registry changes. */
const remembered = new WeakMap<Registry, { revision: number; bodies: Map<string, string> }>();

function bodyOf(registry: Registry, key: string, build: () => JsonObject): string {
  let known = remembered.get(registry);
  if (known?.revision !== registry.revision)
    remembered.set(registry, (known = { revision: registry.revision, bodies: new Map() }));
  let body = known.bodies.get(key);
  if (body === undefined) known.bodies.set(key, (body = JSON.stringify(build())));
  return body;
}

/** An answer with an ETag, or 304 when the client has it. */
export function taggedResponse(
  request: ApiRequest,
  body: string,
  contentType: string,
  headers: Record<string, string> = {},
): ApiResponse {
  const etag = `"${createHash("sha512").update(body).digest("hex").toUpperCase()}"`;
  const all = { "content-type": contentType, etag, vary: "Accept", ...headers };
  if (request.headers["if-none-match"] === etag) return { status: 304, headers: all, body: "" };
  return { status: 200, headers: all, body };
}

/** Answers `/api`, `/apis`, `/apis/<group>`, `/api/v1` and `/apis/<group>/<version>`; undefined for any other path. */
export function serveDiscovery(registry: Registry, request: ApiRequest): ApiResponse | undefined {
  const [root, group, version, extra] = request.path.split("/").filter((part) => part !== "");
  if (extra !== undefined || (root !== "api" && root !== "apis")) return undefined;
  if (root === "api") {
    if (version !== undefined) return undefined;
    return group === undefined ? serveRoot(registry, request, "api") : serveVersion(registry, "", group);
  }
  if (group === undefined) return serveRoot(registry, request, "apis");
  if (version !== undefined) return serveVersion(registry, group, version);
  if (registry.versionsOf(group).length === 0 || group === "") return undefined;
  return jsonResponse(200, { kind: "APIGroup", apiVersion: "v1", ...plainGroup(registry, group) });
}

function serveRoot(registry: Registry, request: ApiRequest, root: "api" | "apis"): ApiResponse {
  const aggregated = aggregatedDiscoveryVersion(request.headers["accept"]);
  const groups = root === "api" ? [""] : registry.groups();
  if (aggregated !== undefined) {
    const body = bodyOf(registry, `${root} ${aggregated}`, () => ({
      kind: "APIGroupDiscoveryList",
      apiVersion: `apidiscovery.k8s.io/${aggregated}`,
      metadata: {},
      items: groups.map((group) => aggregatedGroup(registry, group)),
    }));
    return taggedResponse(
      request,
      body,
      `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`,
    );
  }
  if (root === "apis")
    return jsonResponse(
      200,
      bodyOf(registry, "apis", () => ({
        kind: "APIGroupList",
        apiVersion: "v1",
        groups: groups.map((group) => plainGroup(registry, group)),
      })),
      { vary: "Accept" },
    );
  return jsonResponse(
    200,
    {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: request.headers["host"] ?? "" }],
    },
    { vary: "Accept" },
  );
}

function serveVersion(registry: Registry, group: string, version: string): ApiResponse | undefined {
  const resources = registry.resourcesOf(group, version);
  const [first] = resources;
  if (!first) return undefined;
  const body = bodyOf(registry, `list ${group}/${version}`, () => ({
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: groupVersionOf(first),
    resources: resources.flatMap(plainResource),
  }));
  return jsonResponse(200, body);
}
