import type { KindRef } from "@eddy/kube";

/** Kinds of workloads whose labels and annotations are heeded. Source: keel-hq/keel provider/kubernetes. */
export const trackedKinds: readonly KindRef[] = [
  { group: "apps", kind: "Deployment" },
  { group: "apps", kind: "StatefulSet" },
  { group: "apps", kind: "DaemonSet" },
  { group: "batch", kind: "CronJob" },
];
