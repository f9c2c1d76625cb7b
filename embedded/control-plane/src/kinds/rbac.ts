/** Roles and bindings; nobody grants more than they have. Source: pkg/registry/rbac, pkg/apis/rbac/v1/defaults.go. */
import { deepEqual, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { invalidValue, notSupported, required, type FieldError } from "../status-error.ts";
import type { PolicyRule } from "../auth/rbac.ts";
import type { KindStrategy } from "./strategy.ts";

const rbacGroup = "rbac.authorization.k8s.io";

function ruleErrors(object: KubeObject): FieldError[] {
  const namespaced = object.kind === "Role";
  return ((object["rules"] as PolicyRule[] | null | undefined) ?? []).flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const errors: FieldError[] = [];
    if ((rule.verbs?.length ?? 0) === 0) errors.push(required(`${at}.verbs`, "verbs must contain at least one value"));
    if ((rule.nonResourceURLs?.length ?? 0) > 0) {
      if (namespaced)
        errors.push(
          invalidValue(
            `${at}.nonResourceURLs`,
            rule.nonResourceURLs,
            "namespaced rules cannot apply to non-resource URLs",
          ),
        );
      return errors;
    }
    if ((rule.apiGroups?.length ?? 0) === 0)
      errors.push(required(`${at}.apiGroups`, "resource rules must supply at least one api group"));
    if ((rule.resources?.length ?? 0) === 0)
      errors.push(required(`${at}.resources`, "resource rules must supply at least one resource"));
    return errors;
  });
}

/** Role and ClusterRole. */
export const role: KindStrategy = { nameForm: "path", createsOnUpdate: true, validate: ruleErrors };

function bindingErrors(object: KubeObject): FieldError[] {
  const ref = (object["roleRef"] ?? {}) as { apiGroup?: string; kind?: string; name?: string };
  const errors: FieldError[] = [];
  const kinds = object.kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (ref.apiGroup !== rbacGroup) errors.push(notSupported("roleRef.apiGroup", ref.apiGroup ?? "", [rbacGroup]));
  if (!kinds.includes(ref.kind ?? "")) errors.push(notSupported("roleRef.kind", ref.kind ?? "", kinds.toSorted()));
  if (!ref.name) errors.push(required("roleRef.name"));
  for (const [index, subject] of (
    (object["subjects"] as { kind?: string; name?: string; namespace?: string }[] | undefined) ?? []
  ).entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) errors.push(required(`${at}.name`));
    if (!["ServiceAccount", "User", "Group"].includes(subject.kind ?? ""))
      errors.push(notSupported(`${at}.kind`, subject.kind ?? "", ["Group", "ServiceAccount", "User"]));
    if (subject.kind === "ServiceAccount" && !subject.namespace && object.kind === "ClusterRoleBinding")
      errors.push(required(`${at}.namespace`));
  }
  return errors;
}

/** RoleBinding and ClusterRoleBinding. */
export const binding: KindStrategy = {
  nameForm: "path",
  createsOnUpdate: true,
  applyDefaults(object) {
    const ref = object["roleRef"] as JsonObject | undefined;
    if (ref && !ref["apiGroup"]) ref["apiGroup"] = rbacGroup;
    for (const subject of (object["subjects"] as JsonObject[] | undefined) ?? []) {
      if ((subject["kind"] === "User" || subject["kind"] === "Group") && !subject["apiGroup"])
        subject["apiGroup"] = rbacGroup;
      if (
        subject["kind"] === "ServiceAccount" &&
        !subject["namespace"] &&
        object.kind === "RoleBinding" &&
        object.metadata.namespace
      )
        subject["namespace"] = object.metadata.namespace;
    }
  },
  validate: bindingErrors,
  validateUpdate: (object, live) =>
    deepEqual(object["roleRef"], live["roleRef"])
      ? []
      : [invalidValue("roleRef", object["roleRef"], "cannot change roleRef")],
};
