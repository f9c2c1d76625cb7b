import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, enums, generateKey, PacketList, type PrivateKey } from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGitSigner, verifyGitObject } from "../index.ts";

const payload = Buffer.from(
  "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.org> 0 +0000\n\nfirst\n",
);
const hasGpg = spawnSync("gpg", ["--version"]).status === 0;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eddy-sign-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function sshKey(name: string, passphrase: string, ...args: string[]): { key: string; publicKey: string } {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", passphrase, "-C", name, "-a", "1", "-f", path, ...args]);
  return { key: readFileSync(path, "utf8"), publicKey: readFileSync(`${path}.pub`, "utf8") };
}

describe("SSH", () => {
  it.each([
    ["ed25519", "", ["-t", "ed25519"]],
    ["encrypted", "secret", ["-t", "ed25519"]],
    ["rsa", "", ["-t", "rsa", "-b", "2048"]],
    ["rsa-pem", "secret", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
    ["ecdsa-256", "", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa-384", "", ["-t", "ecdsa", "-b", "384"]],
    ["ecdsa-521", "", ["-t", "ecdsa", "-b", "521"]],
  ])("%s: ssh-keygen accepts the signature", async (name, passphrase, args) => {
    const { key, publicKey } = sshKey(name, passphrase, ...args);
    const sign = await createGitSigner({ type: "ssh", key, ...(passphrase === "" ? {} : { passphrase }) });
    const signature = await sign(payload);
    expect(await verifyGitObject({ payload, signature }, { openPgp: [], ssh: [publicKey] })).toMatch(/^SHA256:/);
    const [signers, file] = [join(folder, `${name}.signers`), join(folder, `${name}.sig`)];
    writeFileSync(signers, `a@example.org ${publicKey}`);
    writeFileSync(file, signature);
    const said = execFileSync(
      "ssh-keygen",
      ["-Y", "verify", "-f", signers, "-I", "a@example.org", "-n", "git", "-s", file],
      {
        input: payload,
        encoding: "utf8",
      },
    );
    expect(said).toContain('Good "git" signature');
  });

  it("says what is wrong with a key, and nothing of it", async () => {
    const encrypted = sshKey("locked", "secret", "-t", "ed25519").key;
    const pem = generateKeyPairSync("ed25519", {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" },
    }).privateKey;
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
      type: "pkcs1",
      format: "pem",
    });
    const cases: [key: string, passphrase: string | undefined, code: string][] = [
      ["no key", undefined, "SIGNING_KEY"],
      [String(weak), undefined, "SIGNING_KEY"],
      [encrypted, undefined, "SIGNING_KEY_ENCRYPTED"],
      [encrypted, "wrong", "SIGNING_KEY_PASSPHRASE"],
      [pem, undefined, "SIGNING_KEY_ENCRYPTED"],
      [pem, "wrong", "SIGNING_KEY_PASSPHRASE"],
    ];
    for (const [key, passphrase, code] of cases) {
      const signer = createGitSigner({ type: "ssh", key, ...(passphrase === undefined ? {} : { passphrase }) });
      await expect(signer).rejects.toMatchObject({ code, class: "terminal" });
    }
  });
});

describe("OpenPGP", () => {
  it("is accepted by our own verifier and by gpg", async () => {
    const { privateKey, publicKey } = await generateKey({
      userIDs: [{ name: "A", email: "a@example.org" }],
      passphrase: "secret",
      format: "armored",
    });
    const sign = await createGitSigner({ type: "gpg", key: privateKey, passphrase: "secret" });
    const signature = await sign(payload);
    expect(await verifyGitObject({ payload, signature }, { openPgp: [publicKey], ssh: [] })).toMatch(/^[0-9A-F]{16}$/);
    await expect(createGitSigner({ type: "gpg", key: privateKey })).rejects.toMatchObject({
      code: "SIGNING_KEY_ENCRYPTED",
    });
    const wrong = createGitSigner({ type: "gpg", key: privateKey, passphrase: "no" });
    await expect(wrong).rejects.toMatchObject({ code: "SIGNING_KEY_PASSPHRASE" });
    const onlyPublic = createGitSigner({ type: "gpg", key: publicKey });
    await expect(onlyPublic).rejects.toMatchObject({ code: "SIGNING_KEY" });
    await expect(createGitSigner({ type: "gpg", key: "x" })).rejects.toMatchObject({ code: "SIGNING_KEY" });
  });

  it.skipIf(!hasGpg)("gpg accepts the signature", async () => {
    const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: "A" }], format: "armored" });
    const signature = await (await createGitSigner({ type: "gpg", key: privateKey }))(payload);
    const home = mkdtempSync(join(folder, "gpg-"));
    const gpg = (args: string[], input?: string): void =>
      void execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--no-autostart", ...args], {
        input,
        stdio: "pipe",
      });
    gpg(["--import"], publicKey);
    writeFileSync(join(folder, "payload"), payload);
    writeFileSync(join(folder, "payload.asc"), signature);
    expect(() => gpg(["--verify", join(folder, "payload.asc"), join(folder, "payload")])).not.toThrow();
  });

  it("does not choose among several keys", async () => {
    const pair = async (): Promise<PrivateKey> =>
      (await generateKey({ userIDs: [{ name: "A" }], format: "object" })).privateKey;
    const packets = new PacketList();
    for (const key of [await pair(), await pair()]) packets.push(...key.toPacketList());
    const key = armor(enums.armor.privateKey, packets.write());
    await expect(createGitSigner({ type: "gpg", key })).rejects.toMatchObject({ code: "SIGNING_KEY_SEVERAL" });
  });
});
