import type { ProviderSpec } from "@eddy/api";

/** A provider whose messages are compared. */
export interface ProviderCase {
  type: ProviderSpec["type"];
  /** Below the inbox. */
  path: string;
  spec?: Partial<ProviderSpec>;
  secret?: Readonly<Record<string, string>>;
  /** Annotations that the event carries. */
  annotations?: Readonly<Record<string, string>>;
  /** Members of the body that only ours has. */
  ours?: readonly string[];
}

const token = { token: "t0ken" };
const commit = { commit: "8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c" };
const request = { change_request: "7" };

/** Every type that can be pointed at an address and that upstream's release has. */
export const providerCases: readonly ProviderCase[] = [
  { type: "generic", path: "/generic", secret: { headers: "X-Team: apps\n" } },
  { type: "generic-hmac", path: "/hmac", secret: token },
  { type: "slack", path: "/slack", spec: { channel: "general" }, secret: token },
  { type: "discord", path: "/discord", spec: { username: "flux" } },
  { type: "msteams", path: "/teams" },
  { type: "rocket", path: "/rocket", spec: { channel: "general" } },
  { type: "googlechat", path: "/chat" },
  { type: "webex", path: "/webex", spec: { channel: "room" }, secret: token },
  { type: "lark", path: "/lark" },
  { type: "matrix", path: "/matrix", spec: { channel: "!room:example.com" }, secret: token },
  // This release of the original has no alias yet; a unit test compares it.
  { type: "opsgenie", path: "/opsgenie", secret: token, ours: ["alias"] },
  { type: "alertmanager", path: "/alertmanager", secret: { username: "u", password: "p" } },
  { type: "grafana", path: "/grafana", secret: token },
  { type: "pagerduty", path: "/pagerduty", spec: { channel: "routing" } },
  { type: "datadog", path: "", secret: token },
  { type: "zulip", path: "/zulip", spec: { channel: "stream/topic" }, secret: { username: "bot", password: "p" } },
  { type: "github", path: "/acme/app", secret: token, annotations: commit },
  { type: "gitlab", path: "/acme/team/app.git", secret: token, annotations: commit },
  { type: "gitea", path: "/acme/app", secret: token, annotations: commit },
  { type: "bitbucketserver", path: "/scm/acme/app.git", secret: token, annotations: commit },
  { type: "githubdispatch", path: "/acme/app", secret: token },
  { type: "githubpullrequestcomment", path: "/acme/app", secret: token, annotations: request },
  { type: "gitlabmergerequestcomment", path: "/acme/app", secret: token, annotations: request },
  { type: "giteapullrequestcomment", path: "/acme/app", secret: token, annotations: request },
];

/** Types that are not compared, and why. */
export const notCompared: Readonly<Record<string, string>> = {
  telegram: "its address is always Telegram's",
  bitbucket: "its address is always Bitbucket's",
  googlepubsub: "its address is always Google's",
  azureeventhub: "upstream speaks AMQP, Eddy the hub's HTTPS",
  azuredevops: "upstream asks the service for the places of its API first",
  sentry: "ids and the SDK's own members differ by nature",
  otel: "upstream sends protobuf, Eddy JSON",
  nats: 'speaks no HTTP: the suite "nats" compares it',
  zoom: "not in this release of the original",
  "incident.io": "not in this release of the original",
};
