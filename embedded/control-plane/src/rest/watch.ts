/**
 * WATCH: replay from a resourceVersion or from the current state, then live. Selector transitions become ADDED and DELETED;
 * output of one turn of the event loop goes out in one write. Source: apiserver storage/cacher.
 */
import type { Cancel } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { ApiRequest, ApiResponse, StreamSink } from "../http/api-request.ts";
import { isTrue } from "../http/request-info.ts";
import type { Kernel } from "../kernel.ts";
import { groupVersionOf, type ResourceInfo } from "../resources/resource-info.ts";
import type { Change } from "../storage/store.ts";
import { StatusError, type FieldError } from "../status-error.ts";
import { invalidListOptions, readResourceVersion } from "./list.ts";
import type { Presenter } from "./present.ts";
import { matcherOf, type Matcher } from "./selectors.ts";

const bookmarkEveryMs = 60_000;
/** A watch shorter than this ends without a last bookmark. */
const bookmarkFromMs = 3_000;

interface WatchPlan {
  fromRv: number | undefined;
  /** Synthetic ADDED events for what exists come first. */
  initial: boolean;
  /** A bookmark marks the end of the initial events. */
  marksEnd: boolean;
  bookmarks: boolean;
  timeoutMs: number;
}

function planWatch(query: URLSearchParams): WatchPlan {
  const rv = readResourceVersion(query);
  const streams = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  const errors: FieldError[] = [];
  const forbid = (field: string, detail: string): void =>
    void errors.push({ reason: "FieldValueForbidden", field, message: `Forbidden: ${detail}` });
  if (streams !== null && match !== "NotOlderThan") {
    forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  } else if (streams === null && match !== "") {
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    if (match !== "NotOlderThan")
      errors.push({
        reason: "FieldValueNotSupported",
        field: "resourceVersionMatch",
        message: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"`,
      });
  }
  if (errors.length > 0) throw invalidListOptions(errors);
  const timeoutSeconds = Number(query.get("timeoutSeconds") ?? 0) || 1_800 + Math.floor(Math.random() * 1_800);
  const all = isTrue(streams);
  return {
    fromRv: rv,
    initial: all || (streams === null && (rv === undefined || rv === 0)),
    marksEnd: all,
    bookmarks: isTrue(query.get("allowWatchBookmarks")),
    timeoutMs: Math.min(timeoutSeconds * 1_000, 2_000_000_000),
  };
}

/** A streamed answer. @throws StatusError 400, 422 for options that contradict each other. */
export function watchObjects(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  name: string,
  request: ApiRequest,
  present: Presenter,
): ApiResponse {
  const plan = planWatch(request.query);
  const matches = scopedMatcher(info, namespace, name, request.query);
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-cache, private" },
    body: "",
    stream: (sink) => new Watcher(kernel, info, plan, matches, present, sink).start(),
  };
}

function scopedMatcher(info: ResourceInfo, namespace: string, name: string, query: URLSearchParams): Matcher {
  const selects = matcherOf(info, query);
  return (object) =>
    (namespace === "" || !info.namespaced || object.metadata.namespace === namespace) &&
    (name === "" || object.metadata.name === name) &&
    (selects === undefined || selects(object));
}

class Watcher {
  private readonly kernel: Kernel;
  private readonly info: ResourceInfo;
  private readonly plan: WatchPlan;
  private readonly matches: Matcher;
  private readonly present: Presenter;
  private readonly sink: StreamSink;
  private pending: string[] = [];
  private flushing = false;
  private ended = false;
  private finishing = false;
  private sentRv = 0;
  private readonly cancels: Cancel[] = [];
  private cancelBookmark: Cancel | undefined;

  constructor(
    kernel: Kernel,
    info: ResourceInfo,
    plan: WatchPlan,
    matches: Matcher,
    present: Presenter,
    sink: StreamSink,
  ) {
    this.kernel = kernel;
    this.info = info;
    this.plan = plan;
    this.matches = matches;
    this.present = present;
    this.sink = sink;
  }

  start(): Cancel {
    const { store, clock } = this.kernel;
    const collection = store.collection(this.info.collection);
    const { fromRv } = this.plan;
    if (this.plan.initial) this.sendInitial();
    else if (fromRv !== undefined && fromRv < collection.forgottenRv) {
      this.fail(new StatusError(410, "Expired", `too old resource version: ${fromRv} (${collection.forgottenRv})`));
      return () => {};
    } else {
      for (const change of collection.history) if (change.rv > (fromRv ?? 0)) this.deliver(change);
    }
    const listener = (change: Change): void => this.deliver(change);
    collection.listeners.add(listener);
    this.cancels.push(() => void collection.listeners.delete(listener));
    this.cancels.push(clock.after(this.plan.timeoutMs, () => this.finish()));
    if (this.plan.bookmarks) this.scheduleBookmark();
    return () => this.stop();
  }

  private sendInitial(): void {
    const rv = this.kernel.store.rv;
    const asked = this.plan.fromRv ?? 0;
    for (const entry of this.kernel.store.collection(this.info.collection).list())
      if (this.matches(entry.object)) this.send("ADDED", entry.object);
    this.sentRv = Math.max(rv, asked);
    if (this.plan.marksEnd && this.plan.bookmarks) this.sendBookmark(rv, true);
  }

  private deliver(change: Change): void {
    this.sentRv = Math.max(this.sentRv, change.rv);
    const was = change.previous !== undefined && this.matches(change.previous);
    const is = change.type !== "DELETED" && this.matches(change.object);
    if (is) this.send(was ? "MODIFIED" : "ADDED", change.object, change);
    else if (was) this.send("DELETED", change.type === "DELETED" ? change.object : leaving(change), change);
  }

  private send(type: string, object: KubeObject, shared?: Change): void {
    this.write(this.present.event(type, object, shared));
  }

  private sendBookmark(rv: number, endsInitial: boolean): void {
    const annotations = endsInitial ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const object = {
      kind: this.info.kind,
      apiVersion: groupVersionOf(this.info),
      metadata: { resourceVersion: String(rv), ...annotations },
    };
    this.write(this.present.bookmark(object as unknown as KubeObject));
  }

  private scheduleBookmark(): void {
    this.cancelBookmark = this.kernel.clock.after(bookmarkEveryMs, () => {
      this.sendBookmark(Math.max(this.sentRv, this.kernel.store.rv), false);
      this.scheduleBookmark();
    });
  }

  private write(text: string): void {
    this.pending.push(text);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => void this.flush());
  }

  /** What is told is durable: a watcher never sees a change that a crash would take back. */
  private async flush(): Promise<void> {
    const lines = this.pending;
    this.pending = [];
    try {
      await this.kernel.store.durable();
    } catch {
      // The disk refuses; the writers are told. Watchers see what is in memory, which is what reads answer too.
    }
    if (this.ended) return;
    if (lines.length > 0) this.sink.write(lines.join(""));
    this.flushing = this.pending.length > 0;
    if (this.flushing) setImmediate(() => void this.flush());
    else if (this.finishing) {
      this.stop();
      this.sink.end();
    }
  }

  private fail(error: StatusError): void {
    this.write(`${JSON.stringify({ type: "ERROR", object: error.toStatus() })}\n`);
    this.finishing = true;
  }

  private finish(): void {
    if (this.ended || this.finishing) return;
    if (this.plan.bookmarks && this.sentRv > 0 && this.plan.timeoutMs >= bookmarkFromMs)
      this.sendBookmark(Math.max(this.sentRv, this.kernel.store.rv), false);
    this.finishing = true;
    if (!this.flushing) void this.flush();
  }

  private stop(): void {
    this.ended = true;
    this.cancelBookmark?.();
    for (const cancel of this.cancels) cancel();
    this.cancels.length = 0;
  }
}

/** An object that no longer matches is told as DELETED in its old state with the new resourceVersion. */
function leaving(change: Change): KubeObject {
  const previous = change.previous ?? change.object;
  return { ...previous, metadata: { ...previous.metadata, resourceVersion: String(change.rv) } };
}
