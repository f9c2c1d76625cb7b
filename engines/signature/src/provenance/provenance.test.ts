import { Buffer } from "node:buffer";
import * as openpgp from "openpgp";
import { beforeAll, describe, expect, test } from "vitest";
import { createClearSigner } from "./clear-sign.ts";
import { verifyClearSigned } from "./verify-clear-signed.ts";

const text = "name: web\nversion: 1.0.0\n\n- dashes\n...\nfiles:\n  web-1.0.0.tgz: sha256:00\n";
const jane = { name: "Jane", comment: "work", email: "jane@example.org" };
const bob = { name: "Bob", email: "bob@example.org" };

interface Pair {
  secret: Uint8Array;
  public: Uint8Array;
}
let keys: { jane: Pair; bob: Pair; locked: Pair };
beforeAll(async () => {
  const make = async (userID: object, passphrase?: string): Promise<Pair> => {
    const options = { userIDs: [userID], format: "binary" as const, ...(passphrase ? { passphrase } : {}) };
    const { privateKey, publicKey } = await openpgp.generateKey(options);
    return { secret: privateKey, public: publicKey };
  };
  keys = { jane: await make(jane), bob: await make(bob), locked: await make(jane, "open sesame") };
});

const join = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);
const noPassphrase = (): Promise<string> => Promise.reject(new Error("nobody is asked"));
const sign = async (
  keyName: string,
  keyRing: Uint8Array,
  passphrase: (name: string) => Promise<string> = noPassphrase,
): Promise<string> => (await createClearSigner({ keyName, keyRing, passphrase }))(text);
const armoured = (packets: Uint8Array, type = openpgp.enums.armor.publicKey): Uint8Array =>
  Buffer.from(openpgp.armor(type, packets));

/** A blob of a keybox, of which the header takes 20 bytes. */
function blob(type: number, content: Uint8Array, flags = 0): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(20 + content.length, 0);
  head.writeUInt8(type, 4);
  head.writeUInt16BE(flags, 6);
  if (type === 1) head.write("KBXf", 8, "latin1");
  else {
    head.writeUInt32BE(20, 8);
    head.writeUInt32BE(content.length, 12);
  }
  return join(head, content);
}

const keybox = (...blobs: Uint8Array[]): Uint8Array => join(blob(1, Buffer.alloc(12)), ...blobs);

describe("a clear-signed text", () => {
  test("is verified by a ring of each form", async () => {
    const signed = await sign("Jane", keys.jane.secret);
    expect(signed).toMatch(/^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: web\n/);
    expect(signed).toContain("\n- - dashes\n");
    expect(signed).toContain("sha256:00\n-----BEGIN PGP SIGNATURE-----\n");
    const rings = [
      keys.jane.public,
      join(keys.bob.public, keys.jane.public),
      join(armoured(keys.bob.public), armoured(keys.jane.public)),
      keybox(blob(3, Buffer.from("x509")), blob(2, keys.bob.public), blob(2, keys.jane.public)),
    ];
    for (const ring of rings) {
      const verified = await verifyClearSigned(`before\n${signed}\n`, ring);
      expect(verified).toMatchObject({ text: text.trimEnd(), identities: ["Jane (work) <jane@example.org>"] });
      expect(verified.fingerprint).toMatch(/^[0-9A-F]{40}$/);
    }
  });

  test.each<[string, (signed: string) => string, () => Uint8Array, string]>([
    ["a stranger's key", (signed) => signed, () => keys.bob.public, "openpgp: signature made by unknown entity"],
    [
      "another text",
      (signed) => signed.replace("1.0.0", "1.0.1"),
      () => keys.jane.public,
      "openpgp: invalid signature",
    ],
    ["no signature", () => text, () => keys.jane.public, "signature block not found"],
    ["half of one", (signed) => signed.slice(0, -200), () => keys.jane.public, "signature block not found"],
    ["a large text", (signed) => signed + " ".repeat(2 ** 20), () => keys.jane.public, "more than 1048576 bytes"],
    ["an empty ring", (signed) => signed, () => new Uint8Array(), "Error during parsing"],
    ["no ring", (signed) => signed, () => Buffer.from("hello"), "Error during parsing"],
    [
      "a signature as a ring",
      (signed) => signed,
      () => Buffer.from("-----BEGIN PGP SIGNATURE-----\n"),
      "expected a public",
    ],
    ["a keybox cut off", (signed) => signed, () => keybox(blob(2, keys.jane.public)).slice(0, -9), "exceeding the"],
    ["a keybox of a loop", (signed) => signed, () => keybox(Buffer.alloc(8)), "invalid blob length 0 at offset 32"],
    ["a keybox of bits", (signed) => signed, () => keybox(Buffer.alloc(3)), "truncated blob header at offset 32"],
    ["a keybox without keys", (signed) => signed, () => keybox(), "keybox contains no OpenPGP keys"],
    ["a key being fetched", (signed) => signed, () => keybox(blob(2, keys.jane.public, 2)), "contains no OpenPGP keys"],
  ])("with %s is refused", async (_, change, ring, message) => {
    const signed = change(await sign("Jane", keys.jane.secret));
    await expect(verifyClearSigned(signed, ring())).rejects.toThrow(message);
  });
});

describe("signing", () => {
  test("asks for the passphrase of a locked key by its name", async () => {
    const asked: string[] = [];
    const passphrase = (name: string): Promise<string> => (asked.push(name), Promise.resolve("open sesame"));
    const signed = await sign("jane@example.org", keys.locked.secret, passphrase);
    expect(asked).toEqual(["Jane (work) <jane@example.org>"]);
    await expect(verifyClearSigned(signed, keys.locked.public)).resolves.toMatchObject({ text: text.trimEnd() });
  });

  test.each<[string, string, () => Uint8Array, string, string]>([
    ["nobody's key", "Alice", () => keys.jane.secret, "SIGNING_KEY", "private key not found"],
    ["no name", "", () => keys.jane.secret, "SIGNING_KEY", "private key not found"],
    ["a public key", "Jane", () => keys.jane.public, "SIGNING_KEY", "provided key is not a private key"],
    ["a name of two", "example", () => join(keys.jane.secret, keys.bob.secret), "SIGNING_KEY_SEVERAL", "more than one"],
    ["the wrong passphrase", "Jane", () => keys.locked.secret, "SIGNING_KEY_PASSPHRASE", "checksum failure"],
  ])("with %s is refused", async (_, name, ring, code, message) => {
    const attempt = sign(name, ring(), () => Promise.resolve("wrong"));
    await expect(attempt).rejects.toMatchObject({ code, class: "terminal", message: expect.stringContaining(message) });
  });
});
