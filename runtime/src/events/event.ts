import type { ObjectRef } from "@eddy/core/object";

/**
 * One event, as Flux's notification-controller takes it over HTTP. Source: Flux `events/v1beta1`, spec 3.0 "Events".
 * `trace` becomes a Kubernetes Event only.
 */
export interface ControllerEvent {
  involvedObject: ObjectRef & { apiVersion: string; uid?: string; resourceVersion?: string };
  severity: "trace" | "info" | "error";
  /** RFC 3339. */
  timestamp: string;
  message: string;
  reason: string;
  metadata: Readonly<Record<string, string>>;
  /** Like `kustomize-controller`. */
  reportingController: string;
  reportingInstance: string;
  /** It says at each interval what it said before: no Kubernetes Event is written for it. */
  isRoutine?: true;
}

/** Takes events without ever blocking or failing the pass that publishes them. */
export interface EventSink {
  publish(event: ControllerEvent): void;
}
