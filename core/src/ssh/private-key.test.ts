import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bcryptPbkdf } from "./bcrypt-pbkdf.ts";
import { formatSshPublicKey, parseSshPrivateKey, SshKeyError, sshPublicKeyOf } from "./index.ts";

function encryptedKey(...args: string[]): { text: string; publicKey: string } {
  const dir = mkdtempSync(join(tmpdir(), "eddy-ssh-"));
  execFileSync("ssh-keygen", ["-q", "-N", "séc ret", "-C", "", "-a", "2", ...args, "-f", join(dir, "key")]);
  const [text, publicKey] = [readFileSync(join(dir, "key"), "utf8"), readFileSync(join(dir, "key.pub"), "utf8").trim()];
  rmSync(dir, { recursive: true });
  return { text, publicKey };
}

test.each([
  ["ed25519", ["-t", "ed25519"]],
  ["rsa", ["-t", "rsa", "-b", "2048", "-Z", "aes128-cbc"]],
  ["ecdsa", ["-t", "ecdsa", "-b", "384", "-Z", "aes192-ctr"]],
])("%s behind a passphrase", (_name, args) => {
  const { text, publicKey } = encryptedKey(...args);
  expect(formatSshPublicKey(sshPublicKeyOf(parseSshPrivateKey(text, "séc ret").key))).toBe(publicKey);
  const problemWith = (passphrase?: string): unknown => {
    try {
      return parseSshPrivateKey(text, passphrase);
    } catch (error) {
      return error instanceof SshKeyError ? error.problem : error;
    }
  };
  expect([problemWith(), problemWith("wrong"), problemWith("")]).toEqual(["encrypted", "passphrase", "passphrase"]);
});

test("the derivation is that of OpenBSD", () => {
  // From OpenBSD's own regression tests, lib/libutil/bcrypt_pbkdf.
  const key = bcryptPbkdf("password", Buffer.from("salt"), 32, 4);
  expect(key.toString("hex")).toBe("5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9");
});

test("other ciphers, and a derivation that would take for ever, are refused", () => {
  const { text } = encryptedKey("-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com");
  expect(() => parseSshPrivateKey(text, "x")).toThrow("want AES and bcrypt");
  const body = Buffer.from(encryptedKey("-t", "ed25519").text.replaceAll(/-----.*?-----|\s/g, ""), "base64");
  const at = body.indexOf(Buffer.from([0, 0, 0, 2, 0, 0, 0, 1]));
  body.writeUInt32BE(1_000_000, at);
  const slow = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
  expect(() => parseSshPrivateKey(slow, "x")).toThrow("want 1 to 256");
});
