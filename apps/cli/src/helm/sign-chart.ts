import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { EddyError } from "@eddy/core/errors";
import type { CommandContext } from "../command/context.ts";
import { loadKeyRing } from "./provenance.ts";

/** The flags of `helm package --sign`. */
export interface SignFlags {
  readonly key: string | undefined;
  readonly keyring: string | undefined;
  readonly passphraseFile: string | undefined;
}

/**
 * Signs texts with a key of a key ring. The passphrase of a locked key is the first line of `--passphrase-file`, or of stdin.
 * @throws EddyError USAGE, KEYRING_UNREADABLE, SIGNATURE_KEY, SIGNING_KEY and those that begin with it (all terminal)
 */
export async function openSigner(
  { key, keyring, passphraseFile }: SignFlags,
  { io }: Pick<CommandContext, "io">,
): Promise<(text: string) => Promise<string>> {
  if (!key) throw usage("--key is required for signing a package");
  const { createClearSigner } = await import("@eddy/signature");
  return createClearSigner({
    keyRing: loadKeyRing(keyring, io.env),
    keyName: key,
    async passphrase(name) {
      if (!passphraseFile)
        throw usage(`the key ${JSON.stringify(name)} is locked: give its passphrase with --passphrase-file`);
      const words = passphraseFile === "-" ? await readAll(io.stdin) : readFileSync(passphraseFile, "utf8");
      return words.split(/\r?\n/)[0] ?? "";
    },
  });
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
