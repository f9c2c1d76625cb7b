import { approvalKind, eddyGroup, type Approval } from "@eddy/api";
import type { Cancel, Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { createWorkQueue, type Caches } from "@eddy/runtime/controller";
import { evaluateApproval, readApproval } from "@eddy/runtime/approval";

/** What following Approvals needs. */
export interface ApprovalLoopPorts {
  readonly kube: KubeClient;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A change may be made now: whoever asked is to look. */
  onApproved(subject: ObjectRef): void;
  /** Votes were enough, or one was against it; only while somebody follows. */
  onDecided(approval: Approval): void;
  /** Votes are wanted, and nobody was told yet. May be called again after a failure. */
  tell(approval: Approval): Promise<void>;
}

/** Follows Approvals until stopped: counts votes as they come, and ends what nobody decided in time. */
export interface ApprovalLoop {
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Annotation on an Approval: when those who vote were told. */
export const toldAnnotation = "eddy.sh/told-at";

const fieldManager = "eddy-approvals";
const open: ReadonlySet<string> = new Set(["Pending", "Approved", "Rejected"]);
const retryMs = 15_000;
/** What was made, or is superseded, is kept so long after its deadline; what was rejected stays, and blocks. */
const keptMs = 7 * 24 * 3_600_000;
const closed: ReadonlySet<string> = new Set(["Done", "Superseded"]);

/** Starts following; what was decided while nobody followed is seen at once. */
export function startApprovalLoop(ports: ApprovalLoopPorts): ApprovalLoop {
  const { kube, caches, clock, logger } = ports;
  const cache = caches.of<Approval>(approvalKind);
  const timers = new Map<string, Cancel>();
  const queue = createWorkQueue({
    concurrency: 4,
    clock,
    work: async (key) => {
      try {
        await pass(key);
      } catch (error) {
        if (hasReason(error, "NotFound")) return;
        logger.log(hasReason(error, "Conflict") ? "debug" : "error", "look at an approval failed", {
          approval: key,
          error: messageOf(error),
        });
        queue.addAfter(key, retryMs, { priority: "event", because: "retry" });
      }
    },
  });
  const pass = async (key: string): Promise<void> => {
    const [namespace = "", name = ""] = key.split("/", 2);
    const approval = await readApproval(kube, { namespace, name });
    if (closed.has(approval.status?.phase ?? "")) return expire(key, approval);
    if (!open.has(approval.status?.phase ?? "Pending")) return;
    const before = approval.status?.phase ?? "Pending";
    const { phase } = await evaluateApproval(approval, ports);
    if (phase === "Approved") ports.onApproved(subjectOf(approval));
    if (phase !== "Pending") return;
    lookAfter(key, Date.parse(approval.spec.deadline) - clock.now() + 1);
    if (before === "Pending" && approval.metadata.annotations?.[toldAnnotation] === undefined) await tellOnce(approval);
  };
  const lookAfter = (key: string, delayMs: number): void => {
    timers.get(key)?.();
    timers.set(
      key,
      clock.after(Math.max(delayMs, 0), () => queue.add(key, { priority: "event", because: "deadline" })),
    );
  };
  const expire = async (key: string, { metadata, spec }: Approval): Promise<void> => {
    const leftMs = Date.parse(spec.deadline) + keptMs - clock.now();
    if (leftMs > 0) return lookAfter(key, leftMs);
    const { namespace = "", name } = metadata;
    await kube.delete({ group: eddyGroup, kind: "Approval", namespace, name });
  };
  const tellOnce = async (approval: Approval): Promise<void> => {
    await ports.tell(approval);
    const { namespace = "", name } = approval.metadata;
    const annotations = { [toldAnnotation]: new Date(clock.now()).toISOString() };
    await kube.patch(
      { group: eddyGroup, kind: "Approval", namespace, name },
      "merge",
      { metadata: { annotations } },
      { fieldManager },
    );
  };
  const look = (approval: Approval): void => {
    const { namespace = "", name } = approval.metadata;
    const { phase = "Pending" } = approval.status ?? {};
    if (open.has(phase) || closed.has(phase))
      queue.add(`${namespace}/${name}`, { priority: "event", because: "changed" });
  };
  const cancel = cache.subscribe(({ before, after }) => {
    if (before && after && isDecision(before, after)) ports.onDecided(after);
    if (after) look(after);
    else if (before) timers.get(`${before.metadata.namespace ?? ""}/${before.metadata.name}`)?.();
  });
  for (const approval of cache.list()) look(approval);
  return {
    idle: () => queue.idle(),
    async stop() {
      cancel();
      for (const stopTimer of timers.values()) stopTimer();
      await queue.stop();
    },
  };
}

/** Who is looked at for the first time was decided before. */
function isDecision(before: Approval, { status }: Approval): boolean {
  const isEnd = status?.phase === "Approved" || status?.phase === "Rejected";
  return isEnd && before.status?.phase !== status.phase;
}

/** What is changed once an Approval is approved. Pure. */
export function subjectOf({ metadata, spec }: Approval): ObjectRef {
  const { apiVersion, kind, name } = spec.subject;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return { group, kind, namespace: metadata.namespace ?? "", name };
}
