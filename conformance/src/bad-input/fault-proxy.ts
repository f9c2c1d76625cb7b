import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@eddy/core/clock";
import type { KubeConfig } from "@eddy/kube";

/** One request on its way to the API server. */
export interface ProxiedRequest {
  method: string;
  path: string;
  isWatch: boolean;
  /** A watch that goes on from a version, and does not begin with everything there is. */
  resumes: boolean;
  /** It changes something: no reading, no dry-run. */
  isWrite: boolean;
}

/**
 * What happens to a request: `pass`; an answer that the server never gave; `cut`: the connection ends before the request
 * arrives; `lose`: it arrives and the answer does not; `expire`: a watch hears that its version is too old; or a delay.
 */
export type Fault = "pass" | "cut" | "lose" | "expire" | Refusal | { delayMs: number };

/** A Status that the API server never gave. */
export interface Refusal {
  status: number;
  reason: string;
  message?: string;
  retryAfterSeconds?: number;
}

/** A request that the API server answered. */
export interface Arrived extends ProxiedRequest {
  status: number;
  /** Whether whoever asked was told. */
  told: boolean;
}

/** Stands between a server and the API server, on plain HTTP, with the API server's credentials of its own. */
export interface FaultProxy {
  /** How to reach it; holds no secrets. */
  readonly kubeConfig: KubeConfig;
  /** The same, as YAML text. */
  readonly kubeconfig: string;
  /** Everything that arrived since {@link FaultProxy.set}, in order. */
  readonly arrived: readonly Arrived[];
  /** Faults since then, by what they were. */
  readonly injected: readonly Fault[];
  /** The requests that they happened to. */
  readonly faulted: readonly ProxiedRequest[];
  /** From now on every request is decided by this. */
  set(decide: (request: ProxiedRequest) => Fault): void;
  /** Resolves when the API server has answered everything but watches that was passed on to it. */
  settled(): Promise<void>;
  /** Resolves when so many faults came true. */
  untilInjected(count: number): Promise<void>;
  /** Ends every open watch in the middle of a line. */
  cutWatches(): number;
  stop(): Promise<void>;
}

/** Starts a proxy that lets everything pass. */
export async function startFaultProxy(target: KubeConfig): Promise<FaultProxy> {
  const { clientCertificateData: cert, clientKeyData: key } = target.user;
  const agent = new HttpsAgent({ keepAlive: true, ca: target.cluster.caData, cert, key });
  const watches = new Set<ServerResponse>();
  let decide: (request: ProxiedRequest) => Fault = () => "pass";
  let arrived: Arrived[] = [];
  let injected: Fault[] = [];
  let faulted: ProxiedRequest[] = [];
  const waiting = new Set<() => void>();
  const passedOn = new Set<Promise<void>>();

  const serve = (message: IncomingMessage, response: ServerResponse): void => {
    const request = describe(message);
    const fault = decide(request);
    if (fault !== "pass") injected.push(fault);
    if (fault !== "pass") faulted.push(request);
    for (const look of waiting) look();
    message.on("error", () => undefined);
    response.on("error", () => undefined);
    if (fault === "cut") return void message.socket.destroy();
    if (fault === "expire") return void answer(message, response, expired);
    if (typeof fault === "object" && "status" in fault) return void answer(message, response, fault);
    const delayMs = typeof fault === "object" ? fault.delayMs : 0;
    const go = (): void => forward(message, response, request, fault === "lose");
    if (delayMs === 0) go();
    else systemClock.after(delayMs, go);
  };

  const forward = (
    message: IncomingMessage,
    response: ServerResponse,
    request: ProxiedRequest,
    lose: boolean,
  ): void => {
    const url = new URL(message.url ?? "/", target.cluster.server);
    const headers = { ...message.headers, host: url.host };
    const answered = Promise.withResolvers<void>();
    passedOn.add(answered.promise);
    const finish = (): void => {
      passedOn.delete(answered.promise);
      answered.resolve();
    };
    const outgoing = httpsRequest(url, { method: message.method, headers, agent }, (incoming) => {
      arrived.push({ ...request, status: incoming.statusCode ?? 0, told: !lose });
      finish();
      incoming.on("error", () => response.destroy());
      if (lose) {
        incoming.resume();
        incoming.on("end", () => message.socket.destroy());
        return;
      }
      response.writeHead(incoming.statusCode ?? 502, incoming.headers);
      incoming.pipe(response);
      if (request.isWatch) watches.add(response);
    });
    response.once("close", () => {
      watches.delete(response);
      // Whoever still sends is let finish, or its connection would be stuck for the next request.
      message.unpipe(outgoing);
      message.resume();
      // What arrived whole is done even if nobody waits for the answer: who counts on it looks at it here.
      if (request.isWrite && message.complete) return;
      finish();
      outgoing.destroy();
    });
    outgoing.on("error", () => {
      finish();
      response.destroy();
    });
    message.pipe(outgoing);
  };

  const server = createServer(serve);
  const port = await listen(server);
  const url = `http://127.0.0.1:${port}`;
  return {
    kubeConfig: { context: "faulty", namespace: "default", cluster: { server: url }, user: {} },
    kubeconfig: `apiVersion: v1
kind: Config
clusters: [{ name: faulty, cluster: { server: "${url}" } }]
users: [{ name: nobody, user: {} }]
contexts: [{ name: faulty, context: { cluster: faulty, user: nobody } }]
current-context: faulty
`,
    get arrived() {
      return arrived;
    },
    get injected() {
      return injected;
    },
    get faulted() {
      return faulted;
    },
    set(next) {
      decide = next;
      arrived = [];
      injected = [];
      faulted = [];
    },
    async settled() {
      while (passedOn.size > 0) await Promise.all(passedOn);
    },
    untilInjected: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (injected.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    cutWatches() {
      const open = [...watches];
      for (const response of open) response.destroy();
      return open.length;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

const expired = { status: 410, reason: "Expired", message: "too old resource version: 1 (2)" };

function describe({ method = "GET", url = "/" }: IncomingMessage): ProxiedRequest {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const isWatch = ["true", "1"].includes(searchParams.get("watch") ?? "");
  const resumes = isWatch && !searchParams.has("sendInitialEvents");
  return { method, path: pathname, isWatch, resumes, isWrite: method !== "GET" && !searchParams.has("dryRun") };
}

/** An answer of our own, once the request was read. */
function answer(
  message: IncomingMessage,
  response: ServerResponse,
  { status, reason, message: text = reason, retryAfterSeconds }: Refusal,
): void {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` };
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", code: status, reason, message: text };
  message.resume();
  message.once("end", () => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  });
}

function listen(server: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
