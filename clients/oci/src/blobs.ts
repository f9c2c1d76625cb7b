import type { Descriptor, OciCallOptions, OciLimits } from "./client.ts";
import { checkedDigest, createDigestVerifier } from "./digest.ts";
import { exchangeError, ociError } from "./oci-error.ts";
import { repositoryPath, type Repository } from "@eddy/core/image";
import { redactUrl } from "./registry-error.ts";
import type { Session } from "./session.ts";

/** See `OciClient.fetchBlob`. @throws EddyError OCI_TOO_LARGE before anything is read, where the manifest says so. */
export async function fetchBlob(
  session: Session,
  repository: Repository,
  { digest, size }: Pick<Descriptor, "digest"> & { size?: number },
  limits: OciLimits,
  options: OciCallOptions & { maxBytes?: number } = {},
): Promise<Buffer> {
  const { maxBytes = limits.maxBlobBytes, ...call } = options;
  const verifier = createDigestVerifier(checkedDigest(digest), size);
  if (size !== undefined && size > maxBytes)
    throw ociError("OCI_TOO_LARGE", `fetch blob ${digest}: it has ${size} bytes, at most ${maxBytes} are allowed`);
  const path = `/v2/${repositoryPath(repository)}/blobs/${digest}`;
  const response = await session.send({ ...call, repository, path, expect: [200], maxBytes });
  const announced = Number(response.headers["content-length"] ?? size);
  if (size !== undefined && announced !== size) {
    response.discard();
    const message = `GET ${redactUrl(response.url)}: Content-Length header ${announced} does not match expected size ${size}`;
    throw ociError("OCI_DIGEST", message);
  }
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body) {
      verifier.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    throw exchangeError(error, "GET", response.url);
  }
  verifier.finish();
  return Buffer.concat(chunks);
}

/** See `OciClient.hasBlob`. */
export async function hasBlob(
  session: Session,
  repository: Repository,
  digest: string,
  options: OciCallOptions & { actions?: "pull" | "pull,push" } = {},
): Promise<boolean> {
  const path = `/v2/${repositoryPath(repository)}/blobs/${checkedDigest(digest)}`;
  const response = await session.send({ ...options, method: "HEAD", repository, path, expect: [200, 404] });
  response.discard();
  return response.status === 200;
}
