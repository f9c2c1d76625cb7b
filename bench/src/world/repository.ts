import type { KubeObject } from "@eddy/core/object";

/** The namespace that everything of the bench lives in. */
export const namespace = "flux-system";

/** Files of `apps` folders, each with five ConfigMaps and a ServiceAccount that carry `revision`. */
export function appFiles(apps: number, revision: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (let app = 0; app < apps; app++) {
    const name = appName(app);
    files[`apps/${name}/kustomization.yaml`] = kustomizationFile(["configmaps.yaml", "serviceaccount.yaml"]);
    files[`apps/${name}/configmaps.yaml`] = [0, 1, 2, 3, 4]
      .map((index) => configMap(`${name}-${index}`, revision))
      .join("---\n");
    files[`apps/${name}/serviceaccount.yaml`] =
      `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`;
  }
  return files;
}

function kustomizationFile(resources: readonly string[]): string {
  const lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "resources:"];
  return `${[...lines, ...resources.map((resource) => `  - ${resource}`)].join("\n")}\n`;
}

function configMap(name: string, revision: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n  labels:\n    bench: "true"\ndata:\n  revision: "${revision}"\n  text: ${"x".repeat(200)}\n`;
}

/** `app-007` */
export function appName(index: number): string {
  return `app-${String(index).padStart(3, "0")}`;
}

/** A GitRepository `bench` on branch main. */
export function gitRepository(url: string, interval: string): KubeObject {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "bench", namespace },
    spec: { url, interval, ref: { branch: "main" } },
  };
}

/** A Kustomization of one app of the repository `bench`; `spec` says more. */
export function kustomization(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace },
    spec: {
      interval: "1h",
      path: `./apps/${name}`,
      prune: true,
      sourceRef: { kind: "GitRepository", name: "bench" },
      ...spec,
    },
  };
}

export const gitRepositoryKind = { group: "source.toolkit.fluxcd.io", kind: "GitRepository" };
export const kustomizationKind = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" };
export const configMapKind = { group: "", kind: "ConfigMap" };

interface StatusFields {
  conditions?: { type: string; status: string }[];
  lastAppliedRevision?: string;
  lastHandledReconcileAt?: string;
  artifact?: { revision: string };
}

export function statusOf(object: KubeObject | undefined): StatusFields {
  return (object?.["status"] as StatusFields | undefined) ?? {};
}

/** Whether the condition Ready is True. */
export function isReady(object: KubeObject | undefined): boolean {
  return (
    statusOf(object).conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false
  );
}
