import { eddyGroup, kindOf, requestedAtAnnotation } from "@eddy/api";
import { uniqueTime } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { hasReason } from "@eddy/kube";
import type { ControllerEnvironment, ControllerHandle, MarkedObjects } from "@eddy/runtime/controller";
import { createDataStore } from "@eddy/runtime/data";
import type { Listening, ListenOptions } from "@eddy/runtime/http-server";
import { startApprovalLoop } from "./approval/approval-loop.ts";
import { askVoters } from "./approval/ask-voters.ts";
import { decisionEvent } from "./approval/decision-event.ts";
import { voterMessages } from "./approval/tell-voters.ts";
import type { RoutePorts } from "./endpoint/route.ts";
import { createSeenCalls } from "./endpoint/seen-calls.ts";
import { readSettings, settingsSecret } from "./endpoint/settings.ts";
import { startEndpoint } from "./endpoint/start-endpoint.ts";
import type { SlackSocket } from "./slack/slack-socket.ts";
import { startUpdates, type UpdateOptions, type UpdatesHandle } from "./start.ts";

/** What both halves need besides the environment. */
export interface UpdatesControllerOptions extends UpdateOptions {
  /** Where webhooks, votes and chats come in; absent: nowhere. */
  readonly listen?: ListenOptions | undefined;
  /** Where Eddy runs: there the Secret `eddy-updates` is. */
  readonly runtimeNamespace: string;
  /** Called with the port once the endpoint listens. */
  readonly onListening?: (port: number) => void;
}

/** Updates by labels, and Approvals of whatever asks for them: each half starts when it is used, and the endpoint with the first. */
export interface UpdatesController {
  startUpdates(environment: ControllerEnvironment, marked: MarkedObjects): ControllerHandle;
  startApprovals(environment: ControllerEnvironment): ControllerHandle;
}

/** A controller of which nothing runs yet. */
export function createUpdatesController(options: UpdatesControllerOptions): UpdatesController {
  let updates: UpdatesHandle | undefined;
  let endpoint: Promise<Listening | undefined> | undefined;
  let socket: Promise<SlackSocket> | undefined;
  let users = 0;
  const hint = (repository: string, tag: string | undefined): number => updates?.loop.hint(repository, tag) ?? 0;
  const use = (environment: ControllerEnvironment): void => {
    users++;
    endpoint ??= openEndpoint(environment, options, hint);
    socket ??= openSlackSocket(environment, options);
  };
  const leave = async (): Promise<void> => {
    users--;
    if (users > 0) return;
    const [listening, connected] = await Promise.all([endpoint, socket]);
    [endpoint, socket] = [undefined, undefined];
    await listening?.stop();
    await connected?.stop();
  };
  return {
    startUpdates(environment, marked) {
      use(environment);
      const handle = startUpdates(environment, marked, options);
      updates = handle;
      return {
        ...handle,
        async stop() {
          updates = undefined;
          await handle.stop();
          await leave();
        },
      };
    },
    startApprovals(environment) {
      use(environment);
      const http = createHttpClient({ clock: environment.clock });
      const { settings } = routePorts(environment, options, hint);
      const stopped = new AbortController();
      const { signal } = stopped;
      const loop = startApprovalLoop({
        ...environment,
        onApproved: (subject) => wake(subject, updates, environment),
        onDecided: (approval) => environment.events.publish(decisionEvent(approval, environment.clock.now())),
        tell: async (approval) =>
          askVoters(voterMessages(approval, await settings()), { ...environment, http, signal }),
      });
      return {
        started: Promise.resolve(),
        request: () => undefined,
        idle: () => loop.idle(),
        async stop() {
          await loop.stop();
          stopped.abort(new Error("the controller was stopped"));
          http.close();
          await leave();
        },
      };
    },
  };
}

function routePorts(
  { kube, caches, clock, logger, masker }: ControllerEnvironment,
  { runtimeNamespace }: UpdatesControllerOptions,
  hint: RoutePorts["hint"],
): RoutePorts {
  const data = createDataStore({ kube, caches });
  const own = logger.with({ controller: "updates" });
  return {
    kube,
    clock,
    logger: own,
    hint,
    seen: createSeenCalls(clock),
    settings: () => readSettings(data, runtimeNamespace, masker),
  };
}

/** Who has tokens needs no address that Slack could call. */
async function openSlackSocket(
  environment: ControllerEnvironment,
  options: UpdatesControllerOptions,
): Promise<SlackSocket> {
  const { caches, clock, masker } = environment;
  const { startSlackSocket } = await import("./slack/slack-socket.ts");
  const http = createHttpClient({ clock });
  const secrets = caches.of({ group: "", kind: "Secret" }, { metadataOnly: true });
  const socket = startSlackSocket({
    ...routePorts(environment, options, () => 0),
    http,
    masker,
    random: environment.random,
    onSettings: (listener) =>
      secrets.subscribe(({ before, after }) => {
        const { namespace, name } = (after ?? before)?.metadata ?? {};
        if (namespace === options.runtimeNamespace && name === settingsSecret) listener();
      }),
  });
  return {
    ...socket,
    async stop() {
      await socket.stop();
      http.close();
    },
  };
}

async function openEndpoint(
  environment: ControllerEnvironment,
  options: UpdatesControllerOptions,
  hint: RoutePorts["hint"],
): Promise<Listening | undefined> {
  if (!options.listen) return undefined;
  const ports = routePorts(environment, options, hint);
  const http = createHttpClient({ clock: environment.clock });
  const answerSlack = (url: string, text: string): void => void answerButton(url, text, { ...ports, http });
  try {
    const endpoint = await startEndpoint(options.listen, { ...ports, answerSlack });
    options.onListening?.(endpoint.port);
    environment.logger.log("info", "listening for pushes and votes", { port: endpoint.port });
    return {
      ...endpoint,
      async stop() {
        await endpoint.stop();
        http.close();
      },
    };
  } catch (error) {
    environment.logger.log("error", "listen for pushes and votes failed: choose another address with --updates-addr", {
      error: messageOf(error),
    });
    return undefined;
  }
}

async function answerButton(
  url: string,
  text: string,
  { settings, http, logger }: Pick<RoutePorts, "settings" | "logger"> & { http: HttpClient },
): Promise<void> {
  try {
    const [{ postAnswer }, { slackApi }] = await Promise.all([
      import("./slack/answer-request.ts"),
      import("./slack/slack-tokens.ts"),
    ]);
    const api = slackApi((await settings()).slackApiUrl);
    await postAnswer(url, text, api, { http, logger, signal: new AbortController().signal });
  } catch (error) {
    // HttpErrors name no path: what is in it lets anybody write there.
    logger.log("error", "answer in Slack failed", { error: messageOf(error) });
  }
}

/** Whoever asked for votes looks again: updates at once, controllers of other kinds by the annotation that asks for a pass. */
function wake(
  subject: ObjectRef,
  updates: UpdatesHandle | undefined,
  { kube, clock, logger }: ControllerEnvironment,
): void {
  if (!kindOf(subject) && subject.group !== eddyGroup) return updates?.loop.look(subject, "approved");
  updates?.loop.look(subject, "approved");
  const annotations = { [requestedAtAnnotation]: uniqueTime(clock.now()) };
  kube
    .patch(subject, "merge", { metadata: { annotations } }, { fieldManager: "eddy-approvals" })
    .catch((error: unknown) => {
      if (!hasReason(error, "NotFound", "NoKindMatch"))
        logger.log("error", "ask for a pass after an approval failed", { error: messageOf(error) });
    });
}
