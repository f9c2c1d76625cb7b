/** Namespace: what it is born with, and what keeps it until it is empty. Sources: pkg/registry/core/namespace, serviceaccount controllers. */
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { createObject } from "../rest/write-object.ts";
import { decodeObject } from "../rest/decode-object.ts";
import { scheduleNamespaceTermination } from "../controllers/namespace-termination.ts";
import { specOf } from "./apps.ts";
import type { KindStrategy, WriteContext } from "./strategy.ts";

const system = { name: "system:kube-controller-manager", groups: ["system:masters"] };

function createInside(
  object: KubeObject,
  { kernel }: WriteContext,
  resource: "serviceaccounts" | "configmaps",
  content: JsonObject,
): void {
  const info = kernel.registry.find("", "v1", resource);
  if (!info) return;
  const decoded = decodeObject({ apiVersion: "v1", kind: info.kind, ...content }, info, "Ignore").object;
  createObject(kernel, info, object.metadata.name, decoded, {
    manager: "kube-controller-manager",
    user: system,
    dryRun: false,
  });
}

export const namespace: KindStrategy = {
  nameForm: "label",
  answersDeleted: true,
  applyDefaults(object) {
    const name = object.metadata.name || object.metadata.generateName;
    if (object.metadata.name)
      object.metadata.labels = { ...object.metadata.labels, "kubernetes.io/metadata.name": name ?? "" };
  },
  prepareCreate(object) {
    object.metadata.labels = { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name };
    const spec = specOf(object);
    const finalizers = (spec["finalizers"] as string[] | undefined) ?? [];
    if (!finalizers.includes("kubernetes")) spec["finalizers"] = [...finalizers, "kubernetes"];
    object["status"] = { phase: "Active" };
  },
  prepareUpdate(object, live) {
    // Only /finalize changes them.
    specOf(object)["finalizers"] = isObject(live["spec"]) ? (live["spec"]["finalizers"] as never) : [];
  },
  gracePeriodSeconds: () => 0,
  afterWrite(object, live, context) {
    if (!live) {
      createInside(object, context, "serviceaccounts", { metadata: { name: "default" } });
      createInside(object, context, "configmaps", {
        metadata: {
          name: "kube-root-ca.crt",
          annotations: {
            "kubernetes.io/description":
              "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
          },
        },
        data: { "ca.crt": context.kernel.caCert },
      });
    } else if (object.metadata.deletionTimestamp !== undefined)
      scheduleNamespaceTermination(context.kernel, object.metadata.name);
  },
};
