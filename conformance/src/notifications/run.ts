import { isObject } from "@eddy/core/json";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, notificationGroup, webhookPath, type Receiver } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { isTrue } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { startControlPlane } from "@eddy/control-plane";
import { startInbox, type Inbox, type InboxAnswer, type InboxMessage } from "@eddy/inbox";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import type { Report, SuiteOptions } from "../suite.ts";
import { startRealControlPlane } from "../real-control-plane.ts";
import { upstreamProgram } from "../upstream.ts";
import { startOurs, startTheirs, type Notifier } from "./notifiers.ts";
import { notCompared, providerCases, type ProviderCase } from "./provider-cases.ts";
import { receiverCases, receiverToken, type ReceiverCase } from "./receiver-cases.ts";

const namespace = "conformance";
const comparedHeaders = [
  "content-type",
  "authorization",
  "gotk-component",
  "x-signature",
  "private-token",
  "dd-api-key",
  "x-team",
];

interface World {
  kube: KubeClient;
  inbox: Inbox;
  ours: Notifier;
  theirs: Notifier;
  report: Report;
}

/** Runs both against the real control plane where it is built, else the embedded one. */
export async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "notification-controller");
  if (program === undefined)
    return report.skip("notifications", "notification-controller is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-notifications-"));
  const real = await startRealControlPlane(
    options.upstreamBin === undefined ? {} : { upstreamBin: options.upstreamBin },
  );
  const plane = real ?? (await startControlPlane({}));
  report.note(real ? "on the real control plane" : "on the embedded control plane");
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const inbox = await startInbox({ answer: answerAsForge });
  const stops: (() => Promise<void>)[] = [];
  try {
    await install(kube);
    const ours = await startOurs(kube);
    stops.push(ours.stop);
    const theirs = await startTheirs(program, plane.kubeconfig, folder);
    stops.push(theirs.stop);
    const world: World = { kube, inbox, ours, theirs, report };
    const wanted = (name: string): boolean => options.filter === undefined || name.includes(options.filter);
    for (const each of providerCases.filter(({ type }) => wanted(type))) await compareProvider(each, world);
    for (const [type, why] of Object.entries(notCompared)) report.skip(`provider ${type}`, why);
    const calls = receiverCases.filter(({ type, name }) => wanted(`${type}: ${name}`));
    for (const [index, each] of calls.entries()) await compareReceiver(each, `receiver-${index}`, world);
  } catch (error) {
    report.fail("notifications", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2_000)}`);
  } finally {
    for (const stop of stops) await stop();
    await inbox.stop();
    kube.close();
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the SDKs of forges want to be told before they do anything. */
function answerAsForge({ method, path }: InboxMessage): InboxAnswer | undefined {
  if (path.endsWith("/version")) return { body: { version: "1.22.0" } };
  if (path.endsWith("/user")) return { body: { id: 1, login: "me", username: "me" } };
  if (path.includes("/builds?")) return { status: 404, body: {} };
  if (path.endsWith("/dispatches")) return { status: 204, body: "" };
  return method === "POST" && path.includes("/v2/") ? { status: 202, body: { status: "success" } } : undefined;
}

async function install(kube: KubeClient): Promise<void> {
  const wanted = kinds.filter(({ kind, group }) => group === notificationGroup || kind === "GitRepository");
  for (const kind of wanted) await kube.apply(crdOf(kind), { fieldManager: "conformance", force: true });
  for (const { group, kind } of wanted)
    await until(async () => (await kube.resourceFor({ group, kind }, { force: true })) !== undefined);
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const repository = { url: "https://git.example.com/app", interval: "1h" };
  await create(kube, "source.toolkit.fluxcd.io/v1", "GitRepository", "app", { spec: repository });
  await create(kube, "v1", "Secret", "token", { stringData: { token: receiverToken } });
}

async function create(kube: KubeClient, apiVersion: string, kind: string, name: string, rest: object): Promise<void> {
  await kube.create({ apiVersion, kind, metadata: { name, namespace }, ...rest } as never);
}

async function compareProvider(
  { type, path, spec = {}, secret, annotations = {}, ours: onlyOurs = [] }: ProviderCase,
  world: World,
): Promise<void> {
  const { kube, inbox, report } = world;
  const name = type.replaceAll(".", "-");
  const group = `${notificationGroup}/v1beta3`;
  if (secret) await create(kube, "v1", "Secret", name, { stringData: secret });
  const secretRef = secret ? { secretRef: { name } } : {};
  await create(kube, group, "Provider", name, {
    spec: { type, address: `${inbox.url}${path}`, ...secretRef, ...spec },
  });
  const eventSources = [{ kind: "GitRepository", name }];
  await create(kube, group, "Alert", name, { spec: { providerRef: { name }, eventSeverity: "info", eventSources } });
  for (const severity of ["info", "error"] as const) {
    const event = eventOf(name, severity, annotations);
    const ours = (await sentBy(world.ours, event, inbox, undefined)).map((message) => without(message, onlyOurs));
    const theirs = await sentBy(world.theirs, event, inbox, ours.length);
    const label = `provider ${type}: ${severity}`;
    if (ours.length > 0 && deepEqual(ours, theirs)) report.pass(label);
    else report.fail(label, `ours ${JSON.stringify(ours, null, 1)}\ntheirs ${JSON.stringify(theirs, null, 1)}`);
  }
}

function eventOf(name: string, severity: "info" | "error", annotations: Readonly<Record<string, string>>): object {
  const metadata = Object.entries(annotations).map(([key, value]) => [`event.toolkit.fluxcd.io/${key}`, value]);
  return {
    involvedObject: {
      kind: "GitRepository",
      namespace,
      name,
      uid: "6e5ff2b2-1b6c-4a0c-9d3c-2f0f6f9e7c11",
      apiVersion: "source.toolkit.fluxcd.io/v1",
      resourceVersion: "42",
    },
    severity,
    timestamp: "2026-11-21T12:00:00.123456Z",
    message: `stored artifact <${severity}> & more\nsecond line`,
    reason: severity === "info" ? "NewArtifact" : "GitOperationFailed",
    // One member: the order of more is by chance where they become a list.
    metadata:
      metadata.length > 0 ? Object.fromEntries(metadata) : { "source.toolkit.fluxcd.io/revision": "main@sha1:abc" },
    reportingController: "source-controller",
    reportingInstance: "source-controller-0",
  };
}

/** What writes; what is read on the way is an SDK's business. */
async function sentBy(notifier: Notifier, event: object, inbox: Inbox, count: number | undefined): Promise<unknown[]> {
  inbox.clear();
  const post = { method: "POST", body: JSON.stringify(event) };
  const writes = (message: InboxMessage): boolean => ["POST", "PUT", "PATCH"].includes(message.method);
  // A cache that does not know the alert yet takes the event and forgets it: other news bring it again.
  for (let attempt = 0; attempt < 40; attempt++) {
    const body = JSON.stringify({
      ...event,
      metadata: { ...(event as { metadata: object }).metadata, [tokenKey]: String(Math.random()) },
    });
    const { status } = await fetch(notifier.eventsUrl, { ...post, body });
    if (status !== 202) throw new Error(`an event was answered with ${status}`);
    await notifier.idle();
    const want = count ?? 1;
    await Promise.race([
      inbox.received(Math.max(1, want), writes),
      delay(systemClock, count === undefined ? 200 : 1_500),
    ]);
    if (inbox.messages().filter(writes).length >= Math.max(1, want)) break;
  }
  return inbox.messages().filter(writes).map(comparable);
}

/** A message without members of its body. */
function without(message: unknown, members: readonly string[]): unknown {
  const { body, ...rest } = message as { body: unknown };
  if (members.length === 0 || !isObject(body)) return message;
  return { ...rest, body: Object.fromEntries(Object.entries(body).filter(([name]) => !members.includes(name))) };
}

const tokenKey = "source.toolkit.fluxcd.io/token";

function comparable({ method, path, headers, body }: InboxMessage): unknown {
  const shown = Object.fromEntries(comparedHeaders.map((name) => [name, headers[name]]));
  let value: unknown = body;
  try {
    value = JSON.parse(body);
  } catch {
    // A form.
  }
  // What Go's URL leaves as it is, others escape.
  return {
    method,
    path: decodeURIComponent(path),
    headers: { ...shown, "content-type": shown["content-type"]?.toString().split(";")[0] },
    body: value,
  };
}

async function compareReceiver(each: ReceiverCase, name: string, world: World): Promise<void> {
  const { kube, report } = world;
  const { type, spec = {}, headers = {}, body, method = "POST", suffix = "" } = each;
  const resources = [{ kind: "GitRepository", name: "app" }];
  const full = { type, secretRef: { name: "token" }, resources, ...spec };
  await create(kube, `${notificationGroup}/v1`, "Receiver", name, { spec: { ...full, suspend: false } });
  const ref = { group: notificationGroup, version: "v1", kind: "Receiver", namespace, name };
  await until(async () => isTrue((await kube.get<Receiver>(ref)).status?.conditions, "Ready"));
  if (spec.suspend) await kube.patch(ref, "merge", { spec: { suspend: true } } as never);
  const path = `${webhookPath(receiverToken, name, namespace)}${suffix}`;
  const call = async ({ webhooksUrl }: Notifier): Promise<number> => {
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    return (await fetch(`${webhooksUrl}${path}`, request)).status;
  };
  // Both caches must have the receiver as it is.
  if (suffix === "") {
    for (const side of [world.ours, world.theirs])
      await until(async () => {
        const { status } = await fetch(`${side.webhooksUrl}${path}`, { method: "POST", body: "" });
        return spec.suspend ? status === 503 : status !== 404 && status !== 503;
      });
  }
  /** The answer, and whether a pass of the object was asked for. */
  const outcomeOf = async (side: Notifier): Promise<string> => {
    const before = await requestedAt(kube);
    const status = await call(side);
    return `${status}${(await requestedAt(kube)) === before ? "" : ", asks for a pass"}`;
  };
  const [ours, theirs] = [await outcomeOf(world.ours), await outcomeOf(world.theirs)];
  const label = `receiver ${type}: ${each.name}`;
  if (ours === theirs) report.pass(label);
  else report.fail(label, `ours ${ours}, theirs ${theirs}`);
}

async function requestedAt(kube: KubeClient): Promise<string | undefined> {
  const ref = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace, name: "app" };
  return (await kube.get(ref)).metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
}

async function until(look: () => Promise<boolean>): Promise<void> {
  let last: unknown = "nothing yet";
  for (const end = performance.now() + 30_000; performance.now() < end; await delay(systemClock, 50)) {
    try {
      if (await look()) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited too long: ${messageOf(last)}`);
}
