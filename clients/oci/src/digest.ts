import { createHash } from "node:crypto";
import { ociError } from "./oci-error.ts";

const hexLengths: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** `sha256:<hex>` of the bytes. */
export function sha256Digest(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether a text is a digest that can be checked: `sha256` or `sha512`. */
export function isDigest(text: string): boolean {
  const [algorithm = "", hex = "", rest] = text.split(":", 3);
  return rest === undefined && hex.length === hexLengths[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/**
 * A digest that can be checked.
 * @throws EddyError OCI_DIGEST for any other text: what cannot be checked is not fetched.
 */
export function checkedDigest(text: string): string {
  if (isDigest(text)) return text;
  throw ociError(
    "OCI_DIGEST",
    `refused the digest ${JSON.stringify(text.slice(0, 200))}: want "sha256:<hex>" or "sha512:<hex>"`,
  );
}

/** Counts and hashes bytes, and compares in the end. */
export interface DigestVerifier {
  update(chunk: Uint8Array): void;
  /** @throws EddyError OCI_DIGEST in the words of go-containerregistry. */
  finish(): void;
}

/** A verifier of a {@link checkedDigest}; without a size, of any. */
export function createDigestVerifier(digest: string, size: number | undefined): DigestVerifier {
  const [algorithm = ""] = digest.split(":", 1);
  const hash = createHash(algorithm);
  let length = 0;
  return {
    update(chunk) {
      length += chunk.length;
      hash.update(chunk);
      if (size !== undefined && length > size)
        throw ociError("OCI_DIGEST", `error verifying size; got more than ${size}, want ${size}`);
    },
    finish() {
      if (size !== undefined && length !== size)
        throw ociError("OCI_DIGEST", `error verifying size; got ${length}, want ${size}`);
      const got = `${algorithm}:${hash.digest("hex")}`;
      if (got !== digest)
        throw ociError(
          "OCI_DIGEST",
          `error verifying ${algorithm} checksum after reading ${length} bytes; got "${got}", want "${digest}"`,
        );
    },
  };
}
