import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { startGit } from "./git.ts";
import { answerListRefs, parseListRefs } from "./list-refs.ts";
import type { Peeler } from "./refs.ts";

/** A service of Git's smart HTTP. */
export type Service = "git-upload-pack" | "git-receive-pack";

const maxBodyBytes = 512 * 1024 * 1024;

/** Answers `GET info/refs`. */
export async function answerInfoRefs(
  repository: string,
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { "content-type": `application/x-${service}-advertisement`, "cache-control": "no-cache" });
  if (protocolOf(request) !== "version=2") response.write(`${frame(`# service=${service}\n`)}0000`);
  const child = startGit([service.slice(4), "--http-backend-info-refs", repository], {
    GIT_PROTOCOL: protocolOf(request),
  });
  child.stdin.end();
  await pipeline(child.stdout, response);
}

function frame(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

function protocolOf(request: IncomingMessage): string {
  const header = request.headers["git-protocol"];
  return typeof header === "string" && /^[a-z0-9=:]{0,64}$/.test(header) ? header : "";
}

/** Answers a `POST` of one service. Resolves what was asked, for statistics. */
export async function answerService(
  repository: string,
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  peeler: Peeler,
): Promise<string> {
  const body = await readBody(request);
  const listing =
    service === "git-upload-pack" && protocolOf(request) === "version=2" ? parseListRefs(body) : undefined;
  const answer = listing ? await answerListRefs(repository, listing, peeler) : undefined;
  response.writeHead(200, {
    "content-type": `application/x-${service}-result`,
    "cache-control": "no-cache",
    ...(answer ? { "content-length": answer.length } : {}),
  });
  if (answer) {
    response.end(answer);
    return "ls-refs";
  }
  const child = startGit([service.slice(4), "--stateless-rpc", repository], { GIT_PROTOCOL: protocolOf(request) });
  child.stdin.on("error", () => {});
  child.stdin.end(body);
  await pipeline(child.stdout, response);
  return "pack";
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const source = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxBodyBytes) throw new Error(`request of more than ${maxBodyBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
