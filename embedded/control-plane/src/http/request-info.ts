/** What a path and method ask for. Source: apiserver endpoints/request requestinfo.go. */

export interface ResourceRequest {
  isResource: true;
  /** As RBAC names it: get, list, watch, create, update, patch, delete, deletecollection. */
  verb: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
}

export interface OtherRequest {
  isResource: false;
  /** The method in lower case. */
  verb: string;
  path: string;
}

export type RequestInfo = ResourceRequest | OtherRequest;

const verbs: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Subresources of namespaces; any other segment after a namespace's name is a resource within it. */
const namespaceSubresources = new Set(["status", "finalize"]);

/** Pure. Paths below `/api` and `/apis` that are not discovery are resource requests. */
export function parseRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decodeSegment);
  const other: OtherRequest = { isResource: false, verb: method.toLowerCase(), path };
  const core = segments[0] === "api";
  if (!core && segments[0] !== "apis") return other;
  const rest = segments.slice(core ? 2 : 3);
  const group = core ? "" : (segments[1] ?? "");
  const version = (core ? segments[1] : segments[2]) ?? "";
  if (rest.length === 0 || version === "") return other;
  return resourceRequest(method, query, group, version, rest);
}

function resourceRequest(
  method: string,
  query: URLSearchParams,
  group: string,
  version: string,
  rest: string[],
): ResourceRequest {
  let namespace = "";
  let verb = verbs[method] ?? "";
  // The old form `/api/v1/watch/...`.
  const watchPath = rest[0] === "watch" && rest.length > 1;
  if (watchPath) rest = rest.slice(1);
  if (rest[0] === "namespaces" && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && !namespaceSubresources.has(rest[2])) rest = rest.slice(2);
  }
  const [resource = "", name = "", ...subresource] = rest;
  if (name === "" && verb === "get") verb = isTrue(query.get("watch")) || watchPath ? "watch" : "list";
  if (name === "" && verb === "delete") verb = "deletecollection";
  if (watchPath) verb = "watch";
  return { isResource: true, verb, group, version, namespace, resource, name, subresource: subresource.join("/") };
}

/** Go's reading of a boolean parameter: present and neither "false" nor "0". */
export const isTrue = (value: string | null): boolean => value !== null && value !== "false" && value !== "0";

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
