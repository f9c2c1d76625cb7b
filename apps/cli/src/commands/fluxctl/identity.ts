import { createHash, generateKeyPairSync } from "node:crypto";
import { cliFieldManager } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import {
  formatSshPrivateKey,
  formatSshPublicKey,
  publicPartOf,
  sshPublicKeyOf,
  type SshPublicKey,
} from "@eddy/core/ssh";
import { createDataStore } from "@eddy/runtime/data";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { findRepository } from "../../fluxctl/find-repository.ts";
import { daemonFlags } from "../../fluxctl/list-flags.ts";
import { randomart } from "../../fluxctl/randomart.ts";

interface DeployKey {
  readonly namespace: string;
  readonly secretName: string;
  readonly data: Readonly<Record<string, string>>;
}

/** `identity`: the deploy key of a repository, for the forge. Source: fluxctl 1.0 to 1.25; spec/flux1-keel-flagger.md 1.3. */
export const identityCommand: Command = defineCommand({
  path: ["identity"],
  summary: "Display SSH public key",
  details:
    "Prints the public half of the key with which a GitRepository is read and written, to be added to the forge as a deploy key with " +
    "write access. Your own key: put it into the Secret as `identity`, or give it to `eddy create secret git`.",
  flags: {
    ...daemonFlags,
    source: flag.text("the GitRepository; default: the only one of the namespace, or flux-system"),
    regenerate: flag.boolean("generate a new identity", { short: "r" }),
    fingerprint: flag.boolean("show fingerprint of public key", { short: "l" }),
    visual: flag.boolean("show visual representation of fingerprint with randomart", { short: "v" }),
  },
  examples: [
    ["Show the deploy key", "identity"],
    ["Make a new one, and show it", "identity --regenerate"],
  ],
  async run({ flags }, context) {
    const found = await readKey(flags.source, context);
    const key = flags.regenerate ? await regenerate(found, context) : publicKeyIn(found);
    const digest = createHash("md5").update(key.blob).digest();
    if (!flags.fingerprint && !flags.visual) return context.print(`${formatSshPublicKey(key)}\n`);
    if (flags.fingerprint) context.print(`${(digest.toString("hex").match(/../g) ?? []).join(":")}\n`);
    if (flags.visual) context.print(`${randomart(digest, titleOf(key), "MD5")}\n`);
  },
});

async function readKey(source: string | undefined, context: CommandContext): Promise<DeployKey> {
  const repository = await findRepository(source, context);
  const { namespace = "", name } = repository.metadata;
  const secretName = repository.spec.secretRef?.name;
  if (secretName === undefined)
    throw new EddyError("NO_IDENTITY", `GitRepository "${namespace}/${name}" has no spec.secretRef, and so no key`, {
      class: "terminal",
      hint: "make one with `eddy create secret git`, and name it there",
    });
  const data = createDataStore({ kube: await context.kube() });
  return {
    namespace,
    secretName,
    data: await data.require({ group: "", kind: "Secret", namespace, name: secretName }),
  };
}

function publicKeyIn({ namespace, secretName, data }: DeployKey): SshPublicKey {
  const { identity, password } = data;
  if (!identity)
    throw new EddyError("NO_IDENTITY", `Secret "${namespace}/${secretName}" has no key "identity"`, {
      class: "terminal",
      hint: "make one with --regenerate",
    });
  return publicPartOf(identity, password);
}

async function regenerate({ namespace, secretName }: DeployKey, context: CommandContext): Promise<SshPublicKey> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = sshPublicKeyOf(privateKey);
  const stringData = { identity: formatSshPrivateKey(privateKey), "identity.pub": `${formatSshPublicKey(key)}\n` };
  const ref = { group: "", version: "v1", kind: "Secret", namespace, name: secretName };
  // A passphrase of the former key would be one too many.
  const body = { stringData, data: { password: null } };
  await (await context.kube()).patch(ref, "merge", body, { fieldManager: cliFieldManager });
  return key;
}

function titleOf({ type }: SshPublicKey): string {
  return type
    .replace(/^ssh-/, "")
    .replace(/^ecdsa-.*/, "ECDSA")
    .toUpperCase();
}
