/** Composes the parts into a running server. */
import { join } from "node:path";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { messageOf } from "@eddy/core/errors";
import { authenticatedGroup, type KnownToken } from "./auth/authenticate.ts";
import { createTokenIssuer } from "./auth/service-account-token.ts";
import { bootstrap } from "./bootstrap.ts";
import { expireEvents } from "./controllers/event-expiry.ts";
import { watchNamespaceContent } from "./controllers/namespace-termination.ts";
import { watchDefinitions } from "./crd/definition-strategy.ts";
import { listen } from "./http/listen.ts";
import { serve, type ServePorts } from "./http/serve.ts";
import { createObjectAccess } from "./in-process.ts";
import type { Kernel } from "./kernel.ts";
import type { ControlPlane, ControlPlaneOptions, InProcessRequest, InProcessResponse } from "./options.ts";
import { Registry } from "./resources/registry.ts";
import { FileJournal, recover } from "./storage/journal.ts";
import { lockFolder } from "./storage/lock.ts";
import { Store } from "./storage/store.ts";
import { ensureCredentials, formatKubeconfig, type Credentials } from "./tls/credentials.ts";

/** Starts an API server and resolves when it answers. @throws EddyError LISTEN_FAILED, DATA_CORRUPT (terminal), DATA_LOCKED (waiting). */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const startMs = performance.now();
  const { clock = systemClock, host = "127.0.0.1" } = options;
  const unlock = options.dataDir === undefined ? undefined : lockFolder(options.dataDir);
  const opened: OpenKernel[] = [];
  const release = async (): Promise<void> => {
    for (const { stopTasks, journal } of opened) {
      stopTasks();
      await journal?.close();
    }
    unlock?.();
  };
  try {
    const credentials = ensureCredentials(options.dataDir, host, clock.now());
    const kernel = openKernel(options, credentials);
    opened.push(kernel);
    return await serveKernel(kernel.kernel, credentials, { ...options, host }, { startMs, release });
  } catch (error) {
    await release();
    throw error;
  }
}

async function serveKernel(
  kernel: Kernel,
  credentials: Credentials,
  options: ControlPlaneOptions & { host: string },
  life: { startMs: number; release: () => Promise<void> },
): Promise<ControlPlane> {
  const { host } = options;
  const ports: ServePorts = { kernel, tokens: knownTokens(options, credentials) };
  const socket = await listen({
    host,
    port: options.port ?? 0,
    cert: credentials.server.cert,
    key: credentials.server.key,
    ca: credentials.authority.cert,
    serve: (request) => serve(ports, request),
  });
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${socket.port}`;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await socket.close();
    await life.release();
  };
  return {
    url,
    port: socket.port,
    kubeconfig: formatKubeconfig(url, credentials),
    caCert: credentials.authority.cert,
    adminToken: credentials.adminToken,
    readyMs: performance.now() - life.startMs,
    objects: createObjectAccess(kernel),
    request: (request) => requestInProcess(ports, request),
    stop: () => (stopping ??= stop()),
  };
}

function knownTokens(options: ControlPlaneOptions, credentials: Credentials): KnownToken[] {
  const admin: KnownToken = {
    token: credentials.adminToken,
    user: { name: "admin", groups: ["system:masters", authenticatedGroup] },
  };
  const others = (options.tokens ?? []).map(({ token, user, groups = [], uid }): KnownToken => ({
    token,
    user: { name: user, groups: [...groups, authenticatedGroup], ...(uid === undefined ? {} : { uid }) },
  }));
  return [admin, ...others];
}

interface OpenKernel {
  kernel: Kernel;
  journal: FileJournal | undefined;
  stopTasks(): void;
}

/** The store with what was on disk, the controllers that belong to the API server, and what every cluster has. */
function openKernel(options: ControlPlaneOptions, credentials: Credentials): OpenKernel {
  const { log = silentLogger } = options;
  const store = new Store(options.historyLimit === undefined ? {} : { historyLimit: options.historyLimit });
  let journal: FileJournal | undefined;
  if (options.dataDir !== undefined) {
    const dir = join(options.dataDir, "store");
    const { collections, rv } = recover(dir);
    store.restore(collections, rv);
    store.journal = journal = new FileJournal(dir, store);
  }
  let stopped = false;
  const kernel: Kernel = {
    store,
    registry: new Registry(),
    clock: options.clock ?? systemClock,
    log,
    tokens: createTokenIssuer(credentials.tokenKey),
    caCert: credentials.authority.cert,
    podLogs: options.podLogs,
    later(task) {
      setImmediate(() => {
        if (stopped) return;
        try {
          task();
        } catch (error) {
          log.log("error", "background task failed", { error: messageOf(error) });
        }
      });
    },
  };
  watchDefinitions(kernel);
  watchNamespaceContent(kernel);
  const stopExpiry = expireEvents(kernel);
  bootstrap(kernel);
  const stopTasks = (): void => {
    stopped = true;
    stopExpiry();
  };
  return { kernel, journal, stopTasks };
}

const never = new AbortController().signal;

async function requestInProcess(ports: ServePorts, request: InProcessRequest): Promise<InProcessResponse> {
  const at = request.path.indexOf("?");
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const response = await serve(ports, {
    method: request.method,
    path: at < 0 ? request.path : request.path.slice(0, at),
    query: new URLSearchParams(at < 0 ? "" : request.path.slice(at + 1)),
    headers,
    headerPairs: Object.entries(request.headers ?? {}),
    body: typeof request.body === "string" ? Buffer.from(request.body) : (request.body ?? new Uint8Array()),
    signal: never,
    certificate:
      headers["authorization"] === undefined ? { commonName: "admin", organizations: ["system:masters"] } : undefined,
  });
  const flat = Object.fromEntries(
    Object.entries(response.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : value]),
  );
  return { status: response.status, headers: flat, body: await readAll(response) };
}

function readAll(response: Awaited<ReturnType<typeof serve>>): Promise<string> {
  const { stream, body } = response;
  if (!stream) return Promise.resolve(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
  return new Promise((resolve) => {
    let text = "";
    stream({ write: (more) => void (text += more), end: () => resolve(text) });
  });
}
