import { EddyError, messageOf } from "@eddy/core/errors";
import { parseApiVersion } from "@eddy/core/object";
import type { KubeClient, ObjectKey } from "@eddy/kube";
import { resolveResources } from "../cluster/resolve-resources.ts";
import { traceObject } from "../cluster/trace-object.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatTrace } from "../output/trace.ts";

/** `trace`: which Kustomization or HelmRelease an object is of, and which source and revision that is made from. */
export const traceCommand: Command = defineCommand({
  path: ["trace"],
  summary: "Trace in-cluster objects throughout the GitOps delivery pipeline",
  details:
    "The trace command shows how one or more objects are managed by Flux, from which source and revision they come, and what the latest reconciliation status is. Several objects are given as <resource>/<name>.",
  args: [{ name: "resource" }, { name: "name", many: true }],
  flags: {
    kind: flag.text("the Kubernetes object kind, e.g. Deployment"),
    apiVersion: flag.text("the Kubernetes object API version, e.g. apps/v1"),
  },
  examples: [
    ["Trace a Deployment", "trace -n apps deployment my-app"],
    ["Trace a Pod and a ConfigMap", "trace -n redis pod/redis-master-0 cm/redis"],
    ["Trace an object without a namespace", "trace namespace redis"],
    ["Say kind and version", "trace redis --kind=HelmRelease --api-version=helm.toolkit.fluxcd.io/v2 -n redis"],
  ],
  async run({ args, flags }, context) {
    const [kube, namespace] = [await context.kube(), await context.namespace()];
    const keys =
      flags.kind !== undefined || flags.apiVersion !== undefined
        ? [await servedKey(kube, namedKey(namespace, args[0], flags.kind, flags.apiVersion))]
        : await resolveResources(kube, args, namespace);
    for (const [index, key] of keys.entries()) {
      const failure = await printTrace(kube, key, context.print);
      if (failure !== undefined)
        context.status.failure(`failed to trace ${key.kind}/${key.name} in namespace ${key.namespace}: ${failure}`);
      if (index < keys.length - 1) context.print("---\n");
    }
  },
});

/** What kept one object from being traced; undefined when it was printed. Upstream goes on, and exits with 0. */
async function printTrace(
  kube: KubeClient,
  key: ObjectKey,
  print: (text: string) => void,
): Promise<string | undefined> {
  const object = await kube.get(key);
  try {
    print(formatTrace(await traceObject(kube, object)));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function namedKey(namespace: string, name = "", kind = "", apiVersion = ""): ObjectKey {
  if (name === "") throw usage("object name is required");
  if (kind === "") throw usage("object kind is required (--kind)");
  if (apiVersion === "") throw usage("object apiVersion is required (--api-version)");
  return { ...parseApiVersion(apiVersion), kind, namespace, name };
}

/** The key with the kind as the server writes it: `deployment` is taken for `Deployment`. */
async function servedKey(kube: KubeClient, key: ObjectKey): Promise<ObjectKey> {
  const word = key.kind.toLowerCase();
  const served = (await kube.resources()).find(({ group, kind }) => group === key.group && kind.toLowerCase() === word);
  return served ? { ...key, kind: served.kind } : key;
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", hint: "see --help" });
}
