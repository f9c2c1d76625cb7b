/** SelfSubjectReview, (Self|Local)SubjectAccessReview, SelfSubjectRulesReview, TokenReview: answered, never stored. */
import type { JsonObject } from "@eddy/core/json";
import type { UserInfo } from "../http/api-request.ts";
import type { Kernel } from "../kernel.ts";
import { authorize, rulesFor, type AccessAttributes, type PolicyRule } from "./rbac.ts";
import { userOfToken, type KnownToken } from "./authenticate.ts";

interface ReviewSpec {
  resourceAttributes?: {
    namespace?: string;
    verb?: string;
    group?: string;
    version?: string;
    resource?: string;
    subresource?: string;
    name?: string;
  };
  nonResourceAttributes?: { path?: string; verb?: string };
  user?: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
  namespace?: string;
  token?: string;
}

const describeUser = (user: UserInfo): JsonObject => ({
  username: user.name,
  ...(user.uid === undefined ? {} : { uid: user.uid }),
  groups: [...user.groups],
  ...(user.extra === undefined ? {} : { extra: JSON.parse(JSON.stringify(user.extra)) as JsonObject }),
});

function attributesOf(spec: ReviewSpec, user: UserInfo): AccessAttributes {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  return {
    user,
    isResource: resource !== undefined,
    verb: resource?.verb ?? other?.verb ?? "",
    group: resource?.group ?? "",
    version: resource?.version ?? "",
    resource: resource?.resource ?? "",
    subresource: resource?.subresource ?? "",
    namespace: resource?.namespace ?? "",
    name: resource?.name ?? "",
    path: other?.path ?? "",
  };
}

function reviewRules(kernel: Kernel, user: UserInfo, namespace: string): JsonObject {
  const rules = [...rulesFor(kernel, user, namespace)];
  const pick = (rule: PolicyRule): JsonObject => JSON.parse(JSON.stringify(rule)) as JsonObject;
  return {
    resourceRules: rules.filter((rule) => (rule.nonResourceURLs?.length ?? 0) === 0).map(pick),
    nonResourceRules: rules
      .filter((rule) => (rule.nonResourceURLs?.length ?? 0) > 0)
      .map((rule) => ({ verbs: rule.verbs ?? [], nonResourceURLs: rule.nonResourceURLs ?? [] })),
    incomplete: false,
  };
}

function reviewToken(kernel: Kernel, known: readonly KnownToken[], token: string): JsonObject {
  try {
    return {
      authenticated: true,
      user: describeUser(userOfToken(kernel, known, token)),
      audiences: ["https://kubernetes.default.svc.cluster.local"],
    };
  } catch {
    return { user: {}, error: "[invalid bearer token]" };
  }
}

/** The review with its status. `kind` is one of the review kinds. */
export function answerReview(
  kernel: Kernel,
  known: readonly KnownToken[],
  kind: string,
  review: JsonObject,
  asker: UserInfo,
): JsonObject {
  const spec = (review["spec"] ?? {}) as ReviewSpec;
  const access = (user: UserInfo): JsonObject => {
    const allowed = authorize(kernel, attributesOf(spec, user));
    return allowed && !user.groups.includes("system:masters") ? { allowed, reason: "RBAC: allowed" } : { allowed };
  };
  const named: UserInfo = {
    name: spec.user ?? "",
    groups: spec.groups ?? [],
    ...(spec.extra === undefined ? {} : { extra: spec.extra }),
  };
  switch (kind) {
    case "SelfSubjectReview":
      return { ...review, status: { userInfo: describeUser(asker) } };
    case "SelfSubjectAccessReview":
      return { ...review, status: access(asker) };
    case "SelfSubjectRulesReview":
      return { ...review, status: reviewRules(kernel, asker, spec.namespace ?? "") };
    case "TokenReview":
      return { ...review, status: reviewToken(kernel, known, spec.token ?? "") };
    default:
      return { ...review, status: access(named) };
  }
}
