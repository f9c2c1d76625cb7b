import { present, usageError, type CreateForm, type CreateValues } from "../create-form.ts";
import { parseDependency, parseObjectName } from "../object-name.ts";
import { releaseRevisionOf } from "./release-revision.ts";

const sourceKinds = ["HelmRepository", "GitRepository", "Bucket"];
const referenceKinds = ["OCIRepository", "HelmChart"];
const valuesKinds = ["Secret", "ConfigMap"];
const strategies = ["Revision", "ChartVersion"];
const crdsPolicies = ["Skip", "Create", "CreateReplace"];

/** How a HelmRelease is made from flags. Source: fluxcd/flux2 cmd/flux/create_helmrelease.go. */
export const createHelmRelease: CreateForm = {
  flags: {
    releaseName: {
      form: "text",
      description: "name used for the Helm release, '[<target-namespace>-]<HelmRelease-name>' unless given",
    },
    source: {
      form: "text",
      description: `source that contains the chart in the format '<kind>/<name>.<namespace>', where kind must be one of: (${sourceKinds.join(", ")})`,
    },
    chart: { form: "text", description: "Helm chart name or path" },
    chartVersion: {
      form: "text",
      description: "Helm chart version, accepts a semver range (ignored for charts from GitRepository sources)",
    },
    chartRef: {
      form: "text",
      description: `the object that has the chart, in the format '<kind>/<name>.<namespace>', where kind must be one of: (${referenceKinds.join(",")})`,
    },
    chartInterval: { form: "duration", description: "the interval of which to check for new chart versions" },
    dependsOn: {
      form: "list",
      description: "HelmReleases that must be ready first, '<name>' or '<namespace>/<name>'",
    },
    targetNamespace: {
      form: "text",
      description: "namespace to install this release, the HelmRelease's namespace unless given",
    },
    storageNamespace: {
      form: "text",
      description: "namespace to store the Helm release, the target namespace unless given",
    },
    createTargetNamespace: { form: "boolean", description: "create the target namespace if it does not exist" },
    serviceAccount: { form: "text", description: "the name of the service account to impersonate" },
    reconcileStrategy: {
      form: "text",
      description: "the reconcile strategy of the chart: Revision or ChartVersion",
      fallback: "ChartVersion",
    },
    values: { form: "yamlFiles", description: "local path to values.yaml files, also accepts comma-separated values" },
    valuesFrom: {
      form: "list",
      description: `an object with values in the format '<kind>/<name>[/<key>]', where kind must be one of: (${valuesKinds.join(",")})`,
    },
    crds: { form: "text", description: `upgrade CRDs policy: ${crdsPolicies.join(", ")}` },
    kubeconfigSecretRef: { form: "text", description: "the name of the secret with a kubeconfig of a remote cluster" },
  },
  examples: [
    [
      "Install a chart of a Helm repository",
      `helmrelease podinfo --interval=10m --source=HelmRepository/podinfo --chart=podinfo --chart-version=">4.0.0"`,
    ],
    [
      "Install a chart of a Git repository",
      "helmrelease podinfo --source=GitRepository/podinfo --chart=./charts/podinfo",
    ],
    ["Install a chart of a registry", "helmrelease podinfo --chart-ref=OCIRepository/podinfo.flux-system"],
    [
      "Install with values of files and of a secret",
      "helmrelease podinfo --source=HelmRepository/podinfo --chart=podinfo --values=./values.yaml --values-from=Secret/podinfo-values",
    ],
  ],
  spec(values, interval) {
    const dependsOn = values.list("dependsOn").map(parseDependency);
    const valuesFrom = values.list("valuesFrom").map(parseValuesReference);
    const secretName = values.text("kubeconfigSecretRef");
    const targetNamespace = values.text("targetNamespace");
    return present({
      ...chartOf(values),
      interval,
      releaseName: values.text("releaseName"),
      targetNamespace,
      storageNamespace: values.text("storageNamespace") ?? targetNamespace,
      dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
      serviceAccountName: values.text("serviceAccount"),
      kubeConfig: secretName === undefined ? undefined : { secretRef: { name: secretName } },
      ...actionsOf(values),
      values: values.data("values"),
      valuesFrom: valuesFrom.length === 0 ? undefined : valuesFrom,
    });
  },
  readyMessages: (object) => [
    `HelmRelease ${object.metadata.name} is ready`,
    `applied revision ${releaseRevisionOf(object)}`,
  ],
};

function chartOf(values: CreateValues): Record<string, unknown> {
  const [chart, chartRef] = [values.text("chart"), values.text("chartRef")];
  if (chart === undefined && chartRef === undefined) throw usageError("chart or chart-ref is required");
  if (chart !== undefined && chartRef !== undefined)
    throw usageError("cannot use --chart in combination with --chart-ref");
  if (chartRef !== undefined) return { chartRef: parseChartRef(chartRef) };
  const reconcileStrategy = values.text("reconcileStrategy") ?? "ChartVersion";
  if (!strategies.includes(reconcileStrategy))
    throw usageError(`'${reconcileStrategy}' is an invalid reconcile strategy(valid: ${strategies.join(", ")})`);
  const spec = present({
    chart,
    version: values.text("chartVersion"),
    sourceRef: parseSource(values.text("source")),
    interval: values.text("chartInterval"),
    reconcileStrategy,
  });
  return { chart: { spec } };
}

// The flag is about upgrades: what an install brings is always created.
function actionsOf(values: CreateValues): Record<string, unknown> {
  const crds = values.text("crds");
  if (crds !== undefined && !crdsPolicies.includes(crds))
    throw usageError(`unsupported upgrade CRDs policy '${crds}', must be one of: ${crdsPolicies.join(", ")}`);
  const install = present({
    createNamespace: values.isSet("createTargetNamespace") ? true : undefined,
    crds: crds === undefined ? undefined : "Create",
  });
  return present({
    install: Object.keys(install).length === 0 ? undefined : install,
    upgrade: crds === undefined ? undefined : { crds },
  });
}

function parseSource(text: string | undefined): Record<string, unknown> {
  if (text === undefined || text.trim() === "")
    throw usageError(
      `no helm chart source given, please specify source that contains the chart in the format '<kind>/<name>.<namespace>', where kind must be one of: (${sourceKinds.join(", ")})`,
    );
  const { kind, name, namespace } = parseObjectName(text);
  if (kind === undefined || kind === "" || name === "")
    throw usageError(`invalid helm chart source '${text}', must be in format <kind>/<name>`);
  return present({ kind: knownKind(kind, sourceKinds, "source kind"), name, namespace });
}

function parseChartRef(text: string): Record<string, unknown> {
  const { kind = "", name, namespace } = parseObjectName(text);
  if (!referenceKinds.includes(kind))
    throw usageError(`chart reference kind '${kind}' is not supported, must be one of: ${referenceKinds.join(", ")}`);
  return present({ kind, name, namespace });
}

function parseValuesReference(text: string): Record<string, unknown> {
  const [kind = "", name = "", valuesKey] = text.split("/");
  if (kind === "" || name === "")
    throw usageError(`invalid Kubernetes object reference '${text}', must be in format <kind>/<name>`);
  return present({ kind: knownKind(kind, valuesKinds, "reference kind"), name, valuesKey });
}

function knownKind(kind: string, known: readonly string[], what: string): string {
  const found = known.find((candidate) => candidate.toLowerCase() === kind.toLowerCase());
  if (found === undefined) throw usageError(`${what} '${kind}' is not supported, must be one of: ${known.join(", ")}`);
  return found;
}
