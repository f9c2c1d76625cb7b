import type { FluxEvent } from "../event/flux-event.ts";
import { messageProvider } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** What Keel posts to `WEBHOOK_ENDPOINT`. Source: spec/flux1-keel-flagger.md 2.9. */
export const keelWebhook: ProviderDefinition = messageProvider((event, { address: url }) => ({
  url,
  body: keelBody(event),
}));

/** Keel's words for what votes came to. */
const decisions: Readonly<Record<string, string>> = {
  ApprovalApproved: "update approved",
  ApprovalRejected: "update rejected",
};

function keelBody({ involvedObject, message, timestamp, reason, metadata = {} }: FluxEvent): object {
  const { kind, namespace, name } = involvedObject;
  const isRelease = kind === "HelmRelease";
  const level = metadata["keel.sh/level"] ?? "info";
  const identifier = isRelease ? `${namespace}/${name}` : `${kind.toLowerCase()}/${namespace}/${name}`;
  return {
    name: decisions[reason] ?? (isRelease ? "update release" : "update deployment"),
    message,
    createdAt: timestamp,
    type: decisions[reason] ?? (isRelease ? "release update" : "deployment update"),
    level: `Level${level.slice(0, 1).toUpperCase()}${level.slice(1)}`,
    resourceKind: kind.toLowerCase(),
    identifier,
    metadata: { provider: isRelease ? "helm3" : "kubernetes", namespace, name },
  };
}
