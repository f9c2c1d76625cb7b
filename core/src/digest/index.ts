/**
 * Content digests in the form `sha256:<hex>`.
 *
 * Entry points: {@link sha256}, {@link parseDigest}.
 */
import { createHash } from "node:crypto";
import { EddyError } from "../errors/index.ts";

/** What digests may be made with. */
export type DigestAlgorithm = "sha256" | "sha384" | "sha512";

const hexLength: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** `<algorithm>:<hex>` of the content. */
export function digestOf(content: string | Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
}

/** 64 lower-case hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * Splits `sha256:<hex>`.
 * @throws EddyError INVALID_DIGEST (terminal) for another form or a wrong length.
 */
export function parseDigest(digest: string): { algorithm: DigestAlgorithm; hex: string } {
  const [algorithm = "", hex = ""] = digest.split(":", 2);
  if (!(algorithm in hexLength) || hex.length !== hexLength[algorithm as DigestAlgorithm] || !/^[0-9a-f]+$/.test(hex)) {
    throw new EddyError(
      "INVALID_DIGEST",
      `invalid digest ${JSON.stringify(digest)}: want "<sha256|sha384|sha512>:<hex>"`,
      {
        class: "terminal",
      },
    );
  }
  return { algorithm: algorithm as DigestAlgorithm, hex };
}
