import { kinds, crdOf, requestedAtAnnotation } from "@eddy/api";
import { uniqueTime } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import { refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { withoutUserInfo } from "@eddy/git";
import { connect, hasReason, parseKubeconfig, resolveContext, type KubeClient, type KubeConfig } from "@eddy/kube";
import type { Inbox } from "@eddy/inbox";
import type { Playground, PlaygroundOptions } from "@eddy/playground";
import { startServer, type Server } from "@eddy/server";
import { join } from "node:path";
import type { CommandContext } from "../command/context.ts";
import { bootstrapObjects, chartObjects } from "./bootstrap-objects.ts";
import { guideText } from "./guide.ts";
import { narrate } from "./narrate.ts";
import { notificationObjects } from "./notification-objects.ts";
import { jsonProgress, textProgress, type Progress, type ReadyReport } from "./progress.ts";
import { awaitAllReady } from "./await-all-ready.ts";

/** What `eddy up` was asked for. */
export interface UpOptions {
  dataDir: string;
  fresh: boolean;
  /** A URL or a local folder; the sample when undefined. */
  repository: string | undefined;
  branch: string;
  path: string | undefined;
  /** As upstream's guide for multi-tenancy has it: `--no-cross-namespace-refs`, `--default-service-account=default`. */
  lockdown: boolean;
  port: number | undefined;
  exitWhenReady: boolean;
  output: "text" | "json";
}

const fieldManager = "eddy-up";

/** Starts everything, tells when it is ready, and stays until the context's signal; resolves with the exit code. */
export async function runUp(options: UpOptions, context: CommandContext): Promise<number> {
  const progress =
    options.output === "json"
      ? jsonProgress(context.io.stdout, { onlyReport: options.exitWhenReady })
      : textProgress(context.status, context.io.stdout);
  const running: { stop(): Promise<void> }[] = [];
  try {
    await bringUp(options, context, progress, running);
    if (!options.exitWhenReady) await aborted(context.signal);
    return 0;
  } finally {
    progress.stopping();
    await stopAll(running.toReversed());
  }
}

/** Stops each, also after one that failed; throws the first failure at the end. */
async function stopAll(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) await part.stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function bringUp(
  options: UpOptions,
  context: CommandContext,
  progress: Progress,
  running: { stop(): Promise<void> }[],
): Promise<void> {
  progress.starting("starting the control plane and the Git server");
  let onPush = (): void => {};
  let onImagePush = (_event: unknown): void => {};
  const playground = await playgroundOf(options, {
    onPush: () => onPush(),
    onImagePush: (event) => onImagePush(event),
  });
  running.push(playground);
  progress.started(`control plane at ${playground.controlPlane.url}`, playground.controlPlane.readyMs);
  const kubeConfig = resolveContext(parseKubeconfig(playground.controlPlane.kubeconfig));
  const kube = connect(kubeConfig);
  running.push({ stop: async () => kube.close() });
  const origin = options.repository === undefined ? "sample" : isUrl(options.repository) ? "remote" : "local";
  const url = isUrl(options.repository) ? options.repository : playground.repositoryUrl;
  await applyAll(
    kube,
    kinds.map((kind) => crdOf(kind) as unknown as KubeObject),
  );
  const { server, firstAppliedMs } = await startControllers(kubeConfig, options, progress, running);
  onImagePush = (event) => void tellOfImage(server, event);
  const path = options.path ?? (origin === "sample" ? "./clusters/demo" : "./");
  const charts = origin === "sample" && playground.charts ? chartObjects(playground.charts) : [];
  // A remote repository has its own; a local one is told of it by a ConfigMap.
  const inbox = origin === "remote" ? undefined : await startInbox(running);
  const notifications = inbox && origin === "sample" ? notificationObjects(inbox.url) : [];
  const bootstrap = bootstrapObjects(
    { url, branch: options.branch, path },
    { lockdown: options.lockdown, inboxUrl: inbox?.url },
  );
  await applyAll(kube, [...bootstrap, ...charts, ...notifications]);
  onPush = () => void requestReconcile(kube, url).catch((error: unknown) => context.status.failure(messageOf(error)));
  await awaitAllReady(kube, {
    signal: context.signal,
    timeoutMs: options.exitWhenReady ? context.flags.timeout : undefined,
    clock: context.clock,
    onReady: (object) => progress.started(object, performance.now()),
  });
  const repositoryUrl = withoutUserInfo(url);
  const report: ReadyReport = {
    controlPlaneReadyMs: Math.round(playground.controlPlane.readyMs),
    firstAppliedMs: firstAppliedMs(),
    readyMs: Math.round(performance.now()),
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    kubeconfig: playground.kubeconfigPath,
    repositoryUrl,
  };
  progress.ready(
    report,
    guideText({ repositoryUrl, kubeconfig: playground.kubeconfigPath, origin, inboxUrl: inbox?.url }),
  );
}

async function startInbox(running: { stop(): Promise<void> }[]): Promise<Inbox> {
  const { startInbox: start } = await import("@eddy/inbox");
  const inbox = await start();
  running.push(inbox);
  return inbox;
}

/** As a registry tells of a push. Nobody listens before there is an image that is updated: its first look finds it. */
async function tellOfImage({ updatesUrl }: Server, event: unknown): Promise<void> {
  if (updatesUrl === undefined) return;
  const body = JSON.stringify({ events: [event] });
  await fetch(`${updatesUrl}/v1/webhooks/registry`, { method: "POST", body }).catch(() => undefined);
}

async function playgroundOf(
  options: UpOptions,
  told: Pick<PlaygroundOptions, "onPush" | "onImagePush">,
): Promise<Playground> {
  const { startPlayground } = await import("@eddy/playground");
  const local =
    options.repository !== undefined && !isUrl(options.repository) ? { localRepository: options.repository } : {};
  const port = options.port === undefined ? {} : { port: options.port };
  return startPlayground({ dataDir: options.dataDir, fresh: options.fresh, ...told, ...local, ...port });
}

/** Starts the controllers; `firstAppliedMs` says when the first objects were applied, if they were. */
async function startControllers(
  kubeConfig: KubeConfig,
  options: UpOptions,
  progress: Progress,
  running: { stop(): Promise<void> }[],
): Promise<{ server: Server; firstAppliedMs: () => number | null }> {
  progress.starting("starting the controllers");
  const server: Server = await startServer({
    kubeConfig,
    storagePath: join(options.dataDir, "storage"),
    storageAddr: "127.0.0.1:0",
    metricsAddr: "127.0.0.1:0",
    healthAddr: "127.0.0.1:0",
    updatesAddr: "127.0.0.1:0",
    logLevel: "info",
    writeLog: () => {},
    ...(options.lockdown ? { noCrossNamespaceRefs: true, defaultServiceAccount: "default" } : {}),
  });
  running.push(server);
  let firstAppliedMs: number | null = null;
  server.events.subscribe((event) => {
    const narration = narrate(event, new Date());
    if (!narration) return;
    if (narration.happening === "applied") firstAppliedMs ??= Math.round(performance.now());
    progress.happened(narration);
  });
  progress.started(
    `controllers (health ${server.healthUrl ?? "off"}, metrics ${server.metricsUrl ?? "off"})`,
    performance.now(),
  );
  return { server, firstAppliedMs: () => firstAppliedMs };
}

/** One after the other: a namespace stands before what lives in it. */
async function applyAll(kube: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await kube.apply(object, { fieldManager, force: true });
}

/** Asks for every source of this repository: tenants have sources of their own. */
async function requestReconcile(kube: KubeClient, url: string): Promise<void> {
  const { items } = await kube.list({ group: "source.toolkit.fluxcd.io", kind: "GitRepository" });
  const annotations = { [requestedAtAnnotation]: uniqueTime(Date.now()) };
  const sources = items.filter((source) => valueAt(source, "spec", "url") === url);
  await Promise.all(
    sources.map(async (source) =>
      kube.patch(refOf(source), "merge", { metadata: { annotations } }).catch((error: unknown) => {
        if (!hasReason(error, "NotFound")) throw error;
      }),
    ),
  );
}

function isUrl(repository: string | undefined): repository is string {
  if (repository === undefined) return false;
  if (/^(https?|ssh):\/\//.test(repository)) return true;
  if (!/^[a-z+]+:\/\//.test(repository)) return false;
  throw new EddyError("USAGE", `cannot follow "${repository}": want http://, https://, ssh:// or a local folder`, {
    class: "terminal",
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
