import type { Fence } from "./connect-options.ts";
import type { KubeObject, ObjectRef, GroupVersionKind, JsonObject } from "@eddy/core/object";
import type { ApiResource } from "./discovery/api-resource.ts";

/** Selects objects of a list or watch; selectors are in their text form. */
export interface ListOptions {
  /** "" or absent: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Only apiVersion, kind and metadata come back (`PartialObjectMetadata`). */
  metadataOnly?: boolean;
  /** Page size; default 500. All pages are fetched. */
  limit?: number;
  signal?: AbortSignal;
}

/** Where a watch begins and how long it lasts. */
export interface WatchOptions extends ListOptions {
  /** "" with `sendInitialEvents`: everything there is, then what follows. */
  resourceVersion: string;
  /** The server ends the stream after this; its own default is 30 to 60 minutes. */
  timeoutSeconds?: number;
  /** A streamed list: ADDED for all there is, then a BOOKMARK with the annotation `k8s.io/initial-events-end`. */
  sendInitialEvents?: boolean;
}

/** A whole list, all pages of it, as of `resourceVersion`. */
export interface ListResult<T extends KubeObject = KubeObject> {
  items: T[];
  resourceVersion: string;
}

/** Common to all writes. */
export interface WriteOptions {
  fieldManager?: string;
  dryRun?: boolean;
  fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Like `status`. */
  subresource?: string;
  signal?: AbortSignal;
}

/** Of server-side apply. */
export interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  /** Take fields from other managers instead of failing with 409. */
  force?: boolean;
}

/** JSON Patch (RFC 6902), JSON Merge Patch (RFC 7386), or strategic merge, which custom resources refuse with 415. */
export type PatchType = "json" | "merge" | "strategic";

/** Of deletion; what is absent is the server's default. */
export interface DeleteOptions {
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  /** Fails with 409 unless the object still has this uid / resourceVersion. */
  preconditions?: { uid?: string; resourceVersion?: string };
  gracePeriodSeconds?: number;
  dryRun?: boolean;
  signal?: AbortSignal;
}

/** One watch event. `BOOKMARK` carries only a resourceVersion, and an annotation at the end of a streamed initial list. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: T;
}

/** Which kind of object; the resource (plural, scope) is found by discovery. */
export type KindRef = Pick<GroupVersionKind, "group" | "kind"> & { version?: string };

/** Names one object, in a version or in the server's preferred one. */
export type ObjectKey = ObjectRef & { version?: string };

/** Whom a client acts for: `Impersonate-User`, `-Group`, `-Uid`, `-Extra-*`. */
export interface Impersonation {
  user: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
}

/**
 * A connection to one API server as one identity. Every method throws {@link KubeApiError} for an answer that is not a
 * success and `KubeConnectionError` when there was none. Requests that the server refuses with 429, or 503 with
 * Retry-After, are repeated as it asks, a bounded number of times.
 */
export interface KubeClient {
  /** Base URL, without a trailing slash. */
  readonly server: string;
  /** What stands before its writes: a client of another cluster that works for the same process stands behind it, too. */
  readonly fence?: Fence | undefined;

  get<T extends KubeObject = KubeObject>(
    key: ObjectKey,
    options?: { metadataOnly?: boolean; signal?: AbortSignal },
  ): Promise<T>;
  list<T extends KubeObject = KubeObject>(kind: KindRef, options?: ListOptions): Promise<ListResult<T>>;
  create<T extends KubeObject = KubeObject>(object: KubeObject, options?: WriteOptions): Promise<T>;
  /** PUT. */
  replace<T extends KubeObject = KubeObject>(object: KubeObject, options?: WriteOptions): Promise<T>;
  /** Server-side apply. */
  apply<T extends KubeObject = KubeObject>(object: KubeObject, options: ApplyOptions): Promise<T>;
  patch<T extends KubeObject = KubeObject>(
    key: ObjectKey,
    type: PatchType,
    body: JsonObject | unknown[],
    options?: WriteOptions,
  ): Promise<T>;
  /** Resolves with the object when finalizers keep it, undefined when it is gone. */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<KubeObject | undefined>;
  /**
   * Events from `resourceVersion` on. Ends normally when the server ends the stream; throws KubeApiError 410 `Expired`
   * when the version is too old. {@link reflect} does list, watch and resume; use this only when that is too much.
   */
  watch<T extends KubeObject = KubeObject>(kind: KindRef, options: WatchOptions): AsyncIterable<WatchEvent<T>>;

  /** The resource that serves this kind; `force` asks the server again. Throws KubeApiError reason `NoKindMatch` (404). */
  resourceFor(kind: KindRef, options?: { force?: boolean }): Promise<ApiResource>;
  /** All resources served, preferred versions first. */
  resources(): Promise<ApiResource[]>;
  version(): Promise<{ gitVersion: string; major: string; minor: string; [field: string]: unknown }>;
  /** Any other request below the server's root: `/readyz`, `/openapi/v3`, a log. */
  raw(
    method: string,
    path: string,
    options?: { body?: string; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }>;

  /** A client for the same server that acts as somebody else; shares connections and discovery. */
  impersonate(whom: Impersonation): KubeClient;
  /** Closes kept connections and ends watches. */
  close(): void;
}
