import { valueAt, type KubeObject } from "@eddy/core/object";

/** Whether a Deployment's last spec is rolled out and available. Source: kstatus, `Deployment`. */
export function isDeploymentReady(deployment: KubeObject): boolean {
  const number = (path: "observedGeneration" | "updatedReplicas" | "availableReplicas" | "replicas"): number =>
    Number(valueAt(deployment, "status", path) ?? 0);
  const wanted = Number(valueAt(deployment, "spec", "replicas") ?? 1);
  const isObserved = number("observedGeneration") >= (deployment.metadata.generation ?? 0);
  return (
    isObserved &&
    number("updatedReplicas") >= wanted &&
    number("availableReplicas") >= wanted &&
    number("replicas") <= number("updatedReplicas")
  );
}
