import type { Artifact } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import { digestOf, parseDigest } from "@eddy/core/digest";
import { createHttpClient, isHttpError, type HttpClient } from "@eddy/http";
import type { ArtifactLimits } from "./artifact.ts";

/** From the first byte sent to the last one read: a source that answers and then says nothing holds no pass. */
const artifactTimeoutMs = 300_000;

/** Options of {@link fetchArtifact}. */
export interface FetchArtifactOptions {
  /** For the deadline. */
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches an artifact's bytes from its URL and proves them against its digest. Whoever may write a source's status says where that is,
 * and whoever answers there where to go next: metadata services are out of reach.
 * @throws EddyError ARTIFACT_FETCH (retry), ARTIFACT_UNREACHABLE (retry: nobody answers, not in time, or too much is asked),
 * ARTIFACT_NOT_FOUND (retry), ARTIFACT_DIGEST_MISMATCH (retry: the source may just have replaced it); the signal's reason
 */
export async function fetchArtifact(
  { url, digest: wanted }: Pick<Artifact, "url" | "digest">,
  { maxBytes }: Pick<ArtifactLimits, "maxBytes">,
  { clock, signal }: FetchArtifactOptions,
): Promise<Uint8Array> {
  const { algorithm } = parseDigest(wanted);
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "http:" && protocol !== "https:") throw failure(url, "not an http or https URL");
  // Artifacts are served within the cluster: what the environment says of proxies is not for them.
  const client = createHttpClient({ clock, direct: true });
  try {
    const content = await download(client, url, { maxBytes, signal });
    const digest = digestOf(content, algorithm);
    if (digest === wanted) return content;
    throw new EddyError(
      "ARTIFACT_DIGEST_MISMATCH",
      `verify artifact from ${url}: computed digest ${digest}, want ${wanted}`,
    );
  } finally {
    client.close();
  }
}

async function download(
  client: HttpClient,
  url: string,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  try {
    const request = { maxBytes, timeoutMs: artifactTimeoutMs, ...(signal ? { signal } : {}) };
    const response = await client.request(url, request);
    if (response.status >= 200 && response.status < 300) return await response.bytes();
    response.discard();
    throw refusal(url, response.status);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (isHttpError(error, "tooLarge")) throw failure(url, `more than ${maxBytes} bytes`);
    if (isHttpError(error)) throw failure(url, error.detail, "ARTIFACT_UNREACHABLE");
    if (error instanceof EddyError) throw error;
    throw failure(url, messageOf(error), "ARTIFACT_UNREACHABLE");
  }
}

function refusal(url: string, status: number): EddyError {
  if (status === 404) return new EddyError("ARTIFACT_NOT_FOUND", `fetch artifact from ${url}: artifact not found`);
  return failure(url, `status ${status}`, status >= 500 || status === 429 ? "ARTIFACT_UNREACHABLE" : "ARTIFACT_FETCH");
}

function failure(
  url: string,
  why: string,
  code: "ARTIFACT_FETCH" | "ARTIFACT_UNREACHABLE" = "ARTIFACT_FETCH",
): EddyError {
  return new EddyError(code, `fetch artifact from ${url}: ${why}`);
}
