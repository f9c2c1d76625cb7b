import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { runGit, startGit } from "./git.ts";
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
  capabilities: Capabilities,
): Promise<void> {
  response.writeHead(200, { "content-type": `application/x-${service}-advertisement`, "cache-control": "no-cache" });
  const protocol = protocolOf(request);
  if (service === "git-upload-pack" && protocol === "version=2")
    return void response.end(await capabilities.of(repository));
  if (protocol !== "version=2") response.write(`${frame(`# service=${service}\n`)}0000`);
  const child = startGit([service.slice(4), "--http-backend-info-refs", repository], { GIT_PROTOCOL: protocol });
  child.stdin.end();
  await pipeline(child.stdout, response);
}

/** What this Git offers by protocol v2: it lists no refs, so that it is the same for all repositories of one configuration. */
export class Capabilities {
  private readonly known = new Map<string, string>();

  /** The advertisement of a repository; Git is asked once for each configuration. */
  async of(repository: string): Promise<string> {
    const config = readFileSync(join(repository, "config"), "utf8");
    const known = this.known.get(config);
    if (known !== undefined) return known;
    const args = ["upload-pack", "--http-backend-info-refs", repository];
    const told = await runGit(args, undefined, { GIT_PROTOCOL: "version=2" });
    this.known.set(config, told);
    return told;
  }
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
