import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KeyServices } from "@eddy/sops";
import type { CliIo } from "../command/context.ts";

/** Where private keys are named beside the environment. */
export interface KeyFiles {
  /** Files with age identities or one OpenSSH private key. */
  age: readonly string[];
  /** Files with armored OpenPGP keys: private ones decrypt, public ones encrypt. */
  pgp: readonly string[];
}

/**
 * The keys of this machine, where `sops` looks for them too: `SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE`,
 * `SOPS_AGE_SSH_PRIVATE_KEY_FILE`, `sops/age/keys.txt` in the folder for settings, and `~/.ssh`. No GnuPG agent is asked:
 * OpenPGP keys are named as files.
 * @throws EddyError KEY_FILE (terminal) for a file that was named and cannot be read; SopsError for one that holds no key
 */
export async function loadKeyServices(io: Pick<CliIo, "env">, files: KeyFiles): Promise<KeyServices> {
  const { createAgeKeys, createPgpKeys } = await import("@eddy/sops");
  const [age, pgp] = await Promise.all([ageIdentities(io, files.age), Promise.all(files.pgp.map(readNamed))]);
  return { age: createAgeKeys(age), pgp: createPgpKeys({ privateKeys: pgp, publicKeys: pgp }) };
}

async function ageIdentities({ env }: Pick<CliIo, "env">, named: readonly string[]): Promise<string[]> {
  const home = env["HOME"] ?? homedir();
  const settings = env["XDG_CONFIG_HOME"] ?? join(home, ".config");
  const given = [...named, env["SOPS_AGE_KEY_FILE"], env["SOPS_AGE_SSH_PRIVATE_KEY_FILE"]];
  const texts = await Promise.all([
    ...given.filter((path) => path !== undefined && path !== "").map((path) => readNamed(path ?? "")),
    readIfThere(join(settings, "sops/age/keys.txt")),
    ...(env["SOPS_AGE_SSH_PRIVATE_KEY_FILE"]
      ? []
      : ["id_ed25519", "id_rsa"].map((name) => readUsableSsh(join(home, ".ssh", name)))),
  ]);
  return [env["SOPS_AGE_KEY"]?.replaceAll(",", "\n"), ...texts].filter((text) => text !== undefined);
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new EddyError("KEY_FILE", `read key file ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      class: "terminal",
      cause,
    });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined);
}

/** A key of the user's that was not named is used when it can be, and is in nobody's way when it is behind a passphrase. */
async function readUsableSsh(path: string): Promise<string | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { createAgeKeys } = await import("@eddy/sops");
  try {
    createAgeKeys([text]);
    return text;
  } catch {
    return undefined;
  }
}
