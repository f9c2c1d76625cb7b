import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";
import { parseDependency, parseObjectName } from "../object-name.ts";

const sourceKinds = ["OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"];
const workloadKinds = ["Deployment", "DaemonSet", "StatefulSet", "HelmRelease"];

/** How a Kustomization is made from flags. Source: fluxcd/flux2 cmd/flux/create_kustomization.go. */
export const createKustomization: CreateForm = {
  flags: {
    source: {
      form: "text",
      description: `source of the manifests, '[<kind>/]<name>[.<namespace>]', kind one of ${sourceKinds.join(", ")}; GitRepository unless given`,
    },
    path: { form: "text", description: "path to the directory containing a kustomization.yaml file", fallback: "./" },
    prune: { form: "boolean", description: "enable garbage collection" },
    wait: { form: "boolean", description: "enable health checking of all the applied resources" },
    healthCheck: {
      form: "list",
      description: "workload to be included in the health assessment, '<kind>/<name>.<namespace>'",
    },
    healthCheckTimeout: { form: "duration", description: "timeout of health checking operations", fallback: "2m" },
    dependsOn: {
      form: "list",
      description: "Kustomization that must be ready first, '<name>' or '<namespace>/<name>'",
    },
    serviceAccount: { form: "text", description: "the name of the service account to impersonate" },
    decryptionProvider: { form: "text", description: "how the manifests are encrypted", choices: ["sops"] },
    decryptionSecret: { form: "text", description: "the name of the secret with the private keys" },
    targetNamespace: { form: "text", description: "overrides the namespace of all objects" },
    kubeconfigSecretRef: { form: "text", description: "the name of the secret with a kubeconfig of a remote cluster" },
    validation: {
      form: "text",
      description: "without effect",
      deprecated: "this arg is no longer used, all resources are validated using server-side apply dry-run",
    },
    retryInterval: { form: "duration", description: "the interval at which to retry after a failure" },
  },
  examples: [
    [
      "Apply a directory of a source",
      "kustomization podinfo --source=GitRepository/podinfo --path=./kustomize --prune --interval=10m",
    ],
    [
      "Wait for another one first",
      "kustomization app --depends-on=infra --source=GitRepository/apps --path=./apps --prune --wait",
    ],
  ],
  spec(values, interval) {
    const healthChecks = values.isSet("wait") ? [] : values.list("healthCheck").map(parseHealthCheck);
    const checksHealth = values.isSet("wait") || healthChecks.length > 0;
    const dependsOn = values.list("dependsOn").map(parseDependency);
    const decryption = values.text("decryptionProvider");
    return present({
      interval,
      path: relativePath(values.text("path") ?? "./"),
      prune: values.isSet("prune"),
      sourceRef: parseSource(values.text("source")),
      dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
      healthChecks: healthChecks.length === 0 ? undefined : healthChecks,
      wait: values.isSet("wait") ? true : undefined,
      timeout: checksHealth ? values.text("healthCheckTimeout") : undefined,
      serviceAccountName: values.text("serviceAccount"),
      decryption:
        decryption === undefined
          ? undefined
          : present({ provider: decryption, secretRef: nameRef(values.text("decryptionSecret")) }),
      targetNamespace: values.text("targetNamespace"),
      kubeConfig: wrap("secretRef", nameRef(values.text("kubeconfigSecretRef"))),
      retryInterval: values.text("retryInterval"),
    });
  },
  readyMessages: (object) => [
    `Kustomization ${object.metadata.name} is ready`,
    `applied revision ${textAt(object, "status", "lastAppliedRevision")}`,
  ],
};

function parseSource(text: string | undefined): Record<string, unknown> {
  if (text === undefined || text === "") throw usageError("source is required");
  const { kind = "GitRepository", name, namespace } = parseObjectName(text);
  const known = sourceKinds.find((candidate) => candidate.toLowerCase() === kind.toLowerCase());
  if (known === undefined)
    throw usageError(`source kind '${kind}' is not supported, must be one of: ${sourceKinds.join(", ")}`);
  if (name === "") throw usageError(`no name given for source of kind '${kind}'`);
  return present({ kind: known, name, namespace });
}

function parseHealthCheck(text: string): Record<string, unknown> {
  const { kind, name, namespace } = parseObjectName(text);
  if (kind === undefined || name === "" || namespace === undefined) {
    throw usageError(`invalid health check '${text}' must be in the format 'kind/name.namespace'`);
  }
  if (!workloadKinds.includes(kind))
    throw usageError(`invalid health check kind '${kind}' can be HelmRelease, Deployment, DaemonSet or StatefulSet`);
  return present({
    apiVersion: kind === "HelmRelease" ? "helm.toolkit.fluxcd.io/v2" : undefined,
    kind,
    name,
    namespace,
  });
}

/** A path below the artifact's root, with a leading `./`. A step out of it stays at the root, as upstream's flag does. */
function relativePath(path: string): string {
  const steps: string[] = [];
  for (const step of path.trim().replaceAll("\\", "/").split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return `./${steps.join("/")}`;
}

function nameRef(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}

function wrap(key: string, value: unknown): Record<string, unknown> | undefined {
  return value === undefined ? undefined : { [key]: value };
}
