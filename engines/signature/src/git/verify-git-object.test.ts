import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateKey, createMessage, sign, readPrivateKey } from "openpgp";
import { verifyGitObject } from "../index.ts";

const payload = Buffer.from(
  "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.org> 0 +0000\n\nfirst\n",
);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eddy-signature-"));
  writeFileSync(join(folder, "payload"), payload);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface SshKey {
  publicKey: string;
  fingerprint: string;
  sign(namespace?: string): string;
}

function sshKey(name: string, ...args: string[]): SshKey {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", name, "-f", path, ...args]);
  const [, fingerprint = ""] = execFileSync("ssh-keygen", ["-l", "-f", path], { encoding: "utf8" }).split(" ");
  return {
    publicKey: readFileSync(`${path}.pub`, "utf8"),
    fingerprint,
    sign: (namespace = "git") =>
      execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-f", path, "-n", namespace], {
        input: payload,
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"],
      }),
  };
}

const trust = (...ssh: string[]): { openPgp: string[]; ssh: string[] } => ({ openPgp: [], ssh });

describe("SSH signatures of ssh-keygen", () => {
  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ecdsa-256", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
    ["ecdsa-521", ["-t", "ecdsa", "-b", "521"]],
  ])("%s: accepted from a trusted key, refused for other content", async (name, args) => {
    const key = sshKey(name, ...args);
    const signature = key.sign();
    expect(await verifyGitObject({ payload, signature }, trust(key.publicKey))).toBe(key.fingerprint);
    const changed = verifyGitObject(
      { payload: Buffer.concat([payload, Buffer.from("x")]), signature },
      trust(key.publicKey),
    );
    await expect(changed).rejects.toThrow("it does not match the content");
  });

  it("reads allowed signers with principals and options, and comments", async () => {
    const key = sshKey("signer", "-t", "ed25519");
    const text = `# people\n\ndev@example.org,ops@example.org namespaces="git" ${key.publicKey}`;
    expect(await verifyGitObject({ payload, signature: key.sign() }, trust(text))).toBe(key.fingerprint);
  });

  it("refuses a stranger's key, and a signature that was made for something else", async () => {
    const [key, stranger] = [sshKey("one", "-t", "ed25519"), sshKey("two", "-t", "ed25519")];
    await expect(verifyGitObject({ payload, signature: stranger.sign() }, trust(key.publicKey))).rejects.toThrow(
      `the key ${stranger.fingerprint} that signed it is not among the given SSH keys`,
    );
    await expect(verifyGitObject({ payload, signature: key.sign("file") }, trust(key.publicKey))).rejects.toThrow(
      'it is for "file", want "git"',
    );
  });

  it("names the line that is no key", async () => {
    const key = sshKey("three", "-t", "ed25519");
    const broken = verifyGitObject({ payload, signature: key.sign() }, trust("# x\nssh-ed25519\n"));
    await expect(broken).rejects.toMatchObject({
      code: "SIGNATURE_KEY",
      message: "read SSH public keys: line 2 is no key",
    });
  });
});

describe("OpenPGP signatures", () => {
  it("are accepted from a trusted key, refused from others and for other content", async () => {
    const make = async (): Promise<{ armored: string; publicKey: string; id: string }> => {
      const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: "A" }], format: "armored" });
      const key = await readPrivateKey({ armoredKey: privateKey });
      const message = await createMessage({ binary: payload });
      const armored = await sign({ message, signingKeys: key, detached: true, format: "armored" });
      return { armored, publicKey, id: key.getKeyID().toHex().toUpperCase() };
    };
    const [own, other] = await Promise.all([make(), make()]);
    const trusted = { openPgp: [other.publicKey, own.publicKey], ssh: [] };
    expect(await verifyGitObject({ payload, signature: own.armored }, trusted)).toBe(own.id);
    const untrusted = verifyGitObject({ payload, signature: own.armored }, { openPgp: [other.publicKey], ssh: [] });
    await expect(untrusted).rejects.toThrow("unable to verify payload with any of the given key rings");
    const changed = verifyGitObject({ payload: Buffer.from("other"), signature: own.armored }, trusted);
    await expect(changed).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
    const broken = verifyGitObject({ payload, signature: own.armored }, { openPgp: ["no key"], ssh: [] });
    await expect(broken).rejects.toMatchObject({ code: "SIGNATURE_KEY" });
  });
});

it.each([
  ["nothing", undefined, "SIGNATURE_NONE"],
  ["an empty text", " \n", "SIGNATURE_NONE"],
  ["another armour", "-----BEGIN SIGNED MESSAGE-----", "SIGNATURE_INVALID"],
  ["a broken SSH signature", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----", "SIGNATURE_INVALID"],
])("refuses %s as a signature", async (_name, signature, code) => {
  await expect(verifyGitObject({ payload, signature }, { openPgp: [], ssh: [] })).rejects.toMatchObject({ code });
});
