import { cliFieldManager } from "@eddy/api";
import { delay } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { formatObjectName, refOf, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { isDeploymentReady } from "../cluster/deployment-readiness.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { installManifests } from "../install/manifests.ts";
import { formatDocument } from "../output/object-formats.ts";

/** `install`: applies the namespace, the kinds, permissions and one Deployment, or prints them. Idempotent. */
export const installCommand: Command = defineCommand({
  path: ["install"],
  summary: "Install Eddy in a cluster",
  details: "Applies Eddy with its kinds and permissions in one namespace, or prints what it would apply.",
  flags: {
    export: flag.boolean("write the install manifests to stdout and exit"),
    image: flag.text("container image of Eddy; without it one that is on the node already"),
    imagePullSecret: flag.text("name of the Secret with the credentials for the image"),
    watchAllNamespaces: flag.boolean("watch for custom resources in all namespaces", { fallback: true }),
    logLevel: flag.oneOf(["debug", "info", "error"], "log level of the controllers (default info)"),
    networkPolicy: flag.boolean("restrict the traffic to and from the controllers", { fallback: true }),
    clusterDomain: flag.textWithDefault("cluster.local", "internal cluster domain"),
  },
  examples: [
    ["Install the latest version", "install"],
    ["Write the manifests to a file", "install --export > eddy.yaml"],
  ],
  async run({ flags }, context) {
    const namespace = await context.namespace();
    if (flags.image === undefined)
      context.status.warning(
        `no image is published yet: build one, load it into the cluster, and name it with --image`,
      );
    if (!flags.export) context.status.generate("generating manifests");
    const objects = installManifests({
      namespace,
      watchAllNamespaces: flags.watchAllNamespaces,
      logLevel: flags.logLevel ?? "info",
      networkPolicy: flags.networkPolicy,
      clusterDomain: flags.clusterDomain,
      ...(flags.image === undefined ? {} : { image: flags.image }),
      ...(flags.imagePullSecret === undefined ? {} : { imagePullSecret: flags.imagePullSecret }),
    });
    if (flags.export) return context.print(objects.map(formatDocument).join(""));
    context.status.success("manifests build completed");
    context.status.action(`installing components in ${namespace} namespace`);
    const kube = await context.kube();
    for (const object of objects) await applyObject(context, kube, object);
    context.status.waiting("verifying installation");
    await awaitDeployments(context, kube, objects);
    context.status.success("install finished");
  },
});

async function applyObject(context: CommandContext, kube: KubeClient, object: KubeObject): Promise<void> {
  const ref = refOf(object);
  const before = await kube.get(ref).catch((error: unknown) => {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  });
  const after = await kube.apply(object, { fieldManager: cliFieldManager, force: true });
  const isSame = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  if (!isSame) context.status.plain(`${formatObjectName(ref)} ${before ? "configured" : "created"}`);
}

async function awaitDeployments(
  context: CommandContext,
  kube: KubeClient,
  objects: readonly KubeObject[],
): Promise<void> {
  const deadline = context.clock.now() + context.flags.timeout;
  for (const object of objects.filter((candidate) => candidate.kind === "Deployment")) {
    const { name } = object.metadata;
    while (!isDeploymentReady(await kube.get(refOf(object)))) {
      if (context.clock.now() > deadline) {
        context.status.failure(`${name}: deployment not ready`);
        throw new EddyError("WAIT_TIMEOUT", "install failed", {
          hint: `see why: kubectl -n ${object.metadata.namespace} describe deployment ${name}`,
        });
      }
      await delay(context.clock, 500, context.signal);
    }
    context.status.success(`${name}: deployment ready`);
  }
}
