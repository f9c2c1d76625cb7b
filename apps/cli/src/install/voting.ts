import { eddyGroup } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";

const admission = "admissionregistration.k8s.io/v1";

/**
 * What makes votes those of who casts them: a role for voters, to be bound to people, and a policy by which nobody who may not `decide`
 * writes another's vote, takes one out, or says what came of them. Clusters before Kubernetes 1.30 have no such policies.
 */
export function voting(namespace: string): KubeObject[] {
  const name = `eddy-votes-${namespace}`;
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: `eddy-approve-${namespace}` },
      rules: [
        { apiGroups: [eddyGroup], resources: ["approvals"], verbs: ["get", "list", "watch", "approve"] },
        { apiGroups: [eddyGroup], resources: ["approvals/status"], verbs: ["get", "patch", "update"] },
      ],
    },
    { apiVersion: admission, kind: "ValidatingAdmissionPolicy", metadata: { name }, spec: policySpec() },
    {
      apiVersion: admission,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  ];
}

const before = "oldObject.?status.?votes.orValue([])";
const after = "object.?status.?votes.orValue([])";
const isOwn =
  "v.voter == request.userInfo.username && v.?groups.orValue([]).all(g, g in request.userInfo.?groups.orValue([]))";

function policySpec(): object {
  const resourceRules = [
    { apiGroups: [eddyGroup], apiVersions: ["*"], operations: ["UPDATE"], resources: ["approvals/status"], scope: "*" },
  ];
  return {
    failurePolicy: "Fail",
    matchConstraints: { matchPolicy: "Equivalent", resourceRules, namespaceSelector: {}, objectSelector: {} },
    matchConditions: [
      {
        name: "may-not-decide",
        // Eddy itself may, and whoever may do everything.
        expression: `!authorizer.group("${eddyGroup}").resource("approvals").check("decide").allowed()`,
      },
    ],
    validations: [
      {
        expression: `${after}.all(v, ${before}.exists(o, o == v) || (${isOwn}))`,
        message: "a vote is cast in one's own name, and with one's own groups",
      },
      {
        expression: `${before}.all(o, ${after}.exists(v, v == o))`,
        message: "votes stay: cast another one, the last one counts",
      },
      {
        expression: `object.?status.?phase.orValue("") == oldObject.?status.?phase.orValue("")`,
        message: "what came of the votes is Eddy's to say",
      },
    ],
  };
}
