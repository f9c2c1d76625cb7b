import type { KubeClient } from "@eddy/kube";
import type { ControllerHandle } from "@eddy/runtime/controller";
import type { EventBus } from "@eddy/runtime/events";
import type { LogBuffer } from "./log-buffer.ts";

/** A running server. */
export interface Server {
  readonly kube: KubeClient;
  /** Every event of every controller, as it is published. */
  readonly events: EventBus;
  /** The last log lines, and those that come. */
  readonly logs: LogBuffer;
  /** Base URL of the artifact server on this machine, without a trailing slash. */
  readonly artifactUrl: string;
  /** Base URLs, or undefined where there is none. */
  readonly healthUrl: string | undefined;
  readonly metricsUrl: string | undefined;
  /** Base URL on this machine of where pushes and votes come in; undefined until something is updated by labels, or voted on. */
  readonly updatesUrl: string | undefined;
  /** Running controllers by kind; empty until this process leads. */
  readonly controllers: ReadonlyMap<string, ControllerHandle>;
  /** Resolves when every controller has read its caches and queued every object; rejects when stopped before. */
  readonly ready: Promise<void>;
  /** Ends passes, gives the lease back and closes every socket. Safe to call twice. */
  stop(): Promise<void>;
}
