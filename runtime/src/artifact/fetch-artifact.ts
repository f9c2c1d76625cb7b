import type { Artifact } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { digestOf, parseDigest } from "@eddy/core/digest";
import type { ArtifactLimits } from "./artifact.ts";

/**
 * Fetches an artifact's bytes from its URL and proves them against its digest.
 * @throws EddyError ARTIFACT_FETCH (retry), ARTIFACT_UNREACHABLE (retry: nobody answers, or too much is asked), ARTIFACT_NOT_FOUND
 * (retry), ARTIFACT_DIGEST_MISMATCH (retry: the source may just have replaced it).
 */
export async function fetchArtifact(
  artifact: Pick<Artifact, "url" | "digest">,
  limits: ArtifactLimits,
  signal?: AbortSignal,
): Promise<Buffer> {
  const { algorithm } = parseDigest(artifact.digest);
  const response = await request(artifact.url, signal);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limits.maxBytes) throw failure(artifact.url, `more than ${limits.maxBytes} bytes`);
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  const digest = digestOf(content, algorithm);
  if (digest !== artifact.digest) {
    throw new EddyError(
      "ARTIFACT_DIGEST_MISMATCH",
      `verify artifact from ${artifact.url}: computed digest ${digest}, want ${artifact.digest}`,
    );
  }
  return content;
}

async function request(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "http:" && protocol !== "https:") throw failure(url, "not an http or https URL");
  try {
    const response = await fetch(url, { redirect: "follow", ...(signal ? { signal } : {}) });
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404)
      throw new EddyError("ARTIFACT_NOT_FOUND", `fetch artifact from ${url}: artifact not found`);
    const isPassing = response.status >= 500 || response.status === 429;
    throw failure(url, `status ${response.status}`, isPassing ? "ARTIFACT_UNREACHABLE" : "ARTIFACT_FETCH");
  } catch (error) {
    if (error instanceof EddyError || signal?.aborted) throw error;
    throw failure(url, messageOf((error as Error).cause ?? error), "ARTIFACT_UNREACHABLE");
  }
}

function failure(
  url: string,
  why: string,
  code: "ARTIFACT_FETCH" | "ARTIFACT_UNREACHABLE" = "ARTIFACT_FETCH",
): EddyError {
  return new EddyError(code, `fetch artifact from ${url}: ${why}`);
}
