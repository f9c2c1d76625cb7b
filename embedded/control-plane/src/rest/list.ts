/** GET and LIST: paging over consistent snapshots, resourceVersion rules. Source: apiserver storage/cacher and etcd3 store. */
import type { KubeObject } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import { convertObject } from "../kinds/convert.ts";
import { groupVersionOf, storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import type { Snapshot } from "../storage/store.ts";
import { badRequest, StatusError, type FieldError } from "../status-error.ts";
import { matcherOf, pinnedName, type Matcher } from "./selectors.ts";

/** A listing: objects in key order, and the list's own metadata. */
export interface Listing {
  items: readonly KubeObject[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

const snapshotTtlMs = 300_000;
const maxSnapshots = 64;

/** Snapshots that unfinished listings continue from, by kernel. */
const snapshots = new WeakMap<Kernel, Map<string, Snapshot & { untilMs: number }>>();

interface Continue {
  rv: number;
  start: string;
}

function decodeContinue(token: string): Continue {
  try {
    const parsed = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as {
      v?: string;
      rv?: number;
      start?: string;
    };
    if (parsed.v === "meta.k8s.io/v1" && typeof parsed.rv === "number" && typeof parsed.start === "string")
      return { rv: parsed.rv, start: parsed.start };
  } catch {
    // Refused below like any other text that is no token.
  }
  throw badRequest("invalid continue token: continue key is not valid: illegal base64 data at input byte 4");
}

const encodeContinue = (rv: number, lastKey: string): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv, start: `${lastKey}\u0000` })).toString("base64url");

/** 504 with the cause that makes client-go wait a second and ask again. */
export function tooLargeResourceVersion(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, "Timeout", message, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

/** 410 for what is no longer remembered. */
export function expired(message: string): StatusError {
  return new StatusError(410, "Expired", message);
}

/** Reads a resourceVersion parameter: undefined when absent or empty. @throws StatusError 400/422. */
export function readResourceVersion(query: URLSearchParams): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

function checkMatch(query: URLSearchParams, continues: boolean): "" | "Exact" | "NotOlderThan" {
  const match = query.get("resourceVersionMatch") ?? "";
  if (match === "") return "";
  const errors: FieldError[] = [];
  const field = "resourceVersionMatch";
  const forbid = (detail: string): void =>
    void errors.push({ reason: "FieldValueForbidden", field, message: `Forbidden: ${detail}` });
  if (!query.get("resourceVersion")) forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (continues) forbid("resourceVersionMatch is forbidden when continue is provided");
  if (match !== "Exact" && match !== "NotOlderThan")
    errors.push({
      reason: "FieldValueNotSupported",
      field,
      message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    });
  else if (match === "Exact" && query.get("resourceVersion") === "0")
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  if (errors.length > 0) throw invalidListOptions(errors);
  return match as "Exact" | "NotOlderThan";
}

/** 422 about the query of a list or watch. */
export function invalidListOptions(errors: readonly FieldError[]): StatusError {
  const text = errors.map((error) => `${error.field}: ${error.message}`);
  const message = `ListOptions.meta.k8s.io "" is invalid: ${text.length === 1 ? text[0] : `[${text.join(", ")}]`}`;
  return new StatusError(422, "Invalid", message, {
    group: "meta.k8s.io",
    kind: "ListOptions",
    causes: errors.map(({ reason, message: cause, field }) => ({ reason, message: cause, field })),
  });
}

/** Lists as the query asks. @throws StatusError 400, 410, 422, 504. */
export function listObjects(kernel: Kernel, info: ResourceInfo, namespace: string, query: URLSearchParams): Listing {
  const token = query.get("continue") ?? "";
  const match = checkMatch(query, token !== "");
  const matches = matcherOf(info, query);
  const limit = Math.max(0, Number(query.get("limit") ?? 0) || 0);
  const rv = readResourceVersion(query);
  if (token !== "") {
    if (rv !== undefined && rv !== 0)
      throw badRequest("specifying resource version is not allowed when using continue");
    return nextPage(kernel, info, namespace, decodeContinue(token), limit, matches);
  }
  if (rv !== undefined && rv > kernel.store.rv) throw tooLargeResourceVersion(rv, kernel.store.rv);
  if (match === "Exact" && rv !== kernel.store.rv)
    throw expired(
      `The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.`,
    );
  const pinned = pinnedName(query);
  if (pinned !== undefined && namespaceKnown(info, namespace)) {
    const entry = kernel.store.get(info.collection, storageKey(info, namespace, pinned));
    const items = entry && (matches === undefined || matches(entry.object)) ? [entry.object] : [];
    return { items, metadata: { resourceVersion: String(kernel.store.rv) } };
  }
  const entries = kernel.store
    .collection(info.collection)
    .list(info.namespaced && namespace !== "" ? `${namespace}/` : "");
  return page(kernel, info, namespace, { rv: kernel.store.rv, entries }, 0, limit, matches);
}

const namespaceKnown = (info: ResourceInfo, namespace: string): boolean => !info.namespaced || namespace !== "";

function nextPage(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  from: Continue,
  limit: number,
  matches: Matcher | undefined,
): Listing {
  const kept = snapshots.get(kernel)?.get(`${info.collection} ${namespace} ${from.rv}`);
  if (!kept || kept.untilMs < kernel.clock.now()) {
    const metadata = { continue: encodeContinue(-1, from.start.replace(/\u0000$/, "")) };
    if (from.rv !== -1) throw new ExpiredContinue(metadata.continue);
    const entries = kernel.store
      .collection(info.collection)
      .list(info.namespaced && namespace !== "" ? `${namespace}/` : "");
    return page(
      kernel,
      info,
      namespace,
      { rv: kernel.store.rv, entries },
      positionAfter(entries, from.start),
      limit,
      matches,
    );
  }
  return page(kernel, info, namespace, kept, positionAfter(kept.entries, from.start), limit, matches);
}

/** 410 with a token that continues, inconsistently, from the same key. */
export class ExpiredContinue extends StatusError {
  readonly token: string;
  constructor(token: string) {
    super(
      410,
      "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    );
    this.token = token;
  }

  override toStatus(): ReturnType<StatusError["toStatus"]> {
    return { ...super.toStatus(), metadata: { continue: this.token } };
  }
}

function positionAfter(entries: Snapshot["entries"], start: string): number {
  const at = entries.findIndex((entry) => entry.key >= start);
  return at < 0 ? entries.length : at;
}

function page(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  snapshot: Snapshot,
  from: number,
  limit: number,
  matches: Matcher | undefined,
): Listing {
  const items: KubeObject[] = [];
  let at = from;
  const wanted = limit === 0 ? Infinity : limit;
  for (; at < snapshot.entries.length && items.length < wanted; at++) {
    const object = snapshot.entries[at]?.object;
    if (object && (matches === undefined || matches(object))) items.push(object);
  }
  const metadata: Listing["metadata"] = { resourceVersion: String(snapshot.rv) };
  if (at < snapshot.entries.length) {
    keepSnapshot(kernel, `${info.collection} ${namespace} ${snapshot.rv}`, snapshot);
    metadata.continue = encodeContinue(snapshot.rv, snapshot.entries[at - 1]?.key ?? "");
    if (matches === undefined) metadata.remainingItemCount = snapshot.entries.length - at;
  }
  return { items, metadata };
}

function keepSnapshot(kernel: Kernel, key: string, snapshot: Snapshot): void {
  let kept = snapshots.get(kernel);
  if (!kept) snapshots.set(kernel, (kept = new Map()));
  kept.delete(key);
  kept.set(key, { rv: snapshot.rv, entries: snapshot.entries, untilMs: kernel.clock.now() + snapshotTtlMs });
  for (const oldest of kept.keys()) {
    if (kept.size <= maxSnapshots) break;
    kept.delete(oldest);
  }
}

/** The object in the version that was asked for. */
export function inRequestedVersion(object: KubeObject, info: ResourceInfo): KubeObject {
  return convertObject(object, groupVersionOf(info));
}
