import type { Alert, Provider, ProviderSpec } from "@eddy/api";
import type { FluxEvent } from "../event/flux-event.ts";
import { providerSettings, type ProviderSettings } from "../provider/settings.ts";

/** An event of a Kustomization, as it is sent: without prefixes. */
export function sampleEvent(change: Partial<FluxEvent> = {}): FluxEvent {
  return {
    involvedObject: {
      kind: "Kustomization",
      namespace: "apps",
      name: "webapp",
      uid: "6e5ff2b2-1b6c-4a0c-9d3c-2f0f6f9e7c11",
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      resourceVersion: "42",
    },
    severity: "info",
    timestamp: "2026-11-21T12:00:00Z",
    message: "Reconciliation finished in 1s <&>",
    reason: "ReconciliationSucceeded",
    metadata: { env: "prod", revision: "main@sha1:8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c" },
    reportingController: "kustomize-controller",
    reportingInstance: "kustomize-controller-0",
    ...change,
  };
}

/** The same as an error. */
export function sampleError(change: Partial<FluxEvent> = {}): FluxEvent {
  return sampleEvent({ severity: "error", reason: "HealthCheckFailed", message: "timeout\nmore", ...change });
}

/** An alert of everything. */
export function sampleAlert(change: Partial<Alert["spec"]> = {}): Alert {
  return {
    apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
    kind: "Alert",
    metadata: { name: "all", namespace: "apps", uid: "a1b2c3d4-0000-4000-8000-000000000001" },
    spec: { providerRef: { name: "chat" }, eventSources: [{ kind: "Kustomization", name: "*" }], ...change },
  };
}

/** A provider of a type. */
export function sampleProvider(type: ProviderSpec["type"], change: Partial<ProviderSpec> = {}): Provider {
  return {
    apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
    kind: "Provider",
    metadata: { name: "chat", namespace: "apps", uid: "0f0e0d0c-0000-4000-8000-000000000002" },
    spec: { type, ...change },
  };
}

/** What a provider of the type is sent with. */
export function sampleSettings(
  type: ProviderSpec["type"],
  spec: Partial<ProviderSpec> = {},
  secret?: Record<string, string>,
  commitStatus: string = "kustomization/webapp/0f0e0d0c",
): ProviderSettings {
  const secrets = { secret, proxy: undefined, certs: undefined };
  return providerSettings(sampleProvider(type, spec), sampleAlert(), secrets, commitStatus);
}
