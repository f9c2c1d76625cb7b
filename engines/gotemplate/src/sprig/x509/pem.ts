import { Buffer } from "node:buffer";

/** A block of PEM. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A block as text, 64 characters a line, with a final line feed. Source: Go's encoding/pem. */
export function encodePem({ type, bytes }: PemBlock): string {
  const base64 = Buffer.from(bytes).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}

const block =
  /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t]*\r?\n((?:(?!-----BEGIN )[^])*?)(?:^|\n)?-----END \1-----[ \t]*\r?(?:\n|$)/g;

/** The first block of a text that is whole; undefined if there is none. Headers are skipped. Source: Go's encoding/pem. */
export function decodePem(text: string): PemBlock | undefined {
  for (const [, type = "", body = ""] of text.matchAll(block)) {
    const base64 = body.replace(/^(?:[^\n:]*:[^\n]*\n)+/, "").replace(/[ \t\r\n]/g, "");
    if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
      return { type, bytes: Buffer.from(base64, "base64") };
    }
  }
  return undefined;
}
