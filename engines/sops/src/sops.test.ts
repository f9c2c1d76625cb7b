import fc from "fast-check";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { createAgeKeys, decryptFile, encryptFile, openFile, parseSopsConfig, rotateFile } from "./index.ts";
import type { CreationRule, EncryptionRules, FormatName, KeyServices } from "./index.ts";
import { decryptValue, encryptValue } from "./cipher.ts";
import { combineShares, splitSecret } from "./keys/shamir.ts";
import { formatFixedFloat } from "./tree/leaf-bytes.ts";

const now = new Date("2026-01-02T03:04:05Z");
const later = new Date("2026-01-02T04:00:00Z");
let services: KeyServices;
let stranger: KeyServices;
let recipient: string;

beforeAll(async () => {
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  services = { age: createAgeKeys([`# created: today\n${identity}\n`]) };
  stranger = { age: createAgeKeys([await generateIdentity()]) };
});

function ruleWith(rules: EncryptionRules = {}, macOnlyEncrypted = false): CreationRule {
  return { keyGroups: [[{ type: "age", recipient, enc: "" }]], shamirThreshold: 0, rules, macOnlyEncrypted };
}

async function encrypted(text: string, format: FormatName = "yaml", rule: CreationRule = ruleWith()): Promise<string> {
  return Buffer.from(await encryptFile(Buffer.from(text), format, { rule, services, now })).toString();
}

async function decrypted(text: string, format: FormatName = "yaml", ignoreMac = false): Promise<string> {
  const { plain } = await decryptFile(Buffer.from(text), format, services, { ignoreMac, file: "app/secret.yaml" });
  return Buffer.from(plain).toString();
}

const secret = "kind: Secret\nmetadata:\n    name: db\nstringData:\n    password: hunter2-secret\n";

describe("tampering", () => {
  const cases: { name: string; change: (text: string) => string; error: RegExp }[] = [
    {
      name: "a readable value was edited",
      change: (text) => text.replace("name: db", "name: db2"),
      error: /MAC mismatch/,
    },
    {
      name: "a value was moved to another key",
      change: (text) => text.replace("password:", "passwort:"),
      error: /decrypt "stringData:passwort": authentication failed/,
    },
    {
      name: "a value was put in plain text",
      change: (text) => text.replace(/password: .*/, "password: open"),
      error: /decrypt "stringData:password": the value is not in SOPS' data format/,
    },
    { name: "the MAC was removed", change: (text) => text.replace(/mac: .*/, 'mac: ""'), error: /the file has no MAC/ },
    { name: "the date was changed", change: (text) => text.replace("03:04:05Z", "03:04:06Z"), error: /MAC mismatch/ },
    {
      name: "the metadata is gone",
      change: (text) => text.slice(0, text.indexOf("sops:")),
      error: /sops metadata not found/,
    },
    {
      name: "the keys are gone",
      change: (text) => text.replace(/ {4}age:[^]*?lastmodified/, "    lastmodified"),
      error: /No keys found/,
    },
  ];
  it.each(cases)("refuses when $name", async ({ change, error }) => {
    const changed = change(await encrypted(secret, "yaml", ruleWith({ encryptedRegex: "^stringData$" })));
    const failure = await decrypted(changed).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(String(failure)).toMatch(error);
    expect(String(failure)).not.toContain("hunter2");
  });

  it("decrypts in spite of the MAC when asked to, and says so", async () => {
    const text = await encrypted(secret, "yaml", ruleWith({ encryptedRegex: "^stringData$" }));
    const result = await decryptFile(Buffer.from(text.replace("name: db", "name: x")), "yaml", services, {
      ignoreMac: true,
    });
    expect(result.mac).toBe("mismatched");
    expect(Buffer.from(result.plain).toString()).toContain("name: x");
  });

  it("leaves what is not encrypted out of the MAC where the file says so", async () => {
    const text = await encrypted(secret, "yaml", ruleWith({ encryptedRegex: "^stringData$" }, true));
    expect(await decrypted(text.replace("name: db", "name: x"))).toContain("name: x");
  });
});

describe("bad input", () => {
  const cases: { name: string; text: string; format: FormatName; error: RegExp }[] = [
    {
      name: "YAML that is a list",
      text: "- a\n",
      format: "yaml",
      error: /documents that are sequences are not supported/,
    },
    { name: "YAML that is a value", text: "a\n", format: "yaml", error: /documents that are values are not supported/ },
    { name: "a key that is no text", text: "1: a\n", format: "yaml", error: /only string keys are supported/ },
    {
      name: "a number beyond 64 bits",
      text: "a: 18446744073709551615\n",
      format: "yaml",
      error: /needs more than 64 bits/,
    },
    { name: "JSON that is a list", text: "[1]", format: "json", error: /top-level object/ },
    { name: "JSON cut off", text: '{"a": ', format: "json", error: /it ends too early/ },
    { name: "JSON with a comma too many", text: '{"a": 1,}', format: "json", error: /} behind a comma/ },
    { name: "JSON of 2,000 levels", text: `{"a":${"[".repeat(2000)}`, format: "json", error: /more than 1000 levels/ },
    { name: "a dotenv line without a name", text: "A=1\nsecretvalue\n", format: "dotenv", error: /a line without '='/ },
    { name: "an INI line that is nothing", text: "[a]\nsecretvalue\n", format: "ini", error: /neither a section/ },
    {
      name: "a file that is encrypted already",
      text: "a: 1\nsops: {}\n",
      format: "yaml",
      error: /is it encrypted already/,
    },
  ];
  it.each(cases)("refuses $name", async ({ text, format, error }) => {
    const failure = await encrypted(text, format).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(String(failure)).toMatch(error);
    expect(String(failure)).not.toContain("secretvalue");
  });

  it("names each master key that did not give the data key", async () => {
    const text = await encrypted(secret);
    const failure = decryptFile(Buffer.from(text), "yaml", stranger);
    await expect(failure).rejects.toMatchObject({
      code: "SOPS_NO_KEY",
      message: expect.stringContaining(recipient) as string,
    });
  });

  it("says which kind of key it has no credentials for", async () => {
    const rule: CreationRule = {
      ...ruleWith(),
      keyGroups: [[{ type: "gcp_kms", resourceId: "projects/p", enc: "", createdAt: "" }]],
    };
    await expect(encrypted(secret, "yaml", rule)).rejects.toThrow('no credentials for keys of type "gcp_kms"');
  });
});

describe("an edit", () => {
  it("changes only the values that were changed", async () => {
    const before = await encrypted("a: one\nb: two\n");
    const opened = await openFile(Buffer.from(before), "yaml", services);
    expect(Buffer.from(opened.plain).toString()).toBe("a: one\nb: two\n");
    const after = Buffer.from(opened.save(Buffer.from("a: one\nb: changed\n"), later)).toString();
    expect(lineOf(after, "a:")).toBe(lineOf(before, "a:"));
    expect(lineOf(after, "b:")).not.toBe(lineOf(before, "b:"));
    expect(await decrypted(after)).toBe("a: one\nb: changed\n");
  });

  it("rotates the data key, and refuses to for a file that was tampered with", async () => {
    const before = await encrypted(secret, "yaml", ruleWith({ encryptedRegex: "^stringData$" }));
    const after = Buffer.from(await rotateFile(Buffer.from(before), "yaml", { services, now: later })).toString();
    expect(lineOf(after, "password:")).not.toBe(lineOf(before, "password:"));
    expect(await decrypted(after)).toBe(secret);
    const tampered = Buffer.from(before.replace("name: db", "name: x"));
    await expect(rotateFile(tampered, "yaml", { services, now: later })).rejects.toThrow("MAC mismatch");
  });
});

describe("a binary file is encrypted whatever a rule says of names", () => {
  const key = "my-very-secret-key\n";
  const rules: EncryptionRules[] = [
    { encryptedRegex: "^(stringData|password)$" },
    { encryptedSuffix: "_secret" },
    { unencryptedRegex: "^data$" },
    { unencryptedSuffix: "ta" },
    { encryptedCommentRegex: "secret" },
    { unencryptedCommentRegex: "secret" },
  ];
  it.each(rules)("%o", async (each) => {
    const text = await encrypted(key, "binary", ruleWith(each, true));
    expect(text).toContain('"data": "ENC[');
    expect(text).not.toContain("very");
    expect(await decrypted(text, "binary")).toBe(key);
  });

  it("also one that was written in plain text, when it is edited or rotated", async () => {
    const text = await encrypted('{"data": "plain"}', "json", ruleWith({ encryptedSuffix: "_secret" }));
    const opened = await openFile(Buffer.from(text), "binary", services);
    const saved = Buffer.from(opened.save(opened.plain, later)).toString();
    const rotated = Buffer.from(await rotateFile(Buffer.from(text), "binary", { services, now: later })).toString();
    for (const after of [saved, rotated]) {
      expect(after).toContain('"data": "ENC[');
      expect(await decrypted(after, "binary")).toBe("plain");
    }
  });
});

function lineOf(text: string, start: string): string | undefined {
  return text.split("\n").find((line) => line.trim().startsWith(start));
}

describe("creation rules", () => {
  const config = parseSopsConfig(
    [
      "creation_rules:",
      "  - path_regex: ^clusters/.*\\.yaml$",
      "    encrypted_regex: ^(data|stringData)$",
      "    age: age1aaa, age1bbb,",
      "    hc_vault_transit_uri: https://vault.example:8200/v1/team/transit/keys/app",
      "  - path_regex: \\.env$",
      "    kms: arn:aws:kms:eu-west-1:1:key/x+arn:aws:iam::1:role/r",
      "    azure_keyvault: https://v.vault.azure.net/keys/k/1",
      "stores:",
      "  yaml: {indent: 2}",
    ].join("\n"),
  );

  it("takes the first rule that matches, with its keys", () => {
    expect(config.ruleFor("clusters/a.yaml")).toMatchObject({
      rules: { encryptedRegex: "^(data|stringData)$" },
      keyGroups: [
        [
          { type: "age", recipient: "age1aaa" },
          { type: "age", recipient: "age1bbb" },
          { type: "hc_vault", vaultAddress: "https://vault.example:8200", enginePath: "team/transit", keyName: "app" },
        ],
      ],
    });
    expect(config.ruleFor("x/.env")?.keyGroups[0]).toMatchObject([
      { arn: "arn:aws:kms:eu-west-1:1:key/x", role: "arn:aws:iam::1:role/r" },
      { vaultUrl: "https://v.vault.azure.net", name: "k", version: "1" },
    ]);
    expect(config.encodeOptions("yaml")).toEqual({ indent: 2 });
  });

  const bad: { name: string; text: string; error: RegExp }[] = [
    {
      name: "no rule matches",
      text: "creation_rules: [{path_regex: ^x$, age: a}]",
      error: /no matching creation rules found/,
    },
    { name: "an expression is none", text: 'creation_rules: [{path_regex: "("}]', error: /can not compile path_regex/ },
    {
      name: "two rules exclude each other",
      text: "creation_rules: [{encrypted_regex: a, encrypted_suffix: b}]",
      error: /more than one of/,
    },
    { name: "keys are no texts", text: "creation_rules: [{age: {a: b}}]", error: /invalid age key configuration/ },
  ];
  it.each(bad)("refuses when $name", ({ text, error }) => {
    expect(() => parseSopsConfig(text).ruleFor("a.yaml")).toThrow(error);
  });
});

describe("parts", () => {
  it("gives a value back only with its key and path", () => {
    const key = new Uint8Array(32).fill(7);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ minLength: 1 }),
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.boolean(),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ),
        (value) => {
          const text = encryptValue(value, key, "a:b:");
          expect(decryptValue(text, key, "a:b:").value).toEqual(value);
          expect(() => decryptValue(text, key, "a:c:")).toThrow("authentication failed");
        },
      ),
      { numRuns: 100 },
    );
  });

  it("puts a secret together from any threshold of its parts, and from no fewer", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (bytes, threshold, more) => {
          const shares = splitSecret(bytes, threshold + more, threshold);
          expect(combineShares(shares.slice(more))).toEqual(bytes);
        },
      ),
      { numRuns: 50 },
    );
    expect(() => combineShares([])).toThrow("0 parts, want two or more");
  });

  it.each([
    [0, "0"],
    [1e21, "1000000000000000000000"],
    [-1.5e-7, "-0.00000015"],
    [1.25e22, "12500000000000000000000"],
    [0.1, "0.1"],
    [Number.POSITIVE_INFINITY, "+Inf"],
  ])("writes the float %s as %s", (value, text) => {
    expect(formatFixedFloat(value)).toBe(text);
  });
});
