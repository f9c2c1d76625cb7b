import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitAuth } from "@eddy/git";

const identities = ["id_ed25519", "id_ecdsa", "id_rsa"] as const;

/** The known hosts of a user and the first of the usual keys, from `<home>/.ssh`; what is not there is left out. */
export async function loadSshFiles(home: string | undefined): Promise<GitAuth> {
  if (home === undefined || home === "") return {};
  const text = (name: string): Promise<string | undefined> =>
    readFile(join(home, ".ssh", name), "utf8").catch(() => undefined);
  const knownHosts = await text("known_hosts");
  for (const name of identities) {
    const identity = await text(name);
    if (identity !== undefined) return { identity, ...(knownHosts === undefined ? {} : { knownHosts }) };
  }
  return knownHosts === undefined ? {} : { knownHosts };
}
