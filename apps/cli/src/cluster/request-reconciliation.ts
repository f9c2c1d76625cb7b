import { cliFieldManager, requestedAtAnnotation, type Kind } from "@eddy/api";
import { uniqueTime } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { CommandContext } from "../command/context.ts";
import { awaitObject } from "./await-object.ts";
import { getObject, refTo } from "./objects.ts";
import { determineReadiness, lastHandledRequest } from "./readiness.ts";

/** Refuses a suspended object: nothing would ever answer the request. */
export function refuseSuspended(object: KubeObject): void {
  if (valueAt(object, "spec", "suspend") !== true) return;
  throw new EddyError("SUSPENDED", "resource is suspended", {
    class: "terminal",
    hint: `resume it first: \`eddy resume\``,
  });
}

/**
 * Asks for a pass over one object by annotation, and for what the annotations `also` mean, and waits until it is over, saying so on the way.
 * @throws EddyError SUSPENDED, RECONCILIATION_FAILED (terminal), WAIT_TIMEOUT.
 */
export async function requestReconciliation(
  context: CommandContext,
  kind: Kind,
  namespace: string,
  name: string,
  also: readonly string[] = [],
): Promise<void> {
  const kube = await context.kube();
  const before = await getObject(kube, kind, namespace, name);
  refuseSuspended(before);
  if (kind.cli.isStatic?.(before)) return context.status.success("reconciliation not supported by the object");
  const handledBefore = lastHandledRequest(before);
  context.status.action(`annotating ${kind.kind} ${name} in ${namespace} namespace`);
  const value = uniqueTime(context.clock.now());
  const annotations = Object.fromEntries([requestedAtAnnotation, ...also].map((key) => [key, value]));
  const patch = { metadata: { annotations } };
  await kube.patch(refTo(kind, namespace, name), "merge", patch, { fieldManager: cliFieldManager });
  context.status.success(`${kind.kind} annotated`);
  context.status.waiting(`waiting for ${kind.kind} reconciliation`);
  const { timeout: timeoutMs } = context.flags;
  const after = await awaitObject(kube, kind, {
    namespace,
    name,
    timeoutMs,
    clock: context.clock,
    signal: context.signal,
    until: (object) => isOver(kind, object, handledBefore),
  });
  context.status.success(kind.cli.successMessage(after));
}

function isOver(kind: Kind, object: KubeObject, handledBefore: string): boolean {
  if (lastHandledRequest(object) === handledBefore) return false;
  const { state, message } = determineReadiness(object);
  if (state === "InProgress") return false;
  if (state === "Ready") return true;
  throw new EddyError("RECONCILIATION_FAILED", `${kind.kind} reconciliation failed: '${message}'`, {
    class: "terminal",
    hint: `see \`eddy events --for ${kind.kind}/${object.metadata.name} -n ${object.metadata.namespace ?? ""}\``,
  });
}
