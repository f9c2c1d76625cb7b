import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { listen, type Listening, type ListenOptions } from "../http-server/index.ts";
import { createArtifactFiles } from "./artifact-files.ts";

/**
 * Serves the storage path read-only, as other controllers and older Flux installations fetch artifacts: `GET` and `HEAD`
 * of files; `/` answers 200 for readiness probes. Nothing outside the storage path is served, also not through a link, and
 * nothing whose name begins with a dot.
 */
export async function createArtifactServer({
  storagePath,
  ...at
}: ListenOptions & { storagePath: string }): Promise<Listening> {
  const server = http.createServer(
    (request, response) => void answer(storagePath, request, response).catch(() => response.destroy()),
  );
  return listen(server, at);
}

async function answer(storagePath: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, "method not allowed");
  const path = pathOf(request.url);
  if (path === "") return end(response, 200, "");
  const file = path === undefined ? undefined : await locate(storagePath, path);
  if (!file) return end(response, 404, "404 page not found");
  response.writeHead(200, {
    "content-type": path?.endsWith("gz") ? "application/gzip" : "application/octet-stream",
    "content-length": file.size,
    "last-modified": new Date(file.modifiedMs).toUTCString(),
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(file.path), response);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text === "" ? "" : `${text}\n`);
}

function pathOf(url: string | undefined): string | undefined {
  try {
    return decodeURIComponent((url ?? "/").split("?", 1)[0] ?? "").replace(/^\/+/, "");
  } catch {
    return undefined;
  }
}

async function locate(
  storagePath: string,
  path: string,
): Promise<{ path: string; size: number; modifiedMs: number } | undefined> {
  const asked = createArtifactFiles(storagePath).locate(path);
  if (asked === undefined || path.endsWith(".part") || /(?:^|\/)\./.test(path)) return undefined;
  try {
    const real = await realpath(asked);
    const found = await stat(real);
    const inside = real.startsWith((await realpath(storagePath)) + sep);
    return inside && found.isFile() ? { path: real, size: found.size, modifiedMs: found.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
