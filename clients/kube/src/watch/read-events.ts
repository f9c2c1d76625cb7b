import type { IncomingMessage } from "node:http";
import { isObject } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import type { WatchEvent } from "../client.ts";
import { KubeApiError, KubeConnectionError } from "../errors.ts";
import { parseStatus } from "../rest/decode-answer.ts";
import { decodeJson } from "../transport/json.ts";
import { splitLines } from "./split-lines.ts";

/** An object may have 1.5 MB in etcd; what is far above is no watch event. */
const maxEventBytes = 32 * 1024 * 1024;

/**
 * The events of an open watch, as they arrive. Ends normally when the server ends the stream; leaving the loop closes
 * the connection.
 * @throws KubeApiError for an ERROR event (410 `Expired`), KubeConnectionError `Cut` for a stream that breaks off.
 */
export async function* readEvents<T extends KubeObject>(
  response: IncomingMessage,
): AsyncGenerator<WatchEvent<T>, void, void> {
  const splitter = splitLines(maxEventBytes);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      for (const line of splitter.push(chunk)) yield decodeEvent<T>(line);
    }
  } catch (error) {
    if (error instanceof KubeApiError || error instanceof KubeConnectionError) throw error;
    throw new KubeConnectionError(`watch: ${messageOf(error)}`, error, "Cut");
  } finally {
    response.destroy();
  }
  if (splitter.pendingBytes > 0)
    throw new KubeConnectionError("watch: the stream was cut in the middle of an event", undefined, "Cut");
}

/** One line of a watch. */
export function decodeEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  let event: unknown;
  try {
    event = decodeJson(line);
  } catch (cause) {
    throw new KubeConnectionError("watch: an event is not JSON", cause, "Cut");
  }
  if (!isObject(event) || !isObject(event["object"]))
    throw new KubeConnectionError("watch: a line is not an event", undefined, "Cut");
  if (event["type"] === "ERROR") {
    throw new KubeApiError(
      parseStatus(event["object"]) ?? {
        code: 500,
        reason: "InternalError",
        message: "the server ended the watch with an error that is no Status",
      },
    );
  }
  return event as unknown as WatchEvent<T>;
}
