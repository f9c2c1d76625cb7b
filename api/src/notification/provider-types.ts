import type { KubeObject } from "@eddy/core/object";
import type { LocalObjectReference } from "../structs/references.ts";

/** Services that events can be sent to. Source: notification-controller api/v1beta3. */
export const providerTypes = [
  "slack",
  "discord",
  "msteams",
  "rocket",
  "generic",
  "generic-hmac",
  "github",
  "gitlab",
  "gitea",
  "giteapullrequestcomment",
  "bitbucketserver",
  "bitbucket",
  "azuredevops",
  "googlechat",
  "googlepubsub",
  "webex",
  "sentry",
  "azureeventhub",
  "telegram",
  "lark",
  "matrix",
  "opsgenie",
  "alertmanager",
  "grafana",
  "githubdispatch",
  "githubpullrequestcomment",
  "gitlabmergerequestcomment",
  "pagerduty",
  "datadog",
  "nats",
  "zulip",
  "otel",
  "zoom",
  "incident.io",
] as const;

/** One of {@link providerTypes}. */
export type ProviderType = (typeof providerTypes)[number];

/** Types that set the status of a commit. */
export const commitStatusTypes: readonly ProviderType[] = [
  "github",
  "gitlab",
  "gitea",
  "bitbucketserver",
  "bitbucket",
  "azuredevops",
];

/** A service that events are sent to. */
export interface Provider extends KubeObject {
  spec: ProviderSpec;
}

/** See {@link Provider}. */
export interface ProviderSpec {
  type: ProviderType;
  channel?: string;
  username?: string;
  /** May also be the key `address` of the Secret, which wins. */
  address?: string;
  /** Default 15 s. */
  timeout?: string;
  /** Without effect. */
  interval?: string;
  /** Deprecated for `proxySecretRef`. */
  proxy?: string;
  proxySecretRef?: LocalObjectReference;
  /** `token`, `address`, `headers`, `username`, `password`, and what the type needs. */
  secretRef?: LocalObjectReference;
  certSecretRef?: LocalObjectReference;
  serviceAccountName?: string;
  /** CEL over `event`, `alert` and `provider`: what tells one commit status from another. */
  commitStatusExpr?: string;
  suspend?: boolean;
}
