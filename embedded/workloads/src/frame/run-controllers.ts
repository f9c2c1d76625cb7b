import type { ObjectEvent } from "@eddy/control-plane";
import type { Cancel } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { sameCollection } from "./resources.ts";
import { keyOf, type Controller, type World } from "./world.ts";

/** Passes before the event loop gets a turn, so that a large rollout does not starve requests. */
const passesPerTurn = 100;
const [firstBackoffMs, longestBackoffMs] = [50, 5_000];

/**
 * Runs controllers over one change feed: each object's key stands at most once in the queue, passes run one after
 * another, a pass that throws is repeated with backoff. Everything is timed by the clock, so a fake one runs it all.
 */
export function runControllers(controllers: readonly Controller[], world: World): Cancel {
  const { clock, log, access, owners } = world;
  const queue = new Map<string, { controller: Controller; key: string }>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { dueMs: number; cancel: Cancel }>();
  let cancelTurn: Cancel | undefined;
  let stopped = false;

  const add = (controller: Controller, key: string): void => {
    if (stopped) return;
    queue.set(`${controller.name} ${key}`, { controller, key });
    cancelTurn ??= clock.after(0, turn);
  };
  const addLater = (controller: Controller, key: string, delayMs: number): void => {
    const id = `${controller.name} ${key}`;
    const dueMs = clock.now() + Math.max(0, delayMs);
    const earlier = timers.get(id);
    if (earlier && earlier.dueMs <= dueMs) return;
    earlier?.cancel();
    const cancel = clock.after(delayMs, () => {
      timers.delete(id);
      add(controller, key);
    });
    timers.set(id, { dueMs, cancel });
  };
  const pass = (id: string, controller: Controller, key: string): void => {
    const slash = key.indexOf("/");
    try {
      controller.reconcile(key.slice(0, slash), key.slice(slash + 1), {
        ...world,
        again: (delayMs) => addLater(controller, key, delayMs),
      });
      failures.delete(id);
    } catch (error) {
      const count = failures.get(id) ?? 0;
      failures.set(id, count + 1);
      log.log("debug", `${controller.name} ${key}: ${messageOf(error)}`);
      addLater(controller, key, Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(count, 10)));
    }
  };
  const turn = (): void => {
    cancelTurn = undefined;
    let passes = 0;
    for (const [id, { controller, key }] of queue) {
      if (passes++ === passesPerTurn) break;
      queue.delete(id);
      pass(id, controller, key);
      if (stopped) return;
    }
    if (queue.size > 0) cancelTurn ??= clock.after(0, turn);
  };
  const listen = (event: ObjectEvent): void => {
    owners.note(event);
    for (const controller of controllers) {
      if (sameCollection(event.resource, controller.resource)) add(controller, keyOf(event.object));
      if (
        controller.watches !== "all" &&
        !controller.watches.some((watched) => sameCollection(event.resource, watched))
      )
        continue;
      for (const key of controller.concerns(event, world)) add(controller, key);
    }
  };

  const cancelWatch = access.watch("all", listen, { initial: true });
  return () => {
    stopped = true;
    cancelWatch();
    cancelTurn?.();
    for (const { cancel } of timers.values()) cancel();
  };
}
