import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";
import { verifyFrom } from "./verify-form.ts";

const sourceKinds = ["HelmRepository", "GitRepository", "Bucket"];

/** How a HelmChart is made from flags. Source: fluxcd/flux2 cmd/flux/create_source_chart.go. */
export const createHelmChart: CreateForm = {
  flags: {
    source: {
      form: "text",
      description: `source that contains the chart in the format '<kind>/<name>', where kind must be one of: (${sourceKinds.join(", ")})`,
    },
    chart: { form: "text", description: "Helm chart name or path" },
    chartVersion: {
      form: "text",
      description: "Helm chart version, accepts a semver range (ignored for charts from GitRepository sources)",
    },
    reconcileStrategy: {
      form: "text",
      fallback: "ChartVersion",
      description: "the reconcile strategy for helm chart (accepted values: Revision and ChartVersion)",
    },
    verifyProvider: { form: "text", description: "the OCI verify provider name: cosign or notation" },
    verifySecretRef: { form: "text", description: "the name of a secret to use for signature verification" },
    verifySubject: { form: "text", description: "regular expression for the OIDC subject of the signature" },
    // Flux takes it for every source, and has no field for it in a chart.
    fetchTimeout: { form: "duration", description: "without effect", hidden: true },
    verifyIssuer: { form: "text", description: "regular expression for the OIDC issuer of the signature" },
  },
  examples: [
    [
      "Watch a chart of a repository",
      "source chart podinfo --source=HelmRepository/podinfo --chart=podinfo --chart-version=6.x",
    ],
    [
      "Package a chart of a Git repository",
      "source chart podinfo --source=GitRepository/podinfo --chart=./charts/podinfo",
    ],
  ],
  spec(values, interval) {
    const sourceRef = parseSource(values.text("source"));
    const chart = values.text("chart");
    if (chart === undefined || chart === "") throw usageError("chart name or path is required");
    return present({
      chart,
      version: values.text("chartVersion"),
      interval,
      reconcileStrategy: values.text("reconcileStrategy"),
      sourceRef,
      verify: verifyFrom(values),
    });
  },
  readyMessages: (object) => [
    "HelmChart source reconciliation completed",
    `fetched revision: ${textAt(object, "status", "artifact", "revision")}`,
  ],
};

function parseSource(text: string | undefined): { kind: string; name: string } {
  const slash = (text ?? "").indexOf("/");
  if (text === undefined || slash <= 0 || slash === text.length - 1) throw usageError("chart source is required");
  const kind = sourceKinds.find((candidate) => candidate.toLowerCase() === text.slice(0, slash).toLowerCase());
  if (kind === undefined)
    throw usageError(
      `source kind '${text.slice(0, slash)}' is not supported, must be one of: ${sourceKinds.join(", ")}`,
    );
  return { kind, name: text.slice(slash + 1) };
}
