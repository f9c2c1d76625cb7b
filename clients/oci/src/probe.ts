import type { Clock } from "@eddy/core/clock";
import type { HttpClient } from "@eddy/http";
import { allowsPlainHttp, type Repository } from "@eddy/core/image";
import { chooseChallenge, parseChallenges, type Challenge } from "./challenge.ts";
import { ociError, exchangeError } from "./oci-error.ts";
import { RegistryError } from "./registry-error.ts";
import { messageOf } from "@eddy/core/errors";

/** How a registry is spoken to. */
export interface Endpoint {
  /** `https://host` or `http://host`. */
  readonly origin: URL;
  /** Absent: it lets everybody in. */
  readonly challenge: Challenge | undefined;
}

/** What a probe needs. */
export interface ProbeOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const fallbackDelayMs = 300;

/**
 * Asks `/v2/` how the registry wants to be spoken to: HTTPS, and where plain HTTP is allowed that too when HTTPS fails or hesitates.
 * Source: go-containerregistry `transport.Ping`.
 * @throws RegistryError for an answer that is neither 200 nor 401; EddyError OCI_CONNECT with the reason of each scheme.
 */
export async function probe(
  registry: Pick<Repository, "registry" | "insecure">,
  options: ProbeOptions,
): Promise<Endpoint> {
  const secure = probeOrigin(`https://${registry.registry}`, options);
  if (!allowsPlainHttp(registry)) return secure;
  const plain = hesitate(secure, options).then(() => probeOrigin(`http://${registry.registry}`, options));
  try {
    return await Promise.any([secure, plain]);
  } catch (error) {
    const reasons = (error as AggregateError).errors;
    const refused = reasons.find((reason) => reason instanceof RegistryError);
    if (refused) throw refused;
    if (options.signal?.aborted) throw options.signal.reason;
    throw ociError("OCI_CONNECT", reasons.map(messageOf).join("; "), reasons.at(-1));
  }
}

/** Resolves when the attempt failed, or has taken long; never when it has succeeded. */
function hesitate(attempt: Promise<unknown>, { clock }: ProbeOptions): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(fallbackDelayMs, resolve);
    attempt.then(cancel, () => {
      cancel();
      resolve();
    });
  });
}

async function probeOrigin(origin: string, { http, timeoutMs, signal }: ProbeOptions): Promise<Endpoint> {
  const url = new URL("/v2/", origin);
  try {
    const response = await http.request(url, {
      timeoutMs,
      maxBytes: 64 * 1024,
      ...(signal ? { signal } : {}),
    });
    if (response.status === 401) {
      response.discard();
      return {
        origin: new URL(response.url.origin),
        challenge: chooseChallenge(parseChallenges(response.headers["www-authenticate"])),
      };
    }
    if (response.status !== 200)
      throw new RegistryError({ method: "GET", url, status: response.status, body: await response.text() });
    response.discard();
    return { origin: new URL(response.url.origin), challenge: undefined };
  } catch (error) {
    throw exchangeError(error, "GET", url);
  }
}
