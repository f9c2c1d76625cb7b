import { createServer, type IncomingMessage } from "node:http";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { listen, readBody, type Listening } from "@eddy/runtime/http-server";
import type { FluxEvent } from "./event/flux-event.ts";
import { parseEvent } from "./event/parse-event.ts";
import { maxBodyBytes } from "./max-body-bytes.ts";

/** What the intake needs. */
export interface EventIntakeOptions {
  port: number;
  host?: string | undefined;
  logger: Logger;
  take(event: FluxEvent): boolean;
}

// Source: flux2.md 3.8 "Event intake".
const maxHeaderBytes = 256 * 1024;
const readTimeoutMs = 10_000;

/**
 * Takes events of other controllers, as upstream does: POST on any path: 202 for an event, also one that nobody wants; 429 for the same news again; 400 for no event; 413 for
 * one beyond 3 MiB.
 */
export async function startEventIntake({ port, host, logger, take }: EventIntakeOptions): Promise<Listening> {
  const server = createServer({ maxHeaderSize: maxHeaderBytes, requestTimeout: readTimeoutMs }, (request, response) => {
    answer(request, take).then(
      (status) => void response.writeHead(status, status === 413 ? { connection: "close" } : {}).end(),
      (error: unknown) => {
        logger.log("error", "reading the request body failed", { error: messageOf(error) });
        response.writeHead(400).end();
      },
    );
  });
  return listen(server, { port, host });
}

async function answer(request: IncomingMessage, take: EventIntakeOptions["take"]): Promise<number> {
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) return 413;
  const event = parseEvent(body.toString("utf8"));
  if (!event) return 400;
  return take(event) ? 202 : 429;
}
