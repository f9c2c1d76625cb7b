import type * as OpenPgpLibrary from "openpgp";
import type { Key, PrivateKey } from "openpgp";
import { messageOf } from "@eddy/core/errors";
import { SopsError } from "../sops-error.ts";
import type { KeyService } from "./master-key.ts";

type OpenPgp = typeof OpenPgpLibrary;

/** OpenPGP keys: armored private keys decrypt, armored public (or private) keys encrypt. */
export interface PgpKeysOptions {
  /** Armored private keys, without a passphrase unless `passphrase` is given. */
  privateKeys?: readonly string[];
  publicKeys?: readonly string[];
  passphrase?: string;
}

/**
 * The key service of OpenPGP. The library is loaded when a key is first used.
 * @throws SopsError when a key cannot be read, is locked, or is not the one that the file names
 */
export function createPgpKeys({ privateKeys = [], publicKeys = [], passphrase }: PgpKeysOptions): KeyService<"pgp"> {
  return {
    async decrypt({ enc }) {
      if (privateKeys.length === 0) throw new SopsError("no OpenPGP private key is given");
      const openpgp = await import("openpgp");
      const decryptionKeys = await unlocked(openpgp, privateKeys, passphrase);
      try {
        const message = await openpgp.readMessage({ armoredMessage: enc });
        const { data } = await openpgp.decrypt({ message, decryptionKeys, format: "binary" });
        return data as Uint8Array;
      } catch (cause) {
        throw new SopsError(`decrypt with OpenPGP: ${messageOf(cause)}`, { cause });
      }
    },
    async encrypt({ fingerprint }, dataKey) {
      const openpgp = await import("openpgp");
      const keys = await readKeys(openpgp, [...publicKeys, ...privateKeys]);
      const wanted = fingerprint.replaceAll(/\s/g, "").toLowerCase();
      const key = keys.find((candidate) =>
        candidate.getKeys().some((part) => part.getFingerprint().toLowerCase().endsWith(wanted)),
      );
      if (!key) throw new SopsError(`no OpenPGP public key with fingerprint ${JSON.stringify(fingerprint)} is given`);
      const message = await openpgp.createMessage({ binary: dataKey });
      const armored = await openpgp.encrypt({ message, encryptionKeys: key });
      return armored.replaceAll("\r\n", "\n").trimEnd();
    },
  };
}

async function readKeys(openpgp: OpenPgp, armored: readonly string[]): Promise<Key[]> {
  const keys = await Promise.all(
    armored.map((text) =>
      openpgp.readKeys({ armoredKeys: text }).catch((cause: unknown) => {
        throw new SopsError(`read OpenPGP key: ${messageOf(cause)}`, { cause });
      }),
    ),
  );
  return keys.flat();
}

async function unlocked(
  openpgp: OpenPgp,
  armored: readonly string[],
  passphrase: string | undefined,
): Promise<PrivateKey[]> {
  const keys = (await readKeys(openpgp, armored)).filter((key) => key.isPrivate());
  return await Promise.all(
    keys.map(async (key) => {
      if (key.isDecrypted()) return key;
      if (passphrase === undefined)
        throw new SopsError(`use OpenPGP key ${key.getFingerprint()}: it is behind a passphrase`);
      return await openpgp.decryptKey({ privateKey: key, passphrase });
    }),
  );
}
