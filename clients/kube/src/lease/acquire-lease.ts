import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "../client.ts";
import { hasReason } from "../errors.ts";
import { determineLeaseStep, nextLeaseSpec, type LeaseObservation, type LeaseSpec } from "./determine-lease-step.ts";
import type { LeaseCandidate, LeaseEvent, Leadership, LeaseOptions } from "./lease.ts";

interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

/** What of a client a candidate uses. */
type LeaseClient = Pick<KubeClient, "get" | "create" | "replace">;

interface Held {
  term: number;
  renewedMs: number;
  controller: AbortController;
  leadership: Leadership;
}

/**
 * Stands for a lease until stopped: takes it when it is free, renews it while held, and reports gain and loss. Leadership
 * ends by our own clock at the renew deadline, which lies before the time at which others may take the lease; so two
 * holders never believe in it at once. Errors of the API server are retried.
 */
export function acquireLease(client: LeaseClient, options: LeaseOptions): LeaseCandidate {
  const clock = options.clock ?? systemClock;
  const log = (options.log ?? silentLogger).with({ lease: `${options.namespace}/${options.name}` });
  const leaseDurationMs = options.leaseDurationMs ?? 35_000;
  const renewDeadlineMs = options.renewDeadlineMs ?? 30_000;
  const retryPeriodMs = options.retryPeriodMs ?? 5_000;
  const renewPeriodMs = options.renewPeriodMs ?? retryPeriodMs;
  const key = { group: "coordination.k8s.io", kind: "Lease", namespace: options.namespace, name: options.name };
  const acquired = Promise.withResolvers<Leadership>();
  acquired.promise.catch(() => {});
  const stopping = new AbortController();
  let observation: LeaseObservation = { spec: undefined, sinceMs: clock.now() };
  let held: Held | undefined;
  let lastWritten: Lease | undefined;
  let hasFailed = false;
  let cancelTimer = (): void => {};
  let running: Promise<void> = Promise.resolve();

  const emit = (event: LeaseEvent): void => options.onEvent?.(event);

  const observe = (lease: Lease | undefined): void => {
    const spec = lease ? (lease.spec ?? {}) : undefined;
    const previous = observation.spec;
    const renewed = previous?.holderIdentity !== spec?.holderIdentity || previous?.renewTime !== spec?.renewTime;
    observation = { spec, sinceMs: renewed ? clock.now() : observation.sinceMs };
    const holder = spec?.holderIdentity ?? "";
    if (holder !== "" && holder !== options.identity && holder !== previous?.holderIdentity)
      emit({ type: "observed", holder });
  };

  const gain = (term: number, renewedMs: number): void => {
    if (held) {
      held.renewedMs = renewedMs;
      return;
    }
    const controller = new AbortController();
    const leadership: Leadership = {
      term,
      signal: controller.signal,
      isHeld: () => held?.controller === controller && clock.now() < held.renewedMs + renewDeadlineMs,
    };
    held = { term, renewedMs, controller, leadership };
    emit({ type: "gained", term });
    acquired.resolve(leadership);
  };

  const lose = (reason: string): void => {
    if (!held) return;
    const { controller } = held;
    held = undefined;
    controller.abort(new Error(`the lease was lost: ${reason}`));
    emit({ type: "lost", reason });
  };

  // One request while nobody else writes; whoever did is seen by the conflict. Source: client-go's fast path.
  const renew = async (signal: AbortSignal): Promise<boolean> => {
    if (!held || !lastWritten) return false;
    const startedMs = clock.now();
    const spec = nextLeaseSpec(lastWritten.spec, "Renew", options.identity, new Date(startedMs), leaseDurationMs);
    try {
      lastWritten = await write(lastWritten, spec, signal);
    } catch (error) {
      lastWritten = undefined;
      if (hasReason(error, "Conflict") || hasReason(error, "NotFound")) return false;
      throw error;
    }
    observe(lastWritten);
    gain(held.term, startedMs);
    return true;
  };

  const attempt = async (signal: AbortSignal): Promise<void> => {
    if (await renew(signal)) return;
    const lease = await client.get<Lease>(key, { signal }).catch((error: unknown) => {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    });
    observe(lease);
    const startedMs = clock.now();
    const step = determineLeaseStep(observation, options.identity, startedMs, leaseDurationMs);
    if (step === "Wait") return lose(`${observation.spec?.holderIdentity} holds it`);
    const spec = nextLeaseSpec(lease?.spec, step, options.identity, new Date(startedMs), leaseDurationMs);
    lastWritten = await write(lease, spec, signal);
    observe(lastWritten);
    // From before the request, because that is what the server's copy says.
    gain(spec.leaseTransitions ?? 0, startedMs);
  };

  const write = (lease: Lease | undefined, spec: LeaseSpec, signal: AbortSignal): Promise<Lease> => {
    if (lease) return client.replace<Lease>({ ...lease, spec }, { signal });
    const metadata = { name: options.name, namespace: options.namespace };
    return client.create<Lease>({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec }, { signal });
  };

  const tick = async (): Promise<void> => {
    const patience = new AbortController();
    const cancelPatience = clock.after(Math.min(2 * retryPeriodMs, untilDeadlineMs()), () =>
      patience.abort(new Error("the API server does not answer")),
    );
    try {
      await attempt(AbortSignal.any([stopping.signal, patience.signal]));
      hasFailed = false;
    } catch (error) {
      hasFailed = true;
      if (!stopping.signal.aborted) log.log("debug", `try for the lease: ${messageOf(error)}`);
    } finally {
      cancelPatience();
    }
    if (held && !held.leadership.isHeld()) lose("it could not be renewed in time");
    schedule();
  };

  const untilDeadlineMs = (): number =>
    held ? Math.max(1, held.renewedMs + renewDeadlineMs - clock.now()) : Number.POSITIVE_INFINITY;

  const schedule = (): void => {
    if (stopping.signal.aborted) return;
    const periodMs = held && !hasFailed ? renewPeriodMs : retryPeriodMs;
    cancelTimer = clock.after(Math.min(periodMs, untilDeadlineMs()), () => void (running = tick()));
  };

  running = tick();
  return {
    acquired: acquired.promise,
    get current() {
      return held?.leadership;
    },
    get holder() {
      return observation.spec?.holderIdentity ?? "";
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort(new Error("the candidacy ended"));
      cancelTimer();
      await running;
      acquired.reject(new Error("the candidacy ended before the lease was acquired"));
      const wasHeld = held !== undefined;
      lose("it was given back");
      if (wasHeld && options.releaseOnStop !== false) await release(client, key, options.identity, clock.now());
    },
  };
}

/** Gives the lease back: no holder, and a duration of one second, as client-go writes it. Best effort. */
async function release(
  client: LeaseClient,
  key: Parameters<KubeClient["get"]>[0],
  identity: string,
  nowMs: number,
): Promise<void> {
  try {
    const lease = await client.get<Lease>(key);
    if (lease.spec?.holderIdentity !== identity) return;
    const spec = { ...nextLeaseSpec(lease.spec, "Renew", "", new Date(nowMs), 1_000), holderIdentity: "" };
    await client.replace({ ...lease, spec });
  } catch {
    // Nothing is lost: the lease runs out by itself.
  }
}
