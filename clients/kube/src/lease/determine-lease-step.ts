/** `spec` of a `coordination.k8s.io/v1` Lease. Times are RFC 3339 with six digits of a second. */
export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

/**
 * What a candidate does next: `Create` (there is no lease), `Acquire` (it is free or its holder has been silent too long),
 * `Renew` (it is ours), `Wait` (somebody else holds it).
 */
export type LeaseStep = "Create" | "Acquire" | "Renew" | "Wait";

/** A lease as last read; `sinceMs` is when *we* first saw this renewal, by our own clock. */
export interface LeaseObservation {
  spec: LeaseSpec | undefined;
  sinceMs: number;
}

/**
 * Decides by our own clock alone: the holder's `renewTime` is only compared with itself, so a holder whose clock is an
 * hour off neither loses the lease early nor keeps it for ever. Source: client-go `leaderelection`.
 */
export function determineLeaseStep(
  observation: LeaseObservation,
  identity: string,
  nowMs: number,
  leaseDurationMs: number,
): LeaseStep {
  const { spec, sinceMs } = observation;
  if (!spec) return "Create";
  if (spec.holderIdentity === identity) return "Renew";
  if (!spec.holderIdentity) return "Acquire";
  const durationMs = spec.leaseDurationSeconds === undefined ? leaseDurationMs : spec.leaseDurationSeconds * 1_000;
  return nowMs >= sinceMs + durationMs ? "Acquire" : "Wait";
}

/** The spec that a step writes. */
export function nextLeaseSpec(
  previous: LeaseSpec | undefined,
  step: LeaseStep,
  identity: string,
  now: Date,
  leaseDurationMs: number,
): LeaseSpec {
  const renewTime = formatMicroTime(now);
  const renewed = step === "Renew" && previous !== undefined;
  const transitions = previous?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.round(leaseDurationMs / 1_000)),
    acquireTime: renewed ? (previous.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: step === "Acquire" ? transitions + 1 : transitions,
  };
}

/** `metav1.MicroTime`. */
export function formatMicroTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
