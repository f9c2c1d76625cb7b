/** Built-in admission: what is checked or filled in before an object is validated. Sources: plugin/pkg/admission. */
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { UserInfo } from "../http/api-request.ts";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { forbidden, notFound, StatusError } from "../status-error.ts";
import { checkEscalation } from "./escalation.ts";

/** Who writes. */
export interface AdmissionRequest {
  user: UserInfo;
  dryRun: boolean;
}

/** Namespaces that exist on every cluster; they cannot be deleted either. */
export const systemNamespaces: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system"];

function admitNamespace(kernel: Kernel, info: ResourceInfo, object: KubeObject): void {
  if (!info.namespaced) return;
  const name = object.metadata.namespace ?? "";
  const namespace = kernel.store.get("/namespaces", name)?.object;
  if (!namespace) throw notFound({ group: "", resource: "namespaces", name });
  if (namespace.metadata.deletionTimestamp === undefined || info.kind.endsWith("Review")) return;
  const refusal = forbidden(
    { group: info.group, resource: info.resource, name: object.metadata.name },
    `unable to create new content in namespace ${name} because it is being terminated`,
  );
  throw new StatusError(403, "Forbidden", refusal.message, {
    ...refusal.details,
    causes: [
      { reason: "NamespaceTerminating", message: `namespace ${name} is being terminated`, field: "metadata.namespace" },
    ],
  });
}

const notReadyTolerations: readonly JsonObject[] = [
  "node.kubernetes.io/not-ready",
  "node.kubernetes.io/unreachable",
].map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }));

function admitPod(kernel: Kernel, object: KubeObject): void {
  const spec = object["spec"] as JsonObject;
  if (!spec["serviceAccountName"]) {
    spec["serviceAccountName"] = "default";
    spec["serviceAccount"] = "default";
  }
  const className = spec["priorityClassName"];
  const priorityClass =
    typeof className === "string" && className !== ""
      ? kernel.store.get("scheduling.k8s.io/priorityclasses", className)?.object
      : undefined;
  if (className && !priorityClass)
    throw forbidden(
      { group: "", resource: "pods", name: object.metadata.name },
      `no PriorityClass with name ${String(className)} was found`,
    );
  spec["priority"] = (priorityClass?.["value"] as number | undefined) ?? 0;
  spec["preemptionPolicy"] ??= (priorityClass?.["preemptionPolicy"] as string | undefined) ?? "PreemptLowerPriority";
  const tolerations = (spec["tolerations"] as JsonObject[] | undefined) ?? [];
  const missing = notReadyTolerations.filter(
    (wanted) =>
      !tolerations.some(
        (each) =>
          (each["key"] === wanted["key"] || !each["key"]) && (each["effect"] === "NoExecute" || !each["effect"]),
      ),
  );
  if (missing.length > 0) spec["tolerations"] = [...tolerations, ...missing.map((each) => ({ ...each }))];
}

function admitClaim(kernel: Kernel, object: KubeObject): void {
  const spec = object["spec"] as JsonObject;
  if (spec["storageClassName"] !== undefined) return;
  for (const { object: each } of kernel.store.collection("storage.k8s.io/storageclasses").entries.values()) {
    if (each.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] !== "true") continue;
    spec["storageClassName"] = each.metadata.name;
    return;
  }
}

/** Checks and completes a new object, in place. @throws StatusError 403, 404. */
export function admitCreate(kernel: Kernel, info: ResourceInfo, object: KubeObject, request: AdmissionRequest): void {
  admitNamespace(kernel, info, object);
  if (info.collection === "/pods" && isObject(object["spec"])) admitPod(kernel, object);
  if (info.collection === "/persistentvolumeclaims" && isObject(object["spec"])) admitClaim(kernel, object);
  if (info.group === "rbac.authorization.k8s.io") checkEscalation(kernel, info, object, undefined, request.user);
}

/** Checks a changed object. @throws StatusError 403. */
export function admitUpdate(
  kernel: Kernel,
  info: ResourceInfo,
  object: KubeObject,
  live: KubeObject,
  request: AdmissionRequest,
): void {
  if (info.group === "rbac.authorization.k8s.io") checkEscalation(kernel, info, object, live, request.user);
}

/** Refuses the deletion of what every cluster needs. @throws StatusError 403. */
export function admitDelete(info: ResourceInfo, name: string): void {
  if (info.collection !== "/namespaces" || !systemNamespaces.includes(name) || name === "kube-node-lease") return;
  throw forbidden({ group: "", resource: "namespaces", name }, "this namespace may not be deleted");
}
