import { HelmError } from "./error.ts";
import { dialectRules, type HelmDialect } from "./dialect.ts";
import type { Capabilities, KubeVersion } from "./render/options.ts";

/** What client-go 0.37 registers, in its order. */
const apiVersions: readonly string[] = [
  "v1",
  "admissionregistration.k8s.io/v1",
  "admissionregistration.k8s.io/v1alpha1",
  "admissionregistration.k8s.io/v1beta1",
  "internal.apiserver.k8s.io/v1alpha1",
  "apps/v1",
  "apps/v1beta1",
  "apps/v1beta2",
  "authentication.k8s.io/v1",
  "authentication.k8s.io/v1alpha1",
  "authentication.k8s.io/v1beta1",
  "authorization.k8s.io/v1",
  "authorization.k8s.io/v1beta1",
  "autoscaling/v1",
  "autoscaling/v2",
  "batch/v1",
  "batch/v1beta1",
  "certificates.k8s.io/v1",
  "certificates.k8s.io/v1beta1",
  "certificates.k8s.io/v1alpha1",
  "coordination.k8s.io/v1alpha2",
  "coordination.k8s.io/v1beta1",
  "coordination.k8s.io/v1",
  "discovery.k8s.io/v1",
  "discovery.k8s.io/v1beta1",
  "events.k8s.io/v1",
  "events.k8s.io/v1beta1",
  "extensions/v1beta1",
  "flowcontrol.apiserver.k8s.io/v1",
  "flowcontrol.apiserver.k8s.io/v1beta1",
  "flowcontrol.apiserver.k8s.io/v1beta2",
  "flowcontrol.apiserver.k8s.io/v1beta3",
  "lifecycle.k8s.io/v1alpha1",
  "networking.k8s.io/v1",
  "networking.k8s.io/v1beta1",
  "node.k8s.io/v1",
  "node.k8s.io/v1alpha1",
  "node.k8s.io/v1beta1",
  "policy/v1",
  "policy/v1beta1",
  "rbac.authorization.k8s.io/v1",
  "rbac.authorization.k8s.io/v1beta1",
  "rbac.authorization.k8s.io/v1alpha1",
  "resource.k8s.io/v1",
  "resource.k8s.io/v1beta2",
  "resource.k8s.io/v1beta1",
  "resource.k8s.io/v1alpha3",
  "scheduling.k8s.io/v1alpha3",
  "scheduling.k8s.io/v1beta1",
  "scheduling.k8s.io/v1",
  "storage.k8s.io/v1beta1",
  "storage.k8s.io/v1",
  "storage.k8s.io/v1alpha1",
  "storagemigration.k8s.io/v1",
  "storagemigration.k8s.io/v1beta1",
  "apiextensions.k8s.io/v1beta1",
  "apiextensions.k8s.io/v1",
];

/** What a dialect believes of a cluster that it does not ask, as `helm template` has it. */
export function defaultCapabilities(dialect: HelmDialect = "helm4"): Capabilities {
  const { kubeVersion, version } = dialectRules[dialect];
  return { kubeVersion, apiVersions, helmVersion: version };
}

/**
 * Reads a Kubernetes version: two or more numbers, with or without `v`, and whatever stands behind them.
 * Source: apimachinery `version.ParseGeneric`, Helm `ParseKubeVersion`.
 * @throws HelmError (terminal)
 */
export function parseKubeVersion(text: string, dialect: HelmDialect = "helm4"): KubeVersion {
  const match = /^[\t\n\f\r ]*v?([0-9]+(?:\.[0-9]+)*)/.exec(text);
  if (!match?.[1] || text.includes("\n", match[0].length))
    throw new HelmError(`could not parse ${JSON.stringify(text)} as version`);
  const parts = match[1].split(".");
  const [major = "", minor] = parts;
  if (minor === undefined) throw new HelmError(`illegal version string ${JSON.stringify(text)}`);
  if (major.startsWith("0") && major !== "0")
    throw new HelmError(`illegal zero-prefixed version component ${JSON.stringify(major)} in ${JSON.stringify(text)}`);
  const numbers = parts.map((part) => String(BigInt(part)));
  const normalized = `v${numbers.join(".")}`;
  const named = { major: numbers[0] as string, minor: numbers[1] as string };
  if (!dialectRules[dialect].keepKubeSuffix) return { version: normalized, ...named };
  return { version: text.startsWith("v") ? text : `v${text}`, normalized, ...named };
}
