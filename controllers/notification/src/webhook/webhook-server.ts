import { createServer, type IncomingMessage } from "node:http";
import type { Receiver } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import { limitLines } from "@eddy/core/log";
import type { KindCache } from "@eddy/runtime/controller";
import type { DataStore } from "@eddy/runtime/data";
import { listen, readBody, type Listening } from "@eddy/runtime/http-server";
import { maxBodyBytes } from "../max-body-bytes.ts";
import { requestPasses, type RequestPassesPorts } from "./request-passes.ts";
import type { TokenVerifier } from "./token-verifier.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";
import { WebhookRefusal, type VerifyContext, type WebhookRequest } from "./webhook-request.ts";
import { verifications } from "./verify/registry.ts";

/** What answering needs. */
export interface WebhookServerOptions extends RequestPassesPorts {
  port: number;
  host?: string | undefined;
  receivers: Pick<KindCache<Receiver>, "list" | "subscribe">;
  data: DataStore;
  tokens: TokenVerifier;
}

const maxHeaderBytes = 256 * 1024;
const readTimeoutMs = 10_000;
/** Measured: decision 9. */
const callsPerTurn = 4;

/**
 * Answers 404 for a path that is nobody's, before anything is read; 503 for a receiver that is suspended or not ready; 400 for a
 * call that does not prove itself; 413 beyond 3 MiB; 200 when every object was asked, else 500. Refusals of one receiver are logged once
 * a second. Source: flux2.md 3.8 "Receivers".
 */
export async function startWebhookServer(given: WebhookServerOptions): Promise<Listening> {
  // Whoever knows an address causes lines; what they are told apart by is what receivers name.
  const logger = limitLines(given.logger, { clock: given.clock, by: ["receiver", "resource"] });
  const options = { ...given, logger, turnstile: createTurnstile(callsPerTurn) };
  const byPath = indexByPath(options.receivers);
  const server = createServer({ maxHeaderSize: maxHeaderBytes, requestTimeout: readTimeoutMs }, (request, response) => {
    const receiver = byPath(request.url ?? "");
    // The connection of whoever guesses paths is not worth keeping, nor is his body worth reading.
    if (!receiver) return void response.writeHead(404).end();
    answer(receiver, request, options).then(
      (status) => void response.writeHead(status, status === 413 ? { connection: "close" } : {}).end(),
      (error: unknown) => {
        const name = `${receiver.metadata.namespace}/${receiver.metadata.name}`;
        options.logger.log("error", "unable to process a webhook", { receiver: name, error: messageOf(error) });
        response.writeHead(500).end();
      },
    );
  });
  return listen(server, options);
}

/**
 * Receivers by the path in their status, kept up to date. Of several that claim one path it is the oldest's: whoever may write a status
 * takes nobody's calls by that.
 */
function indexByPath(receivers: WebhookServerOptions["receivers"]): (path: string) => Receiver | undefined {
  const byPath = new Map<string, Receiver[]>();
  const remove = ({ status, metadata }: Receiver): void => {
    const path = status?.webhookPath ?? "";
    const others = (byPath.get(path) ?? []).filter((other) => other.metadata.uid !== metadata.uid);
    if (others.length > 0) byPath.set(path, others);
    else byPath.delete(path);
  };
  const add = (receiver: Receiver): void => {
    const path = receiver.status?.webhookPath;
    if (path) byPath.set(path, [...(byPath.get(path) ?? []), receiver].sort(byAge));
  };
  for (const receiver of receivers.list()) add(receiver);
  receivers.subscribe(({ before, after }) => {
    if (before) remove(before);
    if (after) add(after);
  });
  return (path) => byPath.get(path)?.[0];
}

function byAge({ metadata: left }: Receiver, { metadata: right }: Receiver): number {
  return (
    compareText(left.creationTimestamp ?? "", right.creationTimestamp ?? "") ||
    compareText(left.uid ?? "", right.uid ?? "")
  );
}

async function answer(
  receiver: Receiver,
  request: IncomingMessage,
  options: WebhookServerOptions & { turnstile: Turnstile },
): Promise<number> {
  const name = `${receiver.metadata.namespace}/${receiver.metadata.name}`;
  if (receiver.spec.suspend || !isTrue(receiver.status?.conditions, "Ready")) {
    options.logger.log("error", "unable to process request", {
      receiver: name,
      why: receiver.spec.suspend ? "suspended" : "not ready",
    });
    return 503;
  }
  const body = await readBody(request, maxBodyBytes);
  if (!body) return 413;
  const turn = options.turnstile.pass();
  if (turn) await turn;
  try {
    const verified = await verify(receiver, { headers: request.headers, body }, options);
    return (await requestPasses(receiver, verified, { ...options, traceparent: traceparentOf(request) })) ? 200 : 500;
  } catch (error) {
    if (!(error instanceof WebhookRefusal)) throw error;
    options.logger.log("error", "unable to validate payload", { receiver: name, error: error.message });
    return 400;
  }
}

function traceparentOf({ headers }: IncomingMessage): string | undefined {
  const value = headers["traceparent"];
  return Array.isArray(value) ? value[0] : value;
}

async function verify(
  receiver: Receiver,
  request: WebhookRequest,
  { data, tokens }: WebhookServerOptions,
): ReturnType<(typeof verifications)["generic"]> {
  const { secretRef, type } = receiver.spec;
  const namespace = receiver.metadata.namespace ?? "";
  const secret = secretRef && (await data.read({ group: "", kind: "Secret", namespace, name: secretRef.name }));
  if (secretRef && secret?.["token"] === undefined) {
    throw new WebhookRefusal(`invalid "${namespace}/${secretRef.name}" secret data: required field 'token'`);
  }
  const context: VerifyContext = {
    secret: secret ?? {},
    verifyToken: (token, issuer, audience) => tokens.verify(token, issuer, audience),
  };
  return await verifications[type](request, receiver, context);
}
