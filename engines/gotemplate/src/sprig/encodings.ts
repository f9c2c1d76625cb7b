import { createHash } from "node:crypto";
import { type FunctionTable, goFunction } from "../function.ts";
import { decodeGoString, encodeGoString } from "../value/go-string.ts";
import { decodeBase32, decodeBase64, encodeBase32, encodeBase64 } from "./base-codecs.ts";
import { CallError } from "./call-error.ts";

/** The text, or the text of the error: sprig's decoders never fail. */
function orMessage(decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CallError) return error.message;
    throw error;
  }
}

function digest(algorithm: "sha1" | "sha256" | "sha512", text: string): string {
  return createHash(algorithm).update(encodeGoString(text)).digest("hex");
}

/** Source: RFC 1950. */
function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

/** Encodings and checksums of texts. */
export const encodingFunctions: FunctionTable = {
  b64enc: goFunction(["string"], "string", (_, text) => encodeBase64(text)),
  b64dec: goFunction(["string"], "string", (_, text) => orMessage(() => decodeGoString(decodeBase64(text)))),
  b32enc: goFunction(["string"], "string", (_, text) => encodeBase32(text)),
  b32dec: goFunction(["string"], "string", (_, text) => orMessage(() => decodeBase32(text))),
  sha1sum: goFunction(["string"], "string", (_, text) => digest("sha1", text)),
  sha256sum: goFunction(["string"], "string", (_, text) => digest("sha256", text)),
  sha512sum: goFunction(["string"], "string", (_, text) => digest("sha512", text)),
  adler32sum: goFunction(["string"], "string", (_, text) => String(adler32(encodeGoString(text)))),
};
