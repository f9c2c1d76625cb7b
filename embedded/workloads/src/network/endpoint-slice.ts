import { deepEqual } from "@eddy/core/json";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { isFinished, isReady } from "../pods/pod-facts.ts";
import type { Pod } from "../frame/shapes.ts";

/** A Service, as far as its endpoints go. */
export interface Service extends KubeObject {
  spec: {
    selector?: Record<string, string>;
    type?: string;
    publishNotReadyAddresses?: boolean;
    ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string; appProtocol?: string }[];
  };
}

/** A port as EndpointSlices and Endpoints list it. */
export interface EndpointPort {
  name: string;
  protocol: string;
  port: number;
}

/** The Pods that a Service may send to: those with an address, also while they stop. */
export function backends(pods: readonly Pod[]): Pod[] {
  return pods.filter((pod) => pod.status?.podIP !== undefined && !isFinished(pod));
}

/** The ports of a Service at its Pods; a named target port that no Pod has is left out. */
export function endpointPorts(service: Service, pods: readonly Pod[]): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap(({ name = "", port, targetPort = port, protocol = "TCP" }) => {
    const number =
      typeof targetPort === "number" && targetPort !== 0 ? targetPort : namedPort(pods, String(targetPort), protocol);
    return number === undefined ? [] : [{ name, protocol, port: number }];
  });
}

function namedPort(pods: readonly Pod[], name: string, protocol: string): number | undefined {
  const ports = pods.flatMap(({ spec }) => spec.containers.flatMap((container) => container.ports ?? []));
  return ports.find((port) => port.name === name && (port.protocol ?? "TCP") === protocol)?.containerPort;
}

/** `endpoints` of an EndpointSlice. */
export function sliceEndpoints(service: Service, pods: readonly Pod[]): object[] {
  return pods.map((pod) => {
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const serving = isReady(pod);
    return {
      addresses: [pod.status?.podIP ?? ""],
      conditions: {
        ready: (serving && !terminating) || service.spec.publishNotReadyAddresses === true,
        serving,
        terminating,
      },
      ...(pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {}),
      targetRef: targetOf(pod),
      ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    };
  });
}

/** `subsets` of the legacy Endpoints object. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): object[] {
  const live = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (live.length === 0) return [];
  const address = (pod: Pod): object => ({
    ip: pod.status?.podIP,
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: targetOf(pod),
  });
  const counts = (pod: Pod): boolean => isReady(pod) || service.spec.publishNotReadyAddresses === true;
  const [ready, notReady] = [live.filter(counts), live.filter((pod) => !counts(pod))];
  const ports = endpointPorts(service, live).map(({ name, protocol, port }) => ({
    ...(name === "" ? {} : { name }),
    port,
    protocol,
  }));
  // Addresses without any of the Service's ports are no endpoints.
  if (ports.length === 0 && (service.spec.ports ?? []).length > 0) return [];
  return [
    {
      ...(ready.length > 0 ? { addresses: ready.map(address) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.map(address) } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    },
  ];
}

function targetOf({ metadata: { namespace, name, uid } }: Pod): object {
  return { kind: "Pod", namespace, name, uid };
}

/** `live` with these members; undefined when it has them already. */
export function withMembers(live: KubeObject, members: Record<string, unknown>): KubeObject | undefined {
  if (Object.entries(members).every(([name, value]) => deepEqual(orNone(live[name]), orNone(value)))) return undefined;
  return { ...cloneJson(live), ...members };
}

/** Go's nil and an empty list are the same to everybody but JSON. */
function orNone(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : (value ?? null);
}
