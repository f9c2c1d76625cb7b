import { createHash } from "node:crypto";
import { encryptValue, isEncryptedText, type NonceSource, randomNonce } from "./cipher.ts";
import { macOnlyEncryptedStart } from "./decrypt.ts";
import type { EncryptedFile } from "./file.ts";
import { compileRules } from "./rules/encryption-rules.ts";
import { SopsError } from "./sops-error.ts";
import { leafBytes } from "./tree/leaf-bytes.ts";
import { type Branch, Comment } from "./tree/tree.ts";
import { mapLeaves } from "./tree/walk.ts";

/**
 * Encrypts every value that the rules say is to be encrypted, and makes the MAC, bound to `metadata.lastModified`.
 * @throws SopsError for a comment whose encrypted form would match `unencrypted_comment_regex`
 */
export function encryptTree(
  { format, branches, metadata }: EncryptedFile,
  dataKey: Uint8Array,
  nonces: NonceSource = randomNonce,
): EncryptedFile {
  const isEncrypted = compileRules(metadata.rules);
  const hash = createHash("sha512");
  if (metadata.macOnlyEncrypted) hash.update(macOnlyEncryptedStart);
  const encrypted: Branch[] = branches.map((branch) =>
    mapLeaves(branch, (leaf, place) => {
      const isChosen = isEncrypted(place, leaf instanceof Comment);
      if ((isChosen || !metadata.macOnlyEncrypted) && !(leaf instanceof Comment)) hash.update(leafBytes(leaf));
      if (!isChosen) return leaf;
      const text = encryptValue(leaf, dataKey, `${place.path.join(":")}:`, nonces);
      if (leaf instanceof Comment && metadata.rules.unencryptedCommentRegex) refuseReadable(text, isEncrypted);
      return text;
    }),
  );
  const mac = encryptValue(hash.digest("hex").toUpperCase(), dataKey, metadata.lastModified);
  return { format, branches: encrypted, metadata: { ...metadata, mac } };
}

/** A comment must be told from a plain one when it is decrypted: a rule that takes its ciphertext for plain would not. */
function refuseReadable(text: string, isEncrypted: ReturnType<typeof compileRules>): void {
  if (!isEncryptedText(text) || isEncrypted({ path: [], comments: [[text]] }, false)) return;
  throw new SopsError("encrypt a comment: its ciphertext matches unencrypted_comment_regex: choose one that cannot");
}
