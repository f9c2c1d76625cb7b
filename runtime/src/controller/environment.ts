import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import type { EventSink } from "../events/index.ts";
import type { MetricsRegistry } from "../metrics/index.ts";
import type { Tracer } from "../tracing/index.ts";
import type { Caches } from "./caches.ts";

/** What every controller of a process shares. */
export interface ControllerEnvironment {
  kube: KubeClient;
  caches: Caches;
  clock: Clock;
  logger: Logger;
  events: EventSink;
  metrics: MetricsRegistry;
  /** Masks condition messages and event messages. */
  masker: Masker;
  /** 0 (inclusive) to 1 (exclusive); a port so that jitter can be tested. */
  random(): number;
  settings: ControllerSettings;
  /** Makes traces of passes; absent: nobody wants them. */
  tracer?: Tracer;
}

/** Flags of the process, named as upstream names them. Source: Flux spec 3.0. */
export interface ControllerSettings {
  /** `--concurrent`: passes of one kind that work at the same time; waiting passes do not count. */
  concurrent: number;
  /** `--interval-jitter-percentage`, 0 to 100. */
  intervalJitterPercentage: number;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
  /** `--min-retry-delay`, `--max-retry-delay`. */
  minRetryDelayMs: number;
  maxRetryDelayMs: number;
  /** `--watch-all-namespaces=false` sets the namespace; "" watches all. */
  namespace: string;
  /** `--watch-label-selector`. */
  labelSelector: string;
  /** `--no-cross-namespace-refs`. */
  noCrossNamespaceRefs: boolean;
}

/** Upstream's defaults, except that more passes run at once: waiting ones hold no worker. */
export const defaultSettings: ControllerSettings = {
  concurrent: 16,
  intervalJitterPercentage: 5,
  requeueDependencyMs: 30_000,
  minRetryDelayMs: 750,
  maxRetryDelayMs: 900_000,
  namespace: "",
  labelSelector: "",
  noCrossNamespaceRefs: false,
};
