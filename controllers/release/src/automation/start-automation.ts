import { imageRepositoryKind, type ImageRepository } from "@eddy/api";
import type { Cancel } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import type { ControllerEnvironment, ControllerHandle, MarkedObjects } from "@eddy/runtime/controller";
import { createReleasePorts, type ReleaseControllerOptions } from "../start-releases.ts";
import { automateNamespace } from "./automate-namespace.ts";

/** Annotations of other tools come first where both stand there: a moment's patience. */
const settleMs = 200;
const defaultIntervalMs = 60_000;

/** Looks at every namespace with automated workloads when one of them changes, when a scan finds other tags, and every minute. */
export function startAutomation(
  environment: ControllerEnvironment,
  marked: MarkedObjects,
  options: ReleaseControllerOptions,
): ControllerHandle {
  const { clock, logger } = environment;
  const ports = createReleasePorts(environment, options);
  const abort = new AbortController();
  const waiting = new Set<string>();
  const intervalMs = options.automationIntervalMs ?? defaultIntervalMs;
  let running: Promise<void> = Promise.resolve();
  let settle: Cancel | undefined;
  const look = async (): Promise<void> => {
    for (const namespace of waiting) {
      waiting.delete(namespace);
      if (abort.signal.aborted) return;
      try {
        const name = await automateNamespace(namespace, ports, abort.signal);
        if (name !== undefined) logger.log("info", "a newer image is released", { release: `${namespace}/${name}` });
      } catch (error) {
        if (!abort.signal.aborted) logger.log("error", "automation failed", { namespace, error: messageOf(error) });
      }
    }
  };
  const lookSoon = (namespaces: Iterable<string>): void => {
    for (const namespace of namespaces) waiting.add(namespace);
    if (settle || waiting.size === 0) return;
    const settled = Promise.withResolvers<void>();
    const cancel = clock.after(settleMs, settled.resolve);
    settle = () => {
      cancel();
      settled.resolve();
    };
    running = Promise.all([running, settled.promise]).then(async () => {
      settle = undefined;
      await look();
    });
  };
  const all = (): Set<string> => new Set([...marked.list()].map(({ ref }) => ref.namespace));
  let timer: Cancel = () => undefined;
  const tick = (): void => {
    lookSoon(all());
    timer = clock.after(intervalMs, tick);
  };
  const unsubscribe = marked.subscribe(({ ref, after }) => {
    if (after) lookSoon([ref.namespace]);
  });
  // A registry's webhook reaches ImageRepositories: what they find is worth a look, whoever else heeds it.
  const ignoreScans = environment.caches.of<ImageRepository>(imageRepositoryKind).subscribe(({ before, after }) => {
    if (after && !deepEqual(foundBy(before), foundBy(after))) lookSoon(all());
  });
  tick();
  return {
    started: Promise.resolve(),
    request: ({ namespace }) => lookSoon([namespace]),
    idle: () => running,
    async stop() {
      abort.abort();
      unsubscribe();
      ignoreScans();
      timer();
      settle?.();
      await running;
      ports.registry.close();
    },
  };
}

function foundBy(repository: ImageRepository | undefined): unknown {
  const { scanTime: _, ...found } = repository?.status?.lastScanResult ?? { scanTime: "" };
  return found;
}
