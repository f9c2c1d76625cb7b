import { randomUUID } from "node:crypto";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { RegistryEvent, RegistryOptions } from "./registry.ts";

/** Where content went in or out. */
export type NotifiedTarget = RegistryEvent["target"];

/** Tells the world what happened to content. */
export interface Notifier {
  notify(action: RegistryEvent["action"], target: NotifiedTarget, request?: IncomingMessage): void;
  events(): readonly RegistryEvent[];
  /** Resolves when nothing is left to deliver. */
  delivered(): Promise<void>;
}

const attempts = 3;
const timeoutMs = 5_000;
const maxEvents = 10_000;
const eventsType = "application/vnd.docker.distribution.events.v1+json";

/** Delivers to the webhooks one after the other. Source: docker-distribution, "Work with notifications". */
export function createNotifier(options: RegistryOptions, source: () => RegistryEvent["source"]["addr"]): Notifier {
  const events: RegistryEvent[] = [];
  const instanceID = randomUUID();
  let queue: Promise<void> = Promise.resolve();
  const deliver = async (event: RegistryEvent): Promise<void> => {
    const body = JSON.stringify({ events: [event] });
    for (const webhook of options.webhooks ?? []) {
      for (let attempt = 1; attempt <= attempts; attempt++) if (await post(webhook, body)) break;
    }
  };
  return {
    notify(action, target, request) {
      const event: RegistryEvent = {
        id: randomUUID(),
        timestamp: new Date(options.now?.() ?? Date.now()).toISOString(),
        action,
        target,
        request: describeRequest(request),
        actor: options.auth ? { name: options.auth.username } : {},
        source: { addr: source(), instanceID },
      };
      events.push(event);
      if (events.length > maxEvents) events.shift();
      options.onEvent?.(event);
      if (options.webhooks?.length) queue = queue.then(() => deliver(event));
    },
    events: () => events,
    async delivered() {
      let last: Promise<void> | undefined;
      while (last !== queue) {
        last = queue;
        await last;
      }
    },
  };
}

function describeRequest(request: IncomingMessage | undefined): RegistryEvent["request"] {
  return {
    id: randomUUID(),
    addr: request ? `${request.socket.remoteAddress ?? ""}:${request.socket.remotePort ?? ""}` : "",
    host: request?.headers.host ?? "",
    method: request?.method ?? "PUT",
    useragent: request?.headers["user-agent"] ?? "",
  };
}

/** Whether the receiver took it. */
function post(
  { url, headers }: { url: string; headers?: Readonly<Record<string, string>> },
  body: string,
): Promise<boolean> {
  return new Promise((resolve) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(
      url,
      { method: "POST", headers: { ...headers, "content-type": eventsType }, timeout: timeoutMs },
      (response) => {
        response.resume();
        response.once("end", () => resolve((response.statusCode ?? 500) < 400));
        response.once("error", () => resolve(false));
      },
    );
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
    request.end(body);
  });
}
