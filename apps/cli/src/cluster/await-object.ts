import type { Kind } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient } from "@eddy/kube";
import { determineReadiness } from "./readiness.ts";
import { kindRefOf, listOptions } from "./objects.ts";

/** What to wait for. */
export interface AwaitObjectOptions {
  namespace: string;
  name: string;
  timeoutMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** Looks at each state of the object: true ends the wait, a throw fails it. */
  until(object: KubeObject): boolean;
}

/**
 * Follows one object by watch until it is as wanted, and resolves with it.
 * @throws what `until` throws; EddyError WAIT_TIMEOUT (retry) with the last state seen; OBJECT_DELETED (terminal).
 */
export function awaitObject(kube: KubeClient, kind: Kind, options: AwaitObjectOptions): Promise<KubeObject> {
  const { namespace, name, clock, signal } = options;
  return new Promise((resolve, reject) => {
    let last: KubeObject | undefined;
    const settle = (act: () => void): void => {
      cancel();
      signal.removeEventListener("abort", onAbort);
      reflection.stop();
      act();
    };
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    const cancel = clock.after(options.timeoutMs, () => settle(() => reject(timeoutError(kind, options, last))));
    const reflection = reflect<KubeObject>(kube, kindRefOf(kind), listOptions({ namespace, name }), (event) => {
      if (event.type === "Deleted")
        return settle(() =>
          reject(new EddyError("OBJECT_DELETED", `${kind.kind} ${name} was deleted meanwhile`, { class: "terminal" })),
        );
      last = kind.decode(event.object);
      const seen = last;
      try {
        if (options.until(seen)) settle(() => resolve(seen));
      } catch (error) {
        settle(() => reject(error));
      }
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

function timeoutError(kind: Kind, options: AwaitObjectOptions, last: KubeObject | undefined): EddyError {
  const detail = last === undefined ? "it was not seen" : determineReadiness(last).message;
  const what = `${kind.kind} ${options.name} is not ready after ${formatDuration(options.timeoutMs)}: ${detail}`;
  return new EddyError("WAIT_TIMEOUT", what, {
    hint: `see \`eddy events --for ${kind.kind}/${options.name} -n ${options.namespace}\``,
  });
}

/** Follows an object until it is Ready; a stalled one fails at once, since nothing will change by itself. */
export function awaitReady(
  kube: KubeClient,
  kind: Kind,
  options: Omit<AwaitObjectOptions, "until">,
): Promise<KubeObject> {
  return awaitObject(kube, kind, {
    ...options,
    until(object) {
      if (kind.cli.isStatic?.(object)) return true;
      const { state, message } = determineReadiness(object);
      if (state === "Stalled") throw new EddyError("OBJECT_STALLED", message, { class: "terminal" });
      return state === "Ready";
    },
  });
}
