/** Nobody grants rights that they do not have, unless they may `escalate` or `bind`. Source: pkg/registry/rbac/*, policybased storage. */
import { deepEqual } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import {
  authorize,
  clusterRoleRules,
  rulesFor,
  ruleAllows,
  type AccessAttributes,
  type PolicyRule,
} from "../auth/rbac.ts";
import type { UserInfo } from "../http/api-request.ts";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { forbidden } from "../status-error.ts";

/** Every single thing that a rule allows, as the smallest questions. */
function* breakDown(rule: PolicyRule, user: UserInfo, namespace: string): Generator<AccessAttributes> {
  const none = { user, version: "", group: "", resource: "", subresource: "", namespace, name: "", path: "" };
  for (const verb of rule.verbs ?? []) {
    for (const path of rule.nonResourceURLs ?? []) yield { ...none, isResource: false, verb, path };
    for (const group of rule.apiGroups ?? []) {
      for (const qualified of rule.resources ?? []) {
        const [resource = "", subresource = ""] = qualified.split("/", 2);
        const names = (rule.resourceNames?.length ?? 0) > 0 ? (rule.resourceNames ?? []) : [""];
        for (const name of names) yield { ...none, isResource: true, verb, group, resource, subresource, name };
      }
    }
  }
}

function rulesGranted(kernel: Kernel, object: KubeObject): readonly PolicyRule[] {
  if (object.kind === "Role") return (object["rules"] as PolicyRule[] | null | undefined) ?? [];
  if (object.kind === "ClusterRole") return clusterRoleRules(kernel, object);
  const ref = object["roleRef"] as { kind: string; name: string };
  if (ref.kind === "Role")
    return (
      (kernel.store.get("rbac.authorization.k8s.io/roles", `${object.metadata.namespace}/${ref.name}`)?.object[
        "rules"
      ] as PolicyRule[] | undefined) ?? []
    );
  const role = kernel.store.get("rbac.authorization.k8s.io/clusterroles", ref.name)?.object;
  return role ? clusterRoleRules(kernel, role) : [];
}

function mayAnyway(kernel: Kernel, info: ResourceInfo, object: KubeObject, user: UserInfo): boolean {
  const isRole = object.kind.endsWith("Role");
  const ref = object["roleRef"] as { kind: string; name: string } | undefined;
  const resource = isRole ? info.resource : ref?.kind === "Role" ? "roles" : "clusterroles";
  const name = isRole ? object.metadata.name : (ref?.name ?? "");
  return authorize(kernel, {
    user,
    isResource: true,
    verb: isRole ? "escalate" : "bind",
    group: info.group,
    version: info.version,
    resource,
    subresource: "",
    namespace: object.metadata.namespace ?? "",
    name,
    path: "",
  });
}

/** @throws StatusError 403 when the write would grant what its user does not have. */
export function checkEscalation(
  kernel: Kernel,
  info: ResourceInfo,
  object: KubeObject,
  live: KubeObject | undefined,
  user: UserInfo,
): void {
  if (user.groups.includes("system:masters")) return;
  if (
    live &&
    deepEqual(live["rules"], object["rules"]) &&
    deepEqual(live["roleRef"], object["roleRef"]) &&
    deepEqual(live["subjects"], object["subjects"])
  )
    return;
  if (mayAnyway(kernel, info, object, user)) return;
  const namespace = object.metadata.namespace ?? "";
  const own = [...rulesFor(kernel, user, namespace)];
  for (const rule of rulesGranted(kernel, object)) {
    for (const wanted of breakDown(rule, user, namespace)) {
      if (own.some((each) => ruleAllows(each, wanted))) continue;
      const text = `user ${JSON.stringify(user.name)} (groups=${JSON.stringify(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${JSON.stringify(rule)}`;
      throw forbidden({ group: info.group, resource: info.resource, name: object.metadata.name }, text);
    }
  }
}
