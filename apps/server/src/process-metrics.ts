import type { MetricsRegistry } from "@eddy/runtime/metrics";

/** Adds what Prometheus' client libraries tell of a process: memory, CPU time, start. Names are theirs. */
export function addProcessMetrics(metrics: MetricsRegistry, startedAtMs: number): void {
  const resident = metrics.gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
  const heap = metrics.gauge("nodejs_heap_size_used_bytes", "Process heap size used from Node.js in bytes.");
  const cpu = metrics.gauge("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
  metrics
    .gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
    .set({}, startedAtMs / 1_000);
  metrics.onCollect(() => {
    const { user, system } = process.cpuUsage();
    cpu.set({}, (user + system) / 1e6);
    resident.set({}, process.memoryUsage.rss());
    heap.set({}, process.memoryUsage().heapUsed);
  });
}
