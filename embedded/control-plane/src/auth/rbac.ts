/** Role based access control over the roles and bindings in the store. Source: plugin/pkg/auth/authorizer/rbac. */
import { matchesLabels, selectorOf, type LabelSelector } from "@eddy/core/labels";
import type { KubeObject } from "@eddy/core/object";
import type { UserInfo } from "../http/api-request.ts";
import type { Kernel } from "../kernel.ts";

/** What somebody wants to do. */
export interface AccessAttributes {
  user: UserInfo;
  verb: string;
  isResource: boolean;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** For requests that are not about resources. */
  path: string;
}

export interface PolicyRule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const rbac = "rbac.authorization.k8s.io";
const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

function isSubject(user: UserInfo, subject: Subject, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case "User":
      return subject.name === user.name;
    case "Group":
      return user.groups.includes(subject.name);
    case "ServiceAccount":
      return user.name === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
    default:
      return false;
  }
}

/** The rules of a ClusterRole, with those that it aggregates. */
export function clusterRoleRules(kernel: Kernel, role: KubeObject): readonly PolicyRule[] {
  const selectors = (role["aggregationRule"] as { clusterRoleSelectors?: LabelSelector[] } | undefined)
    ?.clusterRoleSelectors;
  const own = (role["rules"] as PolicyRule[] | null | undefined) ?? [];
  if (!selectors) return own;
  const requirements = selectors.map(selectorOf);
  return [...kernel.store.collection(`${rbac}/clusterroles`).entries.values()]
    .filter(({ object }) => object !== role && requirements.some((each) => matchesLabels(each, object.metadata.labels)))
    .flatMap(({ object }) => [...((object["rules"] as PolicyRule[] | null | undefined) ?? [])]);
}

function rulesOfRef(kernel: Kernel, ref: { kind: string; name: string }, namespace: string): readonly PolicyRule[] {
  if (ref.kind === "ClusterRole") {
    const role = kernel.store.get(`${rbac}/clusterroles`, ref.name)?.object;
    return role ? clusterRoleRules(kernel, role) : [];
  }
  const role = kernel.store.get(`${rbac}/roles`, `${namespace}/${ref.name}`)?.object;
  return (role?.["rules"] as PolicyRule[] | null | undefined) ?? [];
}

/** Every rule that holds for a user in a namespace ("" for cluster scope only). */
export function* rulesFor(kernel: Kernel, user: UserInfo, namespace: string): Generator<PolicyRule> {
  if (user.groups.includes("system:masters")) yield* everything;
  yield* boundRules(kernel, user, kernel.store.collection(`${rbac}/clusterrolebindings`).entries.values(), "");
  if (namespace !== "")
    yield* boundRules(kernel, user, kernel.store.collection(`${rbac}/rolebindings`).list(`${namespace}/`), namespace);
}

function* boundRules(
  kernel: Kernel,
  user: UserInfo,
  bindings: Iterable<{ object: KubeObject }>,
  namespace: string,
): Generator<PolicyRule> {
  for (const { object } of bindings) {
    const subjects = (object["subjects"] as Subject[] | undefined) ?? [];
    if (subjects.some((subject) => isSubject(user, subject, namespace)))
      yield* rulesOfRef(kernel, object["roleRef"] as { kind: string; name: string }, namespace);
  }
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list?.some((item) => item === "*" || item === value) ?? false;

/** Whether one rule allows it. */
export function ruleAllows(rule: PolicyRule, wanted: AccessAttributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false;
  if (!wanted.isResource)
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === "*" || url === wanted.path || (url.endsWith("*") && wanted.path.startsWith(url.slice(0, -1))),
    );
  if (!has(rule.apiGroups, wanted.group)) return false;
  const resource = wanted.subresource === "" ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const named =
    has(rule.resources, resource) ||
    (wanted.subresource !== "" && (rule.resources ?? []).includes(`*/${wanted.subresource}`));
  if (!named) return false;
  return (rule.resourceNames?.length ?? 0) === 0 || (rule.resourceNames ?? []).includes(wanted.name);
}

/** Whether the user may. */
export function authorize(kernel: Kernel, wanted: AccessAttributes): boolean {
  if (wanted.user.groups.includes("system:masters")) return true;
  for (const rule of rulesFor(kernel, wanted.user, wanted.isResource ? wanted.namespace : ""))
    if (ruleAllows(rule, wanted)) return true;
  return false;
}
