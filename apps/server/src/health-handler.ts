import type { IncomingMessage, ServerResponse } from "node:http";
import type { LogBuffer } from "./log-buffer.ts";
import { sendText, type Handler } from "./http-endpoint.ts";

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** What health is read from. */
export interface HealthSources {
  /** Undefined when ready, else what is missing. */
  notReady: () => string | undefined;
  logs: LogBuffer;
}

/**
 * `/healthz`: the process answers. `/readyz`: its controllers have read their caches, or it stands by for the Lease.
 * `/logs[?tail=N][&follow=true]`: log lines, for callers on this machine only; in a cluster they are behind the API's RBAC.
 */
export function healthHandler({ notReady, logs }: HealthSources): Handler {
  return (path, request, response) => {
    switch (path.pathname) {
      case "/healthz":
        sendText(response, 200, "ok");
        return true;
      case "/readyz": {
        const missing = notReady();
        sendText(response, missing === undefined ? 200 : 503, missing ?? "ok");
        return true;
      }
      case "/logs":
        if (!loopback.has(request.socket.remoteAddress ?? "")) return false;
        sendLogs(path, request, response, logs);
        return true;
      default:
        return false;
    }
  };
}

function sendLogs(path: URL, request: IncomingMessage, response: ServerResponse, logs: LogBuffer): void {
  const tail = Number(path.searchParams.get("tail") ?? Number.NaN);
  const recent = Number.isInteger(tail) && tail >= 0 ? logs.recent(tail) : logs.recent();
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  for (const line of recent) response.write(`${line}\n`);
  if (path.searchParams.get("follow") !== "true") {
    response.end();
    return;
  }
  // A follower of a quiet log must learn that it is connected before the first line comes.
  response.flushHeaders();
  // A reader that does not keep up is let go: lines are not gathered for it.
  const maxPendingBytes = 1024 * 1024;
  const unsubscribe = logs.subscribe((line) => {
    if (response.writableLength > maxPendingBytes) request.socket.destroy();
    else response.write(`${line}\n`);
  });
  response.on("close", unsubscribe);
}
