import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SopsError } from "./sops-error.ts";
import { Comment, type Leaf, Timestamp } from "./tree/tree.ts";
import { formatFixedFloat } from "./tree/leaf-bytes.ts";

const nonceBytes = 32;
const tagBytes = 16;
const format = /^ENC\[AES256_GCM,data:([^,\]]*),iv:([^,\]]*),tag:([^,\]]*),type:([a-z]+)\]/;

/** Whether a text has the form of an encrypted value. */
export function isEncryptedText(text: string): boolean {
  return format.test(text);
}

/** Draws the nonce of a value; given by tests and by an edit that keeps what did not change. */
export type NonceSource = (plaintext: Leaf | Comment, context: string) => Uint8Array;

/** A fresh nonce of 32 bytes. */
export const randomNonce: NonceSource = () => randomBytes(nonceBytes);

/**
 * One value as SOPS writes it, `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, bound to `context` (the path with a colon behind
 * each step). What is empty stays empty. Source: sops 3.13, AES256_GCM.
 */
export function encryptValue(
  plaintext: Leaf | Comment,
  key: Uint8Array,
  context: string,
  nonce: NonceSource = randomNonce,
): string {
  const { type, bytes } = encodeLeaf(plaintext);
  if (bytes.length === 0) return "";
  const iv = nonce(plaintext, context);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const [body, initial, tag] = [data, Buffer.from(iv), cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${body},iv:${initial},tag:${tag},type:${type}]`;
}

/** The value and its nonce behind an encrypted text. */
export interface DecryptedValue {
  value: Leaf | Comment;
  nonce: Uint8Array | undefined;
}

/** @throws SopsError when the text is no encrypted value, or was not made with this key for this context */
export function decryptValue(text: string, key: Uint8Array, context: string): DecryptedValue {
  if (text === "") return { value: "", nonce: undefined };
  const match = format.exec(text);
  if (!match) throw new SopsError(`decrypt ${quoted(context)}: the value is not in SOPS' data format`);
  const [data, iv, tag] = [match[1], match[2], match[3]].map((part) => Buffer.from(part ?? "", "base64"));
  if (!data || !iv || tag?.length !== tagBytes || iv.length === 0) {
    throw new SopsError(`decrypt ${quoted(context)}: the value's nonce or tag is malformed`);
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, iv);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    const plain = Buffer.concat([decipher.update(data), decipher.final()]);
    return { value: decodeLeaf(plain, match[4] ?? "", context), nonce: iv };
  } catch (cause) {
    if (cause instanceof SopsError) throw cause;
    throw new SopsError(
      `decrypt ${quoted(context)}: authentication failed: the value was changed, moved, or encrypted with another data key`,
      { cause },
    );
  }
}

function encodeLeaf(value: Leaf | Comment): { type: string; bytes: Uint8Array } {
  if (value instanceof Comment) return { type: "comment", bytes: Buffer.from(value.text) };
  if (value instanceof Timestamp) return { type: "time", bytes: Buffer.from(value.text) };
  if (value instanceof Uint8Array) return { type: "str", bytes: value };
  if (typeof value === "string") return { type: "str", bytes: Buffer.from(value) };
  if (typeof value === "bigint") return { type: "int", bytes: Buffer.from(String(value)) };
  if (typeof value === "number") return { type: "float", bytes: Buffer.from(formatFixedFloat(value)) };
  return { type: "bool", bytes: Buffer.from(value ? "True" : "False") };
}

const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsehoods = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function decodeLeaf(bytes: Buffer, type: string, context: string): Leaf | Comment {
  const text = bytes.toString("utf8");
  if (type === "str" || type === "bytes") return Buffer.from(text).equals(bytes) ? text : new Uint8Array(bytes);
  if (type === "comment") return new Comment(text);
  if (type === "time") return new Timestamp(text);
  if (type === "int" && /^[-+]?\d+$/.test(text)) return BigInt(text);
  if (type === "float" && text.trim() !== "" && !Number.isNaN(parseFloat(text))) return Number(text);
  if (type === "bool" && truths.has(text)) return true;
  if (type === "bool" && falsehoods.has(text)) return false;
  throw new SopsError(`decrypt ${quoted(context)}: the value is no ${JSON.stringify(type)}`);
}

function quoted(context: string): string {
  return JSON.stringify(context.replace(/:$/, ""));
}
