import { messageOf } from "@eddy/core/errors";
import { valueAt } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import type { KubeClient } from "@eddy/kube";
import type { ActionContext } from "../actions/action-context.ts";
import type { ReleaseHook } from "../record/release.ts";

/** Characters of one container's output that are kept. */
const maxLogLength = 1024 * 1024;

/** Hands over the output of a hook's containers, if its policy asks for it on this outcome. What cannot be read is only logged. */
export async function outputHookLogs(
  hook: ReleaseHook,
  releaseNamespace: string,
  outcome: "hook-succeeded" | "hook-failed",
  context: ActionContext,
): Promise<void> {
  if (!context.onHookOutput || !hook.output_log_policies?.includes(outcome)) return;
  const namespace = namespaceOf(hook, releaseNamespace);
  try {
    for (const pod of await podsOf(hook, namespace, context.kube)) {
      for (const container of containersOf(pod, "containers")) {
        const text = await readLog({ namespace, pod: pod.metadata.name, container }, context.kube);
        context.onHookOutput({ namespace, pod: pod.metadata.name, container }, text);
      }
    }
  } catch (error) {
    context.log(`error outputting logs for hook failure: ${messageOf(error)}`);
  }
}

async function podsOf(hook: ReleaseHook, namespace: string, kube: KubeClient): Promise<PodObject[]> {
  const name = hook.name ?? "";
  const pods = { group: "", kind: "Pod" };
  if (hook.kind === "Job")
    return (await kube.list<PodObject>(pods, { namespace, labelSelector: `job-name=${name}` })).items;
  if (hook.kind !== "Pod") return [];
  return (await kube.list<PodObject>(pods, { namespace, fieldSelector: `metadata.name=${name}` })).items;
}

type PodObject = Awaited<ReturnType<KubeClient["get"]>>;

/** Names of a Pod's containers. */
export function containersOf(pod: PodObject, field: "containers" | "initContainers"): string[] {
  const containers = valueAt(pod, "spec", field);
  if (!Array.isArray(containers)) return [];
  return containers.map((container: unknown) => String(valueAt(container, "name")));
}

/** The output of a container so far, its first megabyte. */
export async function readLog(
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  kube: KubeClient,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${encodeURIComponent(container)}`;
  const { status, body } = await kube.raw("GET", path);
  if (status !== 200) throw new Error(`unable to get logs for pod ${pod}, container ${container}: ${statusText(body)}`);
  return body.slice(0, maxLogLength);
}

function statusText(body: string): string {
  try {
    return String(valueAt(JSON.parse(body), "message") ?? body);
  } catch {
    return body;
  }
}

function namespaceOf(hook: ReleaseHook, releaseNamespace: string): string {
  const [first] = loadDocuments(hook.manifest ?? "");
  const own = valueAt(first?.value, "metadata", "namespace");
  return typeof own === "string" && own !== "" ? own : releaseNamespace;
}
