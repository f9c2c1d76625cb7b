import { createPublicKey, sign, verify } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatSshPublicKey, parseSshPrivateKey, parseSshPublicKey } from "./index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eddy-ssh-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function generate(name: string, ...args: string[]): { privateText: string; publicText: string } {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "eddy test", "-f", path, ...args]);
  return { privateText: readFileSync(path, "utf8"), publicText: readFileSync(`${path}.pub`, "utf8") };
}

describe("keys that ssh-keygen made", () => {
  it.each([
    ["ed25519", ["-t", "ed25519"], "ssh-ed25519"],
    ["rsa", ["-t", "rsa", "-b", "2048"], "ssh-rsa"],
    ["ecdsa", ["-t", "ecdsa", "-b", "256"], "ecdsa-sha2-nistp256"],
    ["ecdsa-521", ["-t", "ecdsa", "-b", "521"], "ecdsa-sha2-nistp521"],
  ])("reads both halves of %s", (name, args, type) => {
    const { privateText, publicText } = generate(name, ...args);
    const key = parseSshPrivateKey(privateText);
    const publicKey = parseSshPublicKey(publicText);
    expect(key.type).toBe(type);
    expect(publicKey).toMatchObject({ type, comment: "eddy test", blob: key.publicBlob });
    expect(formatSshPublicKey(publicKey)).toBe(publicText.trim());
    const digest = type === "ssh-ed25519" ? null : "sha256";
    const signature = sign(digest, Buffer.from("text"), key.key);
    expect(verify(digest, Buffer.from("text"), createPublicKey(key.key), signature)).toBe(true);
  });
});

describe("what is no key", () => {
  it("names the cipher of a key behind a passphrase, and shows nothing of it", () => {
    const path = join(folder, "locked");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "open sesame", "-f", path]);
    expect(() => parseSshPrivateKey(readFileSync(path, "utf8"))).toThrow(/it is encrypted with aes256-ctr/);
  });

  it.each([
    ["another armour", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"],
    ["damaged armour", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"],
    ["nothing", ""],
  ])("refuses %s", (_name, text) => {
    expect(() => parseSshPrivateKey(text)).toThrow(/read SSH private key/);
  });

  it.each([
    ["one word", "ssh-ed25519"],
    ["a type that contradicts the key", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  ])("refuses a public key of %s", (_name, text) => {
    expect(() => parseSshPublicKey(text)).toThrow(/read SSH public key/);
  });
});
