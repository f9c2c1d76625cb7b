import { systemClock, type Clock } from "@eddy/core/clock";
import { createHttpClient, type HttpClient, type HttpProxy } from "@eddy/http";
import type { Keychain, OciClient, OciLimits } from "./client.ts";
import { fetchBlob, hasBlob } from "./blobs.ts";
import type { HostBudget } from "./host-budget.ts";
import { defaultLimits } from "./limits.ts";
import { listTags, listTagsIfChanged } from "./list-tags.ts";
import { fetchImage, fetchManifest, resolveReference } from "./manifests.ts";
import { pingRegistry } from "./ping.ts";
import { deleteManifest, pushBlob, pushManifest, tagManifest } from "./push.ts";
import { listReferrers } from "./referrers.ts";
import { createSession, type Session } from "./session.ts";
import type { Repository } from "@eddy/core/image";

/** Options of {@link createOciClient}. */
export interface OciClientOptions {
  /** Default: everything anonymously. */
  keychain?: Keychain;
  /** PEM; trusted beside the system's authorities. */
  caCert?: string;
  /** A certificate, PEM, that registries which ask for one are shown. */
  identity?: { cert: string; key: string };
  /** Accept any certificate: `spec.insecure` without a `certSecretRef`. */
  insecureSkipVerify?: boolean;
  proxy?: HttpProxy;
  /** Of each request, body included. Default 60,000. */
  timeoutMs?: number;
  limits?: Partial<OciLimits>;
  /** Default `eddy`. */
  userAgent?: string;
  /** Shared with other clients, where they ask the same hosts. Default: none. */
  budget?: HostBudget;
  clock?: Clock;
}

const anonymous: Keychain = { resolve: () => Promise.resolve(undefined) };

/** A client that has spoken to nobody yet; one a trust, proxy and set of credentials. */
export function createOciClient(options: OciClientOptions = {}): OciClient {
  const { clock = systemClock, keychain = anonymous, timeoutMs = 60_000 } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const sessions = new Map<string, Session>();
  const clients = new Set<HttpClient>();
  const sessionOf = ({ registry, insecure }: Pick<Repository, "registry" | "insecure">): Session => {
    const key = `${insecure}/${registry}`;
    const known = sessions.get(key);
    if (known) return known;
    const http = createHttpClient(httpOptions(options, registry, clock));
    const made = createSession(
      { registry, insecure },
      { http, keychain, clock, limits, timeoutMs, budget: options.budget },
    );
    clients.add(http);
    sessions.set(key, made);
    return made;
  };
  return {
    pausedMs: (registry) => options.budget?.pausedMs(registry) ?? 0,
    listTags: (repository, call) => listTags(sessionOf(repository), repository, limits, call),
    listTagsIfChanged: (repository, known, call) =>
      listTagsIfChanged(sessionOf(repository), repository, limits, known, call),
    resolve: (reference, call) => resolveReference(sessionOf(reference.repository), reference, limits, call),
    fetchManifest: (reference, call) => fetchManifest(sessionOf(reference.repository), reference, limits, call),
    fetchImage: (reference, call) => fetchImage(sessionOf(reference.repository), reference, limits, call),
    fetchBlob: (repository, descriptor, call) => fetchBlob(sessionOf(repository), repository, descriptor, limits, call),
    hasBlob: (repository, digest, call) => hasBlob(sessionOf(repository), repository, digest, call),
    pushBlob: (repository, blob, call) => pushBlob(sessionOf(repository), repository, blob, call),
    pushManifest: (reference, manifest, call) =>
      pushManifest(sessionOf(reference.repository), reference, manifest, limits, call),
    tag: (reference, tag, call) => tagManifest(sessionOf(reference.repository), reference, tag, limits, call),
    deleteManifest: (reference, call) => deleteManifest(sessionOf(reference.repository), reference, call),
    listReferrers: (repository, digest, call) => listReferrers(sessionOf(repository), repository, digest, limits, call),
    ping: (registry, call) => pingRegistry(sessionOf(registry), registry, call),
    close() {
      for (const http of clients) http.close();
    },
  };
}

function httpOptions(
  { caCert, identity, insecureSkipVerify, proxy, userAgent }: OciClientOptions,
  registry: string,
  clock: Clock,
): Parameters<typeof createHttpClient>[0] {
  return {
    clock,
    ...(caCert === undefined ? {} : { caCert }),
    ...(identity ? { identity: { ...identity, origin: new URL(`https://${registry}`).origin } } : {}),
    ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
    ...(proxy ? { proxy } : {}),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}
