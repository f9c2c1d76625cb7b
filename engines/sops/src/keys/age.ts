import { armor, Decrypter, Encrypter, type Identity, type Recipient } from "age-encryption";
import { messageOf } from "@eddy/core/errors";
import { SopsError } from "../sops-error.ts";
import type { KeyService } from "./master-key.ts";
import { isSshRecipient, sshIdentity, sshRecipient } from "./age-ssh.ts";

/**
 * Age keys from the texts of identity files: X25519 and post-quantum ones, a line each, with comments; or one OpenSSH private
 * key. Encrypting needs no identity: recipients are public.
 * @throws SopsError for a line that is no identity (by its number: the line is a secret), and for plugins
 */
export function createAgeKeys(identityFiles: readonly string[]): KeyService<"age"> {
  const identities = identityFiles.flatMap(parseIdentities);
  return {
    async decrypt({ enc }) {
      if (identities.length === 0) throw new SopsError("no age identity is given");
      const decrypter = new Decrypter();
      for (const identity of identities) decrypter.addIdentity(identity);
      try {
        return await decrypter.decrypt(armor.decode(enc.trim()));
      } catch (cause) {
        throw new SopsError(`decrypt with age: ${messageOf(cause)}`, { cause });
      }
    },
    async encrypt({ recipient }, dataKey) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipientOf(recipient));
      return `${armor.encode(await encrypter.encrypt(dataKey)).trimEnd()}\n`;
    },
  };
}

const nativeRecipient = /^age1(?:(?:pq|tag|tagpq)1)?[02-9ac-hj-np-z]+$/;

function recipientOf(text: string): string | Recipient {
  if (isSshRecipient(text)) return sshRecipient(text);
  if (nativeRecipient.test(text)) return text;
  throw new SopsError(
    `use age recipient ${JSON.stringify(text)}: want age1…, age1pq1… or an SSH public key; plugins are not run`,
  );
}

function parseIdentities(text: string): (string | Identity)[] {
  if (text.includes("-----BEGIN OPENSSH PRIVATE KEY-----")) return [sshIdentity(text)];
  return text.split("\n").flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    if (/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(trimmed)) return [trimmed];
    const isPlugin = trimmed.startsWith("AGE-PLUGIN-");
    throw new SopsError(
      `read age identities: line ${index + 1} ${isPlugin ? "needs a plugin, and none is run" : "is no age identity"}`,
    );
  });
}
