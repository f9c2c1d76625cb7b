/** What a control plane is given and what it gives back. */
import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { ObjectAccess, StoredObject } from "./object-access.ts";

/** A static bearer token, as a line of kube-apiserver's `--token-auth-file`. */
export interface StaticToken {
  token: string;
  user: string;
  groups?: readonly string[];
  uid?: string;
}

/** Which part of a container's log is wanted; `follow` keeps the stream open until the signal aborts. */
export interface PodLogRequest {
  pod: StoredObject;
  container: string;
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  limitBytes?: number;
  signal: AbortSignal;
}

/** Options of {@link startControlPlane}. */
export interface ControlPlaneOptions {
  /** Where state, certificates and tokens are kept. Absent: memory only, gone at `stop`. */
  dataDir?: string;
  /** TCP port; 0 (default) takes a free one. */
  port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  clock?: Clock;
  log?: Logger;
  /** Bearer tokens besides the admin's. */
  tokens?: readonly StaticToken[];
  /** Lines of a container's log, each ending in a newline. Without it, pods/log answers an empty stream. */
  podLogs?: (request: PodLogRequest) => AsyncIterable<string> | Iterable<string>;
  /** Changes kept per resource for watches that resume. Default 1,000. */
  historyLimit?: number;
}

/** A request that does not pass a socket: authenticated as the admin unless headers carry `authorization`. */
export interface InProcessRequest {
  method: string;
  /** Path and query, like `/api/v1/namespaces?limit=1`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

/** The whole answer; a watch is read through the real socket instead (or ends at its `timeoutSeconds`). */
export interface InProcessResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A running API server. */
export interface ControlPlane {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** YAML text: admin (group system:masters) by client certificate. */
  readonly kubeconfig: string;
  /** PEM of the self-made certificate authority. */
  readonly caCert: string;
  /** Bearer token of the same admin. */
  readonly adminToken: string;
  /** Milliseconds from the call to listening. */
  readonly readyMs: number;
  /** The store, for controllers in this process. */
  readonly objects: ObjectAccess;
  request(request: InProcessRequest): Promise<InProcessResponse>;
  /** Ends watches, closes the socket, flushes the log. Safe to call twice. */
  stop(): Promise<void>;
}
