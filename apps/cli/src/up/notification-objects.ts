import { notificationGroup } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { bootstrapName } from "./bootstrap-objects.ts";

/** Sends every event of what the sample starts with to an inbox, as it would go to a chat. Pure. */
export function notificationObjects(inboxUrl: string): KubeObject[] {
  const object = (kind: string, name: string, spec: Record<string, unknown>): KubeObject => ({
    apiVersion: `${notificationGroup}/v1beta3`,
    kind,
    metadata: { name, namespace: bootstrapName },
    spec,
  });
  const eventSources = ["GitRepository", "Kustomization", "HelmRelease"].map((kind) => ({ kind, name: "*" }));
  return [
    object("Provider", "inbox", { type: "generic", address: `${inboxUrl}/events` }),
    object("Alert", "inbox", { providerRef: { name: "inbox" }, eventSeverity: "info", eventSources }),
  ];
}
