import { helmGroup } from "@eddy/api";
import type { KindRef } from "@eddy/kube";

/** Kinds that are workloads, in the order of lists. Source: fluxcd/flux pkg/cluster/kubernetes/resourcekinds.go. */
export const workloadKinds: readonly KindRef[] = [
  { group: "batch", kind: "CronJob" },
  { group: "apps", kind: "DaemonSet" },
  { group: "apps", kind: "Deployment" },
  { group: helmGroup, kind: "HelmRelease" },
  { group: "apps", kind: "StatefulSet" },
];
