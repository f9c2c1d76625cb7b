import { EddyError } from "@eddy/core/errors";
import { formatApiVersion } from "@eddy/core/object";
import type { ApiResource } from "../discovery/api-resource.ts";

/** Query parameters; undefined, "" and false are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1/namespaces/ns/configmaps` or `/apis/<group>/<version>/…`; namespace "" means all of them. */
export function collectionPath(resource: ApiResource, namespace: string): string {
  const root = resource.group === "" ? "/api" : "/apis";
  const scope = resource.namespaced && namespace !== "" ? `/namespaces/${segment("namespace", namespace)}` : "";
  return `${root}/${formatApiVersion(resource)}${scope}/${resource.plural}`;
}

/**
 * Path of one object, or of its subresource.
 * @throws EddyError INVALID_NAME (terminal) for a name that is not a path segment, or a missing namespace.
 */
export function objectPath(
  resource: ApiResource,
  key: { namespace: string; name: string },
  subresource?: string,
): string {
  requireNamespace(resource, key);
  const path = `${collectionPath(resource, key.namespace)}/${segment("name", key.name)}`;
  return subresource === undefined
    ? path
    : `${path}/${subresource
        .split("/")
        .map((part) => segment("subresource", part))
        .join("/")}`;
}

/** @throws EddyError INVALID_NAME (terminal) when a namespaced object has no namespace. */
export function requireNamespace(resource: ApiResource, key: { namespace: string; name: string }): void {
  if (!resource.namespaced || key.namespace !== "") return;
  throw new EddyError(
    "INVALID_NAME",
    `address ${resource.kind} ${JSON.stringify(key.name)}: it is namespaced and no namespace is given`,
    { class: "terminal" },
  );
}

/** `?a=1&b=2`, or "". */
export function formatQuery(query: Query): string {
  const parts: string[] = [];
  for (const name in query) {
    const value = query[name];
    if (value === undefined || value === "" || value === false) continue;
    parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

// RBAC names may hold ':' and more, but never what would leave their place in the path.
function segment(what: string, text: string): string {
  if (text !== "" && text !== "." && text !== ".." && !/[/%]/.test(text)) return encodeURIComponent(text);
  throw new EddyError("INVALID_NAME", `address an object: ${what} ${JSON.stringify(text)} cannot be a path segment`, {
    class: "terminal",
  });
}
