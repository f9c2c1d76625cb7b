import { kinds, partOfFlux, partOfLabel, versionLabel } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { parseConstraint, parseVersion, formatVersion } from "@eddy/core/semver";
import type { KubeClient } from "@eddy/kube";
import { isDeploymentReady } from "../cluster/deployment-readiness.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

const supportedKubernetes = ">=1.33.0-0";
const selector = `${partOfLabel}=${partOfFlux}`;

/** `check`: whether the cluster can run Eddy, and whether what is installed works. Exits with 1 when something fails. */
export const checkCommand: Command = defineCommand({
  path: ["check"],
  summary: "Check requirements and installation",
  details: "The check command validates that the cluster is supported and that the installed components are healthy.",
  flags: {
    pre: flag.boolean("only run pre-installation checks"),
    components: flag.list("deployments that must be there; all that are there are looked at"),
    componentsExtra: flag.list("further deployments that must be there"),
    pollInterval: flag.duration("5s", "accepted; what is not ready is told at once", { hidden: true }),
  },
  examples: [
    ["Run pre-installation checks", "check --pre"],
    ["Run installation checks", "check"],
  ],
  async run({ flags }, context) {
    context.status.action("checking prerequisites");
    const kube = await context.kube();
    const isSupported = await checkKubernetes(context, kube);
    if (flags.pre) {
      if (isSupported) context.status.success("prerequisites checks passed");
      return isSupported ? 0 : 1;
    }
    context.status.action("checking version in cluster");
    const hasVersion = await checkVersion(context, kube);
    context.status.action("checking controllers");
    const hasControllers = await checkControllers(context, kube, [...flags.components, ...flags.componentsExtra]);
    context.status.action("checking crds");
    const hasKinds = await checkKinds(context, kube);
    const passed = isSupported && hasVersion && hasControllers && hasKinds;
    if (passed) context.status.success("all checks passed");
    else context.status.failure("check failed");
    return passed ? 0 : 1;
  },
});

async function checkKubernetes(context: CommandContext, kube: KubeClient): Promise<boolean> {
  const { gitVersion } = await kube.version();
  const version = parseVersion(gitVersion);
  const isSupported = parseConstraint(supportedKubernetes).check(version);
  if (isSupported) context.status.success(`Kubernetes ${formatVersion(version)} ${supportedKubernetes}`);
  else context.status.failure(`Kubernetes version ${gitVersion} does not match ${supportedKubernetes}`);
  return isSupported;
}

async function checkVersion(context: CommandContext, kube: KubeClient): Promise<boolean> {
  const [kind] = kinds;
  try {
    const crd = await kube.get({
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
      namespace: "",
      name: `${kind?.plural}.${kind?.group}`,
    });
    const version = crd.metadata.labels?.[versionLabel];
    if (version !== undefined) context.status.success(`distribution: eddy-${version}`);
    context.status.success(`bootstrapped: ${crd.metadata.labels?.["kustomize.toolkit.fluxcd.io/name"] !== undefined}`);
    return true;
  } catch (error) {
    context.status.failure(`checking failed: ${messageOf(error)}`);
    return false;
  }
}

async function checkControllers(
  context: CommandContext,
  kube: KubeClient,
  wanted: readonly string[],
): Promise<boolean> {
  const namespace = await context.namespace();
  const { items } = await kube.list({ group: "apps", kind: "Deployment" }, { namespace, labelSelector: selector });
  if (items.length === 0)
    context.status.failure(
      `no controllers found in the '${namespace}' namespace with the label selector '${selector}'`,
    );
  for (const deployment of items) {
    if (isDeploymentReady(deployment)) context.status.success(`${deployment.metadata.name}: deployment ready`);
    else context.status.failure(`${deployment.metadata.name}: deployment not ready`);
    for (const image of imagesOf(deployment)) context.status.action(image);
  }
  const missing = wanted.filter((name) => !items.some(({ metadata }) => metadata.name === name));
  for (const name of missing) context.status.failure(`${name}: deployment not found`);
  return items.length > 0 && missing.length === 0 && items.every(isDeploymentReady);
}

async function checkKinds(context: CommandContext, kube: KubeClient): Promise<boolean> {
  const { items } = await kube.list(
    { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" },
    { labelSelector: selector },
  );
  if (items.length === 0) context.status.failure(`no crds found with the label selector '${selector}'`);
  const stored = items.map((crd) => ({
    crd,
    version: (valueAt(crd, "status", "storedVersions") as string[] | undefined)?.at(-1),
  }));
  for (const { crd, version } of stored) {
    if (version === undefined) context.status.failure(`no stored versions for ${crd.metadata.name}`);
    else context.status.success(`${crd.metadata.name}/${version}`);
  }
  return stored.length > 0 && stored.every(({ version }) => version !== undefined);
}

function imagesOf(deployment: KubeObject): string[] {
  const containers = valueAt(deployment, "spec", "template", "spec", "containers") as { image: string }[] | undefined;
  return (containers ?? []).map((container) => container.image);
}
