import { partOfFlux, partOfLabel } from "@eddy/api";
import { delay, type Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

const pollMs = 1_000;

/** Which lines of the controllers' logs. `namespace` is where they run. */
export interface LogQuery {
  namespace: string;
  tailLines?: number;
  sinceSeconds?: number;
  sinceTime?: string;
}

/**
 * The lines of every controller's log, pod after pod.
 * @throws EddyError NO_PODS (terminal) where nothing is installed.
 */
export async function readLogs(kube: KubeClient, query: LogQuery): Promise<string[]> {
  const pods = await controllerPods(kube, query.namespace);
  const texts = await Promise.all(pods.map((pod) => readPodLog(kube, pod, query, false)));
  return texts.flat();
}

/** Hands over lines as they are written, oldest first per pod, until the signal aborts, which ends it well. Asks every second. */
export async function followLogs(
  kube: KubeClient,
  query: LogQuery,
  until: { clock: Clock; signal: AbortSignal },
  onLine: (line: string) => void,
): Promise<void> {
  const pods = await controllerPods(kube, query.namespace);
  const seenUpTo = new Map<KubeObject, string>();
  while (!until.signal.aborted) {
    for (const pod of pods) {
      const last = seenUpTo.get(pod);
      const lines = await readPodLog(
        kube,
        pod,
        last === undefined ? query : { namespace: query.namespace, sinceTime: last },
        true,
      );
      for (const line of lines) {
        const space = line.indexOf(" ");
        const written = line.slice(0, space);
        // `sinceTime` counts whole seconds: the lines of that second come again.
        if (last !== undefined && written <= last) continue;
        seenUpTo.set(pod, written);
        onLine(line.slice(space + 1));
      }
    }
    await delay(until.clock, pollMs, until.signal).catch(() => {});
  }
}

async function readPodLog(kube: KubeClient, pod: KubeObject, query: LogQuery, timestamps: boolean): Promise<string[]> {
  const parameters = new URLSearchParams();
  const containers = valueAt(pod, "spec", "containers") as { name: string }[] | undefined;
  if ((containers?.length ?? 0) > 1) parameters.set("container", "manager");
  if (timestamps) parameters.set("timestamps", "true");
  if (query.tailLines !== undefined) parameters.set("tailLines", String(query.tailLines));
  if (query.sinceSeconds !== undefined) parameters.set("sinceSeconds", String(query.sinceSeconds));
  if (query.sinceTime !== undefined) parameters.set("sinceTime", query.sinceTime);
  const { status, body } = await kube.raw(
    "GET",
    `/api/v1/namespaces/${query.namespace}/pods/${pod.metadata.name}/log?${parameters}`,
  );
  if (status >= 400)
    throw new EddyError("LOG_UNREADABLE", `read the log of pod ${pod.metadata.name}: ${body.slice(0, 1_000)}`);
  return body.split("\n").filter((line) => line !== "");
}

async function controllerPods(kube: KubeClient, namespace: string): Promise<KubeObject[]> {
  const deployments = await kube.list(
    { group: "apps", kind: "Deployment" },
    { namespace, labelSelector: `${partOfLabel}=${partOfFlux}` },
  );
  const pods = await Promise.all(
    deployments.items.map(async (deployment) => {
      const labels = (valueAt(deployment, "spec", "selector", "matchLabels") ?? {}) as Record<string, string>;
      const labelSelector = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
      const { items } = await kube.list({ group: "", kind: "Pod" }, { namespace, labelSelector });
      return items.find((pod) => valueAt(pod, "status", "phase") === "Running") ?? items[0];
    }),
  );
  const found = pods.filter((pod) => pod !== undefined);
  if (found.length > 0) return found;
  throw new EddyError("NO_PODS", `no Flux pods found in namespace ${JSON.stringify(namespace)}`, {
    class: "terminal",
    hint: "for `eddy server` and `eddy up` on this machine give their health address with --address",
  });
}
