/** The 403 of an authorizer. Source: apiserver handlers/responsewriters errors.go. */
import { StatusError } from "../status-error.ts";
import type { AccessAttributes } from "./rbac.ts";

/** Worded as the original words it. */
export function forbiddenFor(attributes: AccessAttributes): StatusError {
  const who = `User ${JSON.stringify(attributes.user.name)} cannot ${attributes.verb}`;
  if (!attributes.isResource) {
    return new StatusError(403, "Forbidden", `forbidden: ${who} path ${JSON.stringify(attributes.path)}`, {});
  }
  const { group, name, namespace } = attributes;
  const resource =
    attributes.subresource === "" ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const qualified = group === "" ? attributes.resource : `${attributes.resource}.${group}`;
  const named = name === "" ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const message = `${named} is forbidden: ${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${scope}`;
  return new StatusError(403, "Forbidden", message, {
    ...(name === "" ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind: attributes.resource,
  });
}
