import type { KubeObject } from "@eddy/core/object";
import type { MetricsRegistry } from "../metrics/index.ts";
import { exponentialBuckets } from "../metrics/index.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What a controller counts, under upstream's names. Source: Flux spec 3.0 "Metrics" and controller-runtime. */
export interface ControllerMetrics {
  observeQueue(queue: WorkQueue): void;
  observePass(object: KubeObject, result: "success" | "error" | "requeue_after", durationMs: number): void;
  /** One named step of a pass, whether it succeeded or not. */
  observeStep(step: string, durationMs: number): void;
  forget(object: KubeObject): void;
}

// Ten buckets from 10 ms to 30 minutes.
const durationBuckets = exponentialBuckets(0.01, (1800 / 0.01) ** (1 / 9), 10);
// From 1 ms to a minute.
const stepBuckets = exponentialBuckets(0.001, 60_000 ** (1 / 9), 10);

/** Registers the metrics of the controller with this name, like `kustomization`. */
export function controllerMetrics(registry: MetricsRegistry, controller: string): ControllerMetrics {
  const duration = registry.histogram(
    "gotk_reconcile_duration_seconds",
    "The duration in seconds of a GitOps Toolkit resource reconciliation.",
    durationBuckets,
  );
  const total = registry.counter(
    "controller_runtime_reconcile_total",
    "Total number of reconciliations per controller",
  );
  const errors = registry.counter(
    "controller_runtime_reconcile_errors_total",
    "Total number of reconciliation errors per controller",
  );
  const steps = registry.histogram(
    "eddy_step_duration_seconds",
    "The duration in seconds of one step of a reconciliation, waits included.",
    stepBuckets,
  );
  const active = registry.gauge("controller_runtime_active_workers", "Number of currently used workers per controller");
  const depth = registry.gauge("workqueue_depth", "Current depth of workqueue by workqueue and priority");
  const labelsOf = (object: KubeObject): Record<string, string> => ({
    kind: object.kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? "",
  });
  return {
    observeQueue(queue) {
      registry.onCollect(() => {
        depth.set({ name: controller }, queue.depth);
        active.set({ controller }, queue.running);
      });
    },
    observePass(object, result, durationMs) {
      duration.observe(labelsOf(object), durationMs / 1_000);
      total.add({ controller, result });
      if (result === "error") errors.add({ controller });
    },
    observeStep: (step, durationMs) => steps.observe({ controller, step }, durationMs / 1_000),
    forget: (object) => duration.remove(labelsOf(object)),
  };
}
