import { isObject } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import { StepError } from "../controller/index.ts";
import { impersonateServiceAccount } from "../impersonation/index.ts";
import type { DependencyPorts } from "./check-dependencies.ts";
import type { Dependant, Dependency } from "./dependency.ts";

/**
 * A dependency of a foreign kind, as it is now, in the cluster of the dependant: read as the dependant's account where it has one,
 * because an expression over it tells what is in it. A problem is one that may go away: not there, not served, not allowed.
 * @throws StepError AccessDenied (terminal) for another namespace under lockdown
 */
export async function readForeign(
  dependant: Dependant,
  { ref, version }: Dependency,
  ports: Pick<DependencyPorts, "kube" | "masker" | "settings">,
): Promise<{ object: KubeObject } | { problem: string }> {
  const key = version === undefined ? ref : { ...ref, version };
  let name = formatObjectName(ref);
  try {
    // Which kinds there are is no secret; a kind without namespaces is of no other one.
    const { namespaced } = await ports.kube.resourceFor(key);
    if (!namespaced) name = formatObjectName({ kind: ref.kind, name: ref.name });
    else if (isRefused(dependant, ref, ports)) throw foreignNamespace(name);
    const object = await readerOf(dependant, ports).get(key);
    maskSecret(object, ports.masker.of(dependant.metadata.namespace));
    return { object };
  } catch (error) {
    const detail = messageOf(error);
    if (hasReason(error, "NotFound", "NoKindMatch")) return { problem: `dependency '${name}' not found: ${detail}` };
    if (hasReason(error, "Forbidden")) return { problem: `dependency '${name}' cannot be read: ${detail}` };
    throw error;
  }
}

/** As whom a dependency is read; the client itself where the dependant has no account. */
export function readerOf(
  { metadata, spec }: Dependant,
  { kube, settings }: Pick<DependencyPorts, "kube" | "settings">,
): KubeClient {
  return impersonateServiceAccount(kube, {
    serviceAccountName: spec.serviceAccountName,
    defaultServiceAccount: settings.defaultServiceAccount,
    namespace: metadata.namespace ?? "",
  });
}

/** Whether an object with a namespace is out of bounds under lockdown. */
export function isRefused(
  { metadata }: Dependant,
  { namespace }: Pick<ObjectRef, "namespace">,
  { settings }: Pick<DependencyPorts, "settings">,
): boolean {
  return settings.noCrossNamespaceRefs && namespace !== (metadata.namespace ?? "");
}

function foreignNamespace(name: string): StepError {
  const message = `can't access '${name}', cross-namespace references have been blocked`;
  return new StepError("AccessDenied", message, { class: "terminal" });
}

// What CEL says of an expression that fails may quote a value.
function maskSecret(object: KubeObject, masker: Pick<Masker, "register">): void {
  if (object.apiVersion !== "v1" || object.kind !== "Secret" || !isObject(object["data"])) return;
  for (const value of Object.values(object["data"]))
    if (typeof value === "string") masker.register(Buffer.from(value, "base64").toString("utf8"));
}
