import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign, verify, createPublicKey, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatSshPrivateKey, formatSshPublicKey, parseSshPrivateKey, publicPartOf, sshPublicKeyOf } from "./index.ts";

const keys: [string, () => KeyObject][] = [
  ["ssh-ed25519", () => generateKeyPairSync("ed25519").privateKey],
  ["ssh-rsa", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ["ecdsa-sha2-nistp256", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
  ["ecdsa-sha2-nistp384", () => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
  ["ecdsa-sha2-nistp521", () => generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey],
];
const algorithm = (type: string): string | null => (type === "ssh-ed25519" ? null : "sha256");

test.each(keys)("%s: what is written is read back, also by ssh-keygen", (type, create) => {
  const key = create();
  const text = formatSshPrivateKey(key, "me@here");
  const read = parseSshPrivateKey(text);
  expect(read.type).toBe(type);
  const signature = sign(algorithm(type), Buffer.from("x"), read.key);
  expect(verify(algorithm(type), Buffer.from("x"), createPublicKey(key), signature)).toBe(true);

  const line = formatSshPublicKey(sshPublicKeyOf(key));
  const dir = mkdtempSync(join(tmpdir(), "eddy-ssh-"));
  writeFileSync(join(dir, "key"), text, { mode: 0o600 });
  const theirs = execFileSync("ssh-keygen", ["-y", "-P", "", "-f", join(dir, "key")], { encoding: "utf8" });
  rmSync(dir, { recursive: true });
  expect(theirs.trim().split(" ").slice(0, 2).join(" ")).toBe(line);
  expect(formatSshPublicKey(publicPartOf(text))).toBe(line);
  const pem = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "pass" }).toString();
  expect(formatSshPublicKey(publicPartOf(pem, "pass"))).toBe(line);
});

test("the public part of a key behind a passphrase is told without it", () => {
  const dir = mkdtempSync(join(tmpdir(), "eddy-ssh-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-C", "", "-f", join(dir, "key")]);
  const [text, line] = [readFileSync(join(dir, "key"), "utf8"), readFileSync(join(dir, "key.pub"), "utf8")];
  rmSync(dir, { recursive: true });
  expect(formatSshPublicKey(publicPartOf(text))).toBe(line.trim());
});

test.each(["", "no key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"])(
  "%j is no key",
  (text) => expect(() => publicPartOf(text)).toThrow("read SSH private key: "),
);

test("other types are refused", () => {
  const { privateKey } = generateKeyPairSync("x25519");
  expect(() => sshPublicKeyOf(privateKey)).toThrow("want Ed25519, RSA or ECDSA");
});
