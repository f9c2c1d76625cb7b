import { EddyError, messageOf } from "@eddy/core/errors";
import type { PostRenderer } from "@eddy/helm";
import type { KubeClient } from "@eddy/kube";
import {
  createReleaseStorage,
  ReleaseError,
  releaseNameProblem,
  type Release,
  type ReleasePorts,
  type ReleaseStorage,
} from "@eddy/runtime/helm";
import { createChartRenderer, createPooledRenderer } from "@eddy/runtime/rendering";
import type { CommandContext } from "../command/context.ts";
import { describeFailure } from "../describe-failure.ts";

/** The namespace of a release: `--namespace`, HELM_NAMESPACE, or that of the kubeconfig's context. */
export async function releaseNamespace({ flags, io, kubeConfig }: CommandContext): Promise<string> {
  const chosen = flags.namespace ?? io.env["HELM_NAMESPACE"];
  if (chosen !== undefined && chosen !== "") return chosen;
  const { namespace } = await kubeConfig();
  return namespace === "" ? "default" : namespace;
}

/** Where HELM_DRIVER says that releases are. @throws EddyError STORAGE_DRIVER (terminal) for other drivers than Secrets and ConfigMaps. */
export function storageOf(kube: KubeClient, namespace: string, { io, clock }: CommandContext): ReleaseStorage {
  const driver = (io.env["HELM_DRIVER"] ?? "").toLowerCase().replace(/s$/, "");
  if (driver !== "" && driver !== "secret" && driver !== "configmap") {
    const why = otherDrivers[driver] ?? `unknown driver ${JSON.stringify(driver)}`;
    throw new EddyError("STORAGE_DRIVER", `open storage: ${why}; want secret or configmap in HELM_DRIVER`, {
      class: "terminal",
    });
  }
  return createReleaseStorage(kube, { namespace, clock, ...(driver === "configmap" ? { driver } : {}) });
}

/** What Helm has and Eddy does not. */
const otherDrivers: Readonly<Record<string, string>> = {
  memory: "the driver memory forgets a release with the command that made it, which --dry-run does too",
  sql: "the driver sql is not supported: releases are kept in the cluster",
};

/** The world of an action, as the command line has it. Unless `offline`, the cluster is asked whether it is there. */
export async function releasePorts(
  context: CommandContext,
  { offline = false, postRenderer }: { offline?: boolean; postRenderer?: PostRenderer | undefined } = {},
): Promise<ReleasePorts & { namespace: string }> {
  const { kube, namespace } = await (offline ? standIn(context) : connect(context));
  const { clock, signal, status, flags } = context;
  return {
    namespace,
    kube,
    storage: storageOf(kube, namespace, context),
    clock,
    signal,
    // Its threads end with the process.
    render: createPooledRenderer(createChartRenderer({ clock }), kube, {
      onWarning: (line) => status.plain(`level=WARN msg=${JSON.stringify(line)}`),
      ...(postRenderer === undefined ? {} : { postRenderer }),
    }),
    ...(flags.verbose ? { onLog: (line: string) => status.plain(`level=DEBUG msg=${JSON.stringify(line)}`) } : {}),
  };
}

/** A cluster, and the namespace in it. */
interface Place {
  kube: KubeClient;
  namespace: string;
}

async function connect(context: CommandContext): Promise<Place> {
  const kube = await context.kube();
  try {
    await kube.version();
  } catch (error) {
    throw new EddyError("CLUSTER_UNREACHABLE", `kubernetes cluster unreachable: ${messageOf(error)}`, { cause: error });
  }
  return { kube, namespace: await releaseNamespace(context) };
}

/** For what asks nothing of a cluster: that of the kubeconfig, or where there is none a server that is nowhere, as in Helm 4. */
async function standIn(context: CommandContext): Promise<Place> {
  try {
    return { kube: await context.kube(), namespace: await releaseNamespace(context) };
  } catch (error) {
    const isMissing = error instanceof EddyError && error.code === "KUBECONFIG_NOT_FOUND";
    if (!isMissing || context.flags.kubeconfig !== undefined) throw error;
    const { connect: open } = await import("@eddy/kube");
    const config = { context: "", namespace: "default", cluster: { server: "http://localhost:8080" }, user: {} };
    return {
      kube: open(config, { clock: context.clock }),
      namespace: context.flags.namespace ?? (context.io.env["HELM_NAMESPACE"] || "default"),
    };
  }
}

/** Runs a command and prints what goes wrong as Helm does: `Error: <lead>: <message>`, with exit code 1. */
export async function runHelm(
  context: CommandContext,
  lead: string | (() => string),
  action: () => Promise<void>,
): Promise<number> {
  try {
    await action();
    return 0;
  } catch (error) {
    const { message, hint } = describeFailure(error, { verbose: context.flags.verbose });
    const words = typeof lead === "string" ? lead : lead();
    context.status.plain(`Error: ${words === "" ? "" : `${words}: `}${message}`);
    if (hint !== undefined) context.status.plain(`  ${hint}`);
    return 1;
  }
}

/** The error of a name or revision that storage does not have. */
export function notFound(): ReleaseError {
  return new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { class: "terminal" });
}

/** A revision of a release, 0 for the newest. @throws ReleaseError RELEASE_NOT_FOUND. */
export async function readRelease(storage: ReleaseStorage, name: string, revision: number): Promise<Release> {
  if (releaseNameProblem(name) !== undefined) {
    const text = `releaseContent: Release name is invalid: ${name}`;
    throw new ReleaseError("RELEASE_NAME_INVALID", text, { class: "terminal" });
  }
  const release = await (revision <= 0 ? storage.last(name) : storage.get(name, revision));
  if (!release) throw notFound();
  return release;
}
