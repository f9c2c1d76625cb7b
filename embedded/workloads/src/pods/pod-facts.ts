import type { Container, Pod } from "../frame/shapes.ts";

/** Whether the Ready condition is True. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Whether the Pod has run to its end. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Neither finished nor being deleted: what ReplicaSets count. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** When the Pod became ready, in milliseconds; undefined while it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === "Ready" && status === "True");
  return condition?.lastTransitionTime === undefined ? undefined : Date.parse(condition.lastTransitionTime);
}

/** Milliseconds until a ready Pod counts as available; 0 when it does, undefined while it is not ready. */
export function untilAvailableMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const sinceMs = readySinceMs(pod);
  if (sinceMs === undefined) return undefined;
  return Math.max(0, sinceMs + minReadySeconds * 1_000 - nowMs);
}

/** ConfigMaps, Secrets and claims that a Pod cannot start without. */
export interface PodNeeds {
  /** Read when containers are made: their absence is CreateContainerConfigError. */
  environment: Need[];
  /** Mounted before: their absence keeps the Pod in ContainerCreating. */
  volumes: Need[];
  claims: string[];
}

export interface Need {
  kind: "configmap" | "secret";
  name: string;
  /** A key that must be in it. */
  key?: string;
}

/** What the Pod's spec refers to and does not call optional. */
export function needsOf(pod: Pod): PodNeeds {
  const { containers, initContainers = [], volumes = [] } = pod.spec;
  return {
    environment: [...initContainers, ...containers].flatMap(environmentOf),
    volumes: volumes.flatMap(({ configMap, secret }): Need[] => [
      ...(configMap?.name && configMap.optional !== true ? [{ kind: "configmap" as const, name: configMap.name }] : []),
      ...(secret?.secretName && secret.optional !== true ? [{ kind: "secret" as const, name: secret.secretName }] : []),
    ]),
    claims: volumes.flatMap(({ persistentVolumeClaim }) =>
      persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
    ),
  };
}

function environmentOf({ env = [], envFrom = [] }: Container): Need[] {
  const need = (
    kind: Need["kind"],
    reference: { name?: string; optional?: boolean; key?: string } | undefined,
  ): Need[] =>
    reference?.name && reference.optional !== true
      ? [{ kind, name: reference.name, ...(reference.key === undefined ? {} : { key: reference.key }) }]
      : [];
  return [
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [
      ...need("configmap", configMapRef),
      ...need("secret", secretRef),
    ]),
    ...env.flatMap(({ valueFrom }) => [
      ...need("configmap", valueFrom?.configMapKeyRef),
      ...need("secret", valueFrom?.secretKeyRef),
    ]),
  ];
}
