import { Buffer } from "node:buffer";
import { SshKeyError } from "./ssh-key-error.ts";
import { SshReader } from "./wire.ts";

/** A public key: its type, its wire form, and the comment of its line. */
export interface SshPublicKey {
  /** Such as `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`. */
  type: string;
  /** What is base64 in the line: the type and the parts. */
  blob: Uint8Array;
  comment: string;
}

/** Reads `<type> <base64> [comment]`. @throws SshKeyError */
export function parseSshPublicKey(line: string): SshPublicKey {
  const [type = "", encoded = "", ...comment] = line.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  if (blob.length === 0) throw new SshKeyError('read SSH public key: want "<type> <base64> [comment]"');
  const inner = new SshReader(blob).text();
  if (inner !== type) {
    throw new SshKeyError(`read SSH public key: it says ${JSON.stringify(type)} and holds ${JSON.stringify(inner)}`);
  }
  return { type, blob: new Uint8Array(blob), comment: comment.join(" ") };
}

/** The line of a public key. */
export function formatSshPublicKey({ type, blob, comment }: SshPublicKey): string {
  return [type, Buffer.from(blob).toString("base64"), comment].filter((part) => part !== "").join(" ");
}
