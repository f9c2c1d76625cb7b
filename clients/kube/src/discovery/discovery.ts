import type { OutgoingHttpHeaders } from "node:http";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { KindRef } from "../client.ts";
import { KubeApiError } from "../errors.ts";
import { decodeAnswer } from "../rest/decode-answer.ts";
import type { Exchange } from "../transport/exchange.ts";
import type { ApiResource } from "./api-resource.ts";
import {
  decodeAggregated,
  decodeResourceList,
  type AggregatedDiscovery,
  type ResourceList,
} from "./decode-discovery.ts";

/** What the server serves, read once and again when a kind is not found. */
export interface Discovery {
  resources(): Promise<ApiResource[]>;
  /** @throws KubeApiError 404 `NoKindMatch`. */
  resourceFor(kind: KindRef, options?: { force?: boolean }): Promise<ApiResource>;
  /** The resource when it is already known. */
  known(kind: KindRef): ApiResource | undefined;
  /** A path that discovery had listed was not there: read it again before the next look. */
  markStale(): void;
}

const aggregatedTypes = ["v2", "v2beta1"].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);
const accept = [...aggregatedTypes, "application/json"].join(",");

/** One half of discovery (`/api`, `/apis`) with its ETag: an unchanged answer costs 304 and no parsing. */
interface Half {
  etag: string | undefined;
  resources: ApiResource[];
}

interface Snapshot {
  resources: ApiResource[];
  byKind: Map<string, ApiResource[]>;
}

/** A discovery over an exchange. `headers` are sent with each request. */
export function createDiscovery(exchange: Exchange, headers: Readonly<OutgoingHttpHeaders>, log: Logger): Discovery {
  const halves = new Map<string, Half>();
  let snapshot: Snapshot | undefined;
  let pending: Promise<Snapshot> | undefined;

  const get = async (path: string): Promise<unknown> =>
    decodeAnswer(await exchange.send({ method: "GET", path, headers: { ...headers, accept: "application/json" } }));

  const readHalf = async (path: "/api" | "/apis"): Promise<ApiResource[]> => {
    const previous = halves.get(path);
    const response = await exchange.send({
      method: "GET",
      path,
      headers: { ...headers, accept, ...(previous?.etag === undefined ? {} : { "if-none-match": previous.etag }) },
    });
    if (response.status === 304 && previous) return previous.resources;
    const document = decodeAnswer(response);
    const aggregated = (response.headers["content-type"] ?? "").includes("as=APIGroupDiscoveryList");
    const resources = aggregated ? decodeAggregated(document as AggregatedDiscovery) : await readLists(path, document);
    halves.set(path, { etag: aggregated ? response.headers["etag"] : undefined, resources });
    return resources;
  };

  const readLists = async (root: "/api" | "/apis", document: unknown): Promise<ApiResource[]> => {
    const lists = await Promise.all(
      versionPaths(root, document).map(async (path) => {
        try {
          return decodeResourceList((await get(path)) as ResourceList);
        } catch (error) {
          // One aggregated API that is down must not hide all others.
          log.log("info", `skip ${path} in discovery: ${messageOf(error)}`);
          return [];
        }
      }),
    );
    return lists.flat();
  };

  const refresh = (): Promise<Snapshot> =>
    (pending ??= Promise.all([readHalf("/api"), readHalf("/apis")])
      .then((both) => (snapshot = indexByKind(both.flat())))
      .finally(() => (pending = undefined)));

  return {
    resources: async () => (snapshot ?? (await refresh())).resources,
    known: (kind) => (snapshot ? findResource(snapshot, kind) : undefined),
    markStale: () => void (snapshot = undefined),
    async resourceFor(kind, { force = false } = {}) {
      const known = force || !snapshot ? undefined : findResource(snapshot, kind);
      // A miss may be a CRD that was created a moment ago.
      const found = known ?? findResource(await refresh(), kind);
      if (found) return found;
      throw noKindMatch(kind);
    },
  };
}

function versionPaths(root: "/api" | "/apis", document: unknown): string[] {
  if (root === "/api")
    return ((document as { versions?: string[] }).versions ?? []).map((version) => `/api/${version}`);
  const groups =
    (document as { groups?: { preferredVersion?: { groupVersion: string }; versions?: { groupVersion: string }[] }[] })
      .groups ?? [];
  return groups.flatMap(({ preferredVersion, versions }) => {
    const preferred = preferredVersion?.groupVersion;
    const others = (versions ?? [])
      .map(({ groupVersion }) => groupVersion)
      .filter((groupVersion) => groupVersion !== preferred);
    return [...(preferred === undefined ? [] : [preferred]), ...others].map((groupVersion) => `/apis/${groupVersion}`);
  });
}

function indexByKind(resources: ApiResource[]): Snapshot {
  const byKind = new Map<string, ApiResource[]>();
  for (const resource of resources) {
    const key = `${resource.group}/${resource.kind}`;
    const versions = byKind.get(key);
    if (versions) versions.push(resource);
    else byKind.set(key, [resource]);
  }
  return { resources, byKind };
}

function findResource({ byKind }: Snapshot, { group, kind, version }: KindRef): ApiResource | undefined {
  const served = byKind.get(`${group}/${kind}`);
  const found = version === undefined ? served : served?.filter((resource) => resource.version === version);
  // Of two resources with one kind (`deployments` and an alias) the one that can be read whole is meant.
  return found?.find(({ verbs }) => verbs.includes("get")) ?? found?.[0];
}

function noKindMatch({ group, version, kind }: KindRef): KubeApiError {
  const where = version === undefined ? (group === "" ? "v1" : group) : group === "" ? version : `${group}/${version}`;
  return new KubeApiError({
    code: 404,
    reason: "NoKindMatch",
    message: `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(where)}`,
    details: { group, kind },
  });
}
