import type { Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { Capabilities, Chart, HelmDialect, ReleaseIdentity, RenderedRelease, Values } from "@eddy/helm";
import type { KubeClient } from "@eddy/kube";
import type { StatusSource } from "../health/index.ts";
import type { ReleaseStorage } from "./storage/release-storage.ts";

/** What a release is rendered from. Plain data: it can be handed to a worker thread. */
export interface RenderRequest {
  readonly release: ReleaseIdentity;
  readonly values: Values;
  /** Absent: the dialect's own. */
  readonly capabilities?: Capabilities;
  readonly dialect: HelmDialect;
  readonly subNotes: boolean;
  readonly skipSchemaValidation: boolean;
  /** Whether the template function `lookup` sees the cluster. */
  readonly lookup: boolean;
}

/** Renders a chart; post-rendering is the renderer's own business. Throws what the engine throws. */
export type RenderChart = (chart: Chart, request: RenderRequest) => Promise<RenderedRelease>;

/**
 * How objects are waited for. `watcher`: kstatus, by watches; `legacy`: readiness as Helm 3 understands it; `hookOnly`: only
 * hooks are waited for.
 */
export type WaitStrategy = "watcher" | "legacy" | "hookOnly";

/** Options of the methods of {@link ReleaseWaiter}. */
export interface WaitForOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Waits for objects that were applied, deleted or run as hooks. Each method rejects with what is not so in time. */
export interface ReleaseWaiter {
  /** Until the objects are ready; with `jobs`, Jobs until they are complete. */
  ready(objects: readonly KubeObject[], options: WaitForOptions & { jobs: boolean }): Promise<void>;
  /** Until Jobs and Pods have succeeded; other kinds are not waited for. */
  hookDone(objects: readonly KubeObject[], options: WaitForOptions): Promise<void>;
  /** Until the objects are gone. */
  gone(objects: readonly KubeObject[], options: WaitForOptions): Promise<void>;
}

/** The world of an action on a release. */
export interface ReleasePorts {
  /** Acts as whom the release's objects belong to. */
  kube: KubeClient;
  storage: ReleaseStorage;
  clock: Clock;
  render: RenderChart;
  /** Instead of Helm's own waiters, for each strategy. */
  waiterOf?(strategy: WaitStrategy): ReleaseWaiter;
  /** Where Helm's waiters see objects; absent: watches of their own. */
  statusSource?: StatusSource;
  /** Default `helm`. */
  fieldManager?: string;
  /** Told what happens, a line each: what Helm's own log says at its debug level. Never holds values of Secrets. */
  onLog?(line: string): void;
  /** Takes the output of hook containers whose policy asks for it. */
  onHookOutput?(from: { namespace: string; pod: string; container: string }, text: string): void;
  /** Ends waits, and keeps what has not begun from beginning; the release is recorded as failed. */
  signal?: AbortSignal;
}
