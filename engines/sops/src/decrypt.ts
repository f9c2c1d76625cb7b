import { createHash, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { decryptValue, type NonceSource, randomNonce } from "./cipher.ts";
import type { EncryptedFile } from "./file.ts";
import { compileRules } from "./rules/encryption-rules.ts";
import { SopsError } from "./sops-error.ts";
import { leafBytes } from "./tree/leaf-bytes.ts";
import { type Branch, Comment, type Leaf, Timestamp } from "./tree/tree.ts";
import { mapLeaves } from "./tree/walk.ts";

/** What a MAC over encrypted values alone starts with, so that it is never one over all values. */
export const macOnlyEncryptedStart: Uint8Array = createHash("sha256").update("sops").digest();

/** A decrypted file. */
export interface DecryptedTree {
  branches: readonly Branch[];
  /** Whether the values are those that were encrypted: `missing` when the file has no MAC. */
  mac: "matched" | "mismatched" | "missing";
  /** Texts that were encrypted: what must never be printed. */
  secrets: readonly string[];
  /** Gives the nonce that a value had, and a fresh one to every other: an edit then changes only what was edited. */
  nonces: NonceSource;
}

/**
 * Decrypts every value that the file's rules say is encrypted, and compares the MAC.
 * @throws SopsError naming the path of a value that cannot be decrypted, never its text
 */
export function decryptTree({ branches, metadata }: EncryptedFile, dataKey: Uint8Array): DecryptedTree {
  const isEncrypted = compileRules(metadata.rules);
  const hash = createHash("sha512");
  if (metadata.macOnlyEncrypted) hash.update(macOnlyEncryptedStart);
  const secrets: string[] = [];
  const nonces = new Map<string, Uint8Array>();
  const decrypted = branches.map((branch) =>
    mapLeaves(branch, (leaf, place) => {
      const context = `${place.path.join(":")}:`;
      const encrypted = isEncrypted(place, leaf instanceof Comment);
      const plain = encrypted ? decryptLeaf(leaf, dataKey, context, nonces) : leaf;
      if (encrypted && !isName(place.path)) remember(plain, secrets);
      if ((encrypted || !metadata.macOnlyEncrypted) && !(plain instanceof Comment)) hash.update(leafBytes(plain));
      return plain;
    }),
  );
  const mac = compareMac(metadata, dataKey, hash.digest("hex").toUpperCase());
  return {
    branches: decrypted,
    mac,
    secrets,
    nonces: (value, context) => nonces.get(nonceKey(value, context)) ?? randomNonce(value, context),
  };
}

function decryptLeaf(
  leaf: Leaf | Comment,
  dataKey: Uint8Array,
  context: string,
  nonces: Map<string, Uint8Array>,
): Leaf | Comment {
  if (leaf instanceof Comment) return decryptComment(leaf, dataKey, context, nonces);
  if (typeof leaf !== "string") {
    throw new SopsError(
      `decrypt ${JSON.stringify(context.slice(0, -1))}: want an encrypted text, got ${typeNameOf(leaf)}`,
    );
  }
  return noted(decryptValue(leaf, dataKey, context), context, nonces);
}

/** Files of older versions have comments that were never encrypted: those stay. */
function decryptComment(
  comment: Comment,
  dataKey: Uint8Array,
  context: string,
  nonces: Map<string, Uint8Array>,
): Comment {
  try {
    const value = noted(decryptValue(comment.text, dataKey, context), context, nonces);
    return value instanceof Comment ? new Comment(value.text, comment.inline) : comment;
  } catch (error) {
    if (error instanceof SopsError) return comment;
    throw error;
  }
}

function noted(
  { value, nonce }: { value: Leaf | Comment; nonce: Uint8Array | undefined },
  context: string,
  nonces: Map<string, Uint8Array>,
): Leaf | Comment {
  if (nonce) nonces.set(nonceKey(value, context), nonce);
  return value;
}

function nonceKey(value: Leaf | Comment, context: string): string {
  const bytes = value instanceof Comment ? Buffer.from(`#${value.text}`) : leafBytes(value);
  return `${typeNameOf(value)} ${Buffer.from(bytes).toString("base64")} ${context}`;
}

function typeNameOf(value: Leaf | Comment): string {
  if (value instanceof Comment) return "comment";
  if (value instanceof Timestamp) return "time";
  return value instanceof Uint8Array ? "bytes" : typeof value;
}

/** What anybody can read of an object that is applied, though a file that is encrypted as a whole has it encrypted. */
function isName([first]: readonly string[]): boolean {
  return first === "apiVersion" || first === "kind" || first === "metadata";
}

function remember(value: Leaf | Comment, secrets: string[]): void {
  if (typeof value === "string") secrets.push(value);
  else if (typeof value === "number" || typeof value === "bigint") secrets.push(String(value));
}

function compareMac(metadata: EncryptedFile["metadata"], dataKey: Uint8Array, computed: string): DecryptedTree["mac"] {
  if (metadata.mac === "") return "missing";
  const { value } = decryptMac(metadata, dataKey);
  const expected = Buffer.from(typeof value === "string" ? value : "");
  const actual = Buffer.from(computed);
  return expected.length === actual.length && timingSafeEqual(expected, actual) ? "matched" : "mismatched";
}

function decryptMac(
  { mac, lastModified }: EncryptedFile["metadata"],
  dataKey: Uint8Array,
): { value: Leaf | Comment | undefined } {
  try {
    return decryptValue(mac, dataKey, lastModified);
  } catch (error) {
    if (error instanceof SopsError) return { value: undefined };
    throw error;
  }
}
