import { eddyGroup, kinds } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { componentName } from "./component-name.ts";

const rbacVersion = "rbac.authorization.k8s.io/v1";
const allVerbs = ["*"];
const readVerbs = ["get", "list", "watch"];
const writeVerbs = ["create", "delete", "deletecollection", "patch", "update"];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/**
 * The roles of an installation: what the process itself needs, `cluster-admin` for what it applies (a Kustomization's
 * `serviceAccountName` narrows that), and roles for people, aggregated to view, edit and admin. Source: flux2.md 3.9.
 */
export function rbac(namespace: string): KubeObject[] {
  const subject = { kind: "ServiceAccount", name: componentName, namespace };
  return [
    clusterRole(`crd-controller-${namespace}`, controllerRules()),
    clusterRole(
      `flux-view-${namespace}`,
      [{ apiGroups: ownGroups(), resources: ["*"], verbs: readVerbs }],
      ["admin", "edit", "view"],
    ),
    clusterRole(
      `flux-edit-${namespace}`,
      [
        { apiGroups: ownGroups().filter((group) => group !== eddyGroup), resources: ["*"], verbs: writeVerbs },
        // Whoever may edit must not thereby be able to vote.
        { apiGroups: [eddyGroup], resources: ["releases"], verbs: writeVerbs },
      ],
      ["admin", "edit"],
    ),
    clusterRoleBinding(`crd-controller-${namespace}`, `crd-controller-${namespace}`, subject),
    clusterRoleBinding(`cluster-reconciler-${namespace}`, "cluster-admin", subject),
  ];
}

function ownGroups(): string[] {
  return [...new Set(kinds.map((kind) => kind.group))];
}

function controllerRules(): Rule[] {
  return [
    { apiGroups: ownGroups(), resources: ["*"], verbs: allVerbs },
    { apiGroups: [""], resources: ["namespaces", "secrets", "configmaps", "serviceaccounts"], verbs: readVerbs },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
    },
  ];
}

function clusterRole(name: string, rules: Rule[], aggregateTo: string[] = []): KubeObject {
  const labels = Object.fromEntries(
    aggregateTo.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, "true"]),
  );
  return {
    apiVersion: rbacVersion,
    kind: "ClusterRole",
    metadata: { name, ...(aggregateTo.length === 0 ? {} : { labels }) },
    rules,
  };
}

function clusterRoleBinding(name: string, role: string, subject: object): KubeObject {
  return {
    apiVersion: rbacVersion,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}
