import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAgeKeys, createPgpKeys, decryptFile, encryptFile, formatOfPath, parseSopsConfig } from "./index.ts";
import type { KeyServices } from "./index.ts";

// Made by sops 3.13.3 from the four plain files, by the `.sops.yaml` beside them.
const testdata = join(import.meta.dirname, "../testdata");
const read = (path: string): Buffer => readFileSync(join(testdata, path));
const services: KeyServices = {
  age: createAgeKeys(["identities.txt", "ssh-ed25519.pem", "ssh-rsa.pem"].map((name) => read(name).toString())),
  pgp: createPgpKeys({ privateKeys: [read("pgp/private.asc").toString()] }),
};
const rules = ["plain", "regex", "comment", "groups", "pq", "pgp"];
const files = ["a.yaml", "b.json", "c.env", "d.ini"];
const now = new Date("2026-01-02T03:04:05.678Z");

describe.each(rules)("rule %s", (rule) => {
  const config = parseSopsConfig(read(`${rule}/.sops.yaml`).toString());

  it.each(files)("decrypts upstream's %s to what our own round trip gives", async (file) => {
    const format = formatOfPath(file);
    const theirs = await decryptFile(read(`${rule}/${file}`), format, services);
    expect(theirs.mac).toBe("matched");
    const creation = config.ruleFor(file);
    if (!creation) throw new Error("the rule has to match");
    const encrypted = await encryptFile(read(file), format, { rule: creation, services, now });
    const ours = await decryptFile(encrypted, format, services);
    expect(Buffer.from(ours.plain).toString()).toBe(Buffer.from(theirs.plain).toString());
  });

  it.each(files)("writes %s in upstream's shape", async (file) => {
    const creation = config.ruleFor(file);
    if (!creation) throw new Error("the rule has to match");
    const encrypted = await encryptFile(read(file), formatOfPath(file), { rule: creation, services, now });
    expect(shapeOf(Buffer.from(encrypted).toString())).toBe(shapeOf(read(`${rule}/${file}`).toString()));
  });
});

it("decrypts bytes that are no text", async () => {
  const { plain } = await decryptFile(read("plain/e.bin"), "binary", services);
  expect(Buffer.from(plain).equals(read("e.bin"))).toBe(true);
});

/** What is random or a time replaced. */
function shapeOf(text: string): string {
  return text
    .replaceAll(/ENC\[AES256_GCM,[^\]]*,type:(\w+)\]/g, "ENC[$1]")
    .replaceAll(/-----BEGIN (?:AGE|PGP)[^]*?-----END (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----(?:\n|\\n)?\s*/g, "KEY\n")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "TIME");
}
