import { timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import { createBareRepository } from "./create-bare-repository.ts";
import { encodeImport } from "./fast-import.ts";
import { runGit } from "./git.ts";
import { loadRefs, Peeler } from "./refs.ts";
import type { CommitOptions, GitServer, GitServerOptions, PushedRef } from "./server.ts";
import { answerInfoRefs, answerService, Capabilities, type Service } from "./smart-http.ts";

const defaultAuthor = "Eddy <eddy@example.org>";

/**
 * Starts the server and resolves when it listens.
 * @throws EddyError GIT_SERVER_OPEN (terminal) for an address beyond loopback without credentials.
 */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const host = options.host ?? "127.0.0.1";
  if (!options.credentials && !["127.0.0.1", "::1", "localhost"].includes(host)) {
    throw new EddyError("GIT_SERVER_OPEN", `start Git server: ${host} is not a loopback address, want credentials`, {
      class: "terminal",
    });
  }
  mkdirSync(options.dir, { recursive: true });
  const counts: Record<string, number> = {};
  const peeler = new Peeler();
  const capabilities = new Capabilities();
  const pathOf = (name: string): string => join(options.dir, `${checkedName(name)}.git`);

  const notifying = async <R>(name: string, action: () => Promise<R>): Promise<R> => {
    const before = loadRefs(pathOf(name)).refs;
    try {
      return await action();
    } finally {
      // Clients may hang up once they know that it is done: the push is one all the same.
      const refs = movedRefs(before, loadRefs(pathOf(name)).refs);
      if (refs.length > 0) options.onPush?.({ repository: name, refs });
    }
  };
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isAllowed(request, options.credentials))
      return refuse(response, 401, "authentication required", { "www-authenticate": 'Basic realm="git"' });
    const route = routeOf(request, options.dir);
    if (!route) return refuse(response, 404, "repository not found");
    const { name, path, service } = route;
    if (request.method === "GET") {
      count(`GET ${service}`);
      return answerInfoRefs(path, service, request, response, capabilities);
    }
    const serve = (): Promise<string> => answerService(path, service, request, response, peeler);
    count(`POST ${service}/${service === "git-receive-pack" ? await notifying(name, serve) : await serve()}`);
  };
  const server = await listen(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
    host,
    options,
  );
  const url = `${options.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

  return {
    url,
    async createRepository(name, files, create = {}) {
      const path = pathOf(name);
      const branch = create.branch ?? "main";
      createBareRepository(path, branch);
      const empty = Object.keys(files).length === 0;
      const date = create.date === undefined ? {} : { date: create.date };
      const commit = empty
        ? undefined
        : await importCommit(path, { files, branch, message: create.message ?? "Initial commit", ...date }, options);
      return { url: `${url}/${name}.git`, path, commit };
    },
    commit: (name, commit) => notifying(name, () => importCommit(pathOf(name), commit, options)),
    tag: (name, tag, target) => notifying(name, () => writeTag(pathOf(name), tag, target, options)),
    requests: () => counts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function checkedName(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(name) || name.includes("..")) {
    throw new EddyError("GIT_SERVER_NAME", `open repository ${JSON.stringify(name)}: not a name`, {
      class: "terminal",
    });
  }
  return name;
}

function routeOf(request: IncomingMessage, dir: string): { name: string; path: string; service: Service } | undefined {
  const url = new URL(request.url ?? "/", "http://localhost");
  const match = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
    decodeURIComponent(url.pathname),
  );
  const service = match?.[2] === "info/refs" ? url.searchParams.get("service") : match?.[2];
  const known = service === "git-upload-pack" || service === "git-receive-pack";
  if (!match || !known || (request.method === "GET") !== (match[2] === "info/refs")) return undefined;
  try {
    const name = checkedName(match[1] ?? "");
    const path = join(dir, `${name}.git`);
    return existsSync(path) ? { name, path, service } : undefined;
  } catch {
    return undefined;
  }
}

function isAllowed(request: IncomingMessage, credentials: GitServerOptions["credentials"]): boolean {
  if (!credentials) return true;
  const given = request.headers.authorization ?? "";
  const basic = Buffer.from(`${credentials.username ?? ""}:${credentials.password ?? ""}`).toString("base64");
  const accepted = [
    ...(credentials.bearerToken === undefined ? [] : [`Bearer ${credentials.bearerToken}`]),
    ...(credentials.password === undefined ? [] : [`Basic ${basic}`]),
  ];
  return accepted.some(
    (wanted) => wanted.length === given.length && timingSafeEqual(Buffer.from(wanted), Buffer.from(given)),
  );
}

function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain", ...headers }).end(`${text}\n`);
}

function listen(
  handler: RequestListener,
  host: string,
  options: GitServerOptions,
): Promise<http.Server | https.Server> {
  const { tls } = options;
  const server = tls
    ? https.createServer(
        {
          cert: tls.cert,
          key: tls.key,
          ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true }),
        },
        handler,
      )
    : http.createServer(handler);
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => resolve(server));
  });
}

function movedRefs(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): PushedRef[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({ name, old: before.get(name), new: after.get(name) }));
}

const maxAttempts = 50;
/** What another writer of the ref causes. Source: Git's builtin/fast-import.c, refs/files-backend.c. */
const races = /not updating|cannot lock ref|unable to (?:create|lock)|but expected/i;

/** What somebody else pushed meanwhile stays: the commit is made again on top of it. */
async function importCommit(path: string, commit: CommitOptions, options: GitServerOptions): Promise<string> {
  const branch = commit.branch ?? "main";
  const head = (): string | undefined => loadRefs(path).refs.get(`refs/heads/${branch}`);
  for (let attempt = 1; ; attempt++) {
    const parent = head();
    const stream = encodeImport({
      branch,
      parent: commit.orphan ? undefined : parent,
      author: commit.author ?? defaultAuthor,
      date: commit.date ?? options.now?.() ?? Date.now(),
      message: commit.message,
      files: commit.files,
    });
    const force = commit.orphan ? ["--force"] : [];
    try {
      await runGit(["-C", path, "fast-import", "--quiet", ...force, "--done"], stream);
      return head() ?? "";
    } catch (error) {
      const isRace = head() !== parent || races.test(messageOf(error));
      if (commit.orphan || !isRace || attempt >= maxAttempts) throw error;
    }
  }
}

async function writeTag(
  path: string,
  tag: string,
  target: { target: string; message?: string; date?: number },
  options: GitServerOptions,
): Promise<string> {
  const when = `${Math.floor((target.date ?? options.now?.() ?? Date.now()) / 1000)} +0000`;
  const identity = { GIT_COMMITTER_NAME: "Eddy", GIT_COMMITTER_EMAIL: "eddy@example.org", GIT_COMMITTER_DATE: when };
  const annotate = target.message === undefined ? [] : ["-a", "-m", target.message];
  await runGit(["-C", path, "tag", "--force", ...annotate, tag, target.target], undefined, identity);
  return loadRefs(path).refs.get(`refs/tags/${tag}`) ?? "";
}
