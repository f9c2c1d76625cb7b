import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runWords, type CliRun } from "../../testing/cli-bed.ts";

// A key pair of no other use.
const identity = "AGE-SECRET-KEY-1ZZYFRR79S3AD9ZYZW5KWC0S0VGNYUAAYGWF33PY9PES8K6AVW4FS2X0X7D";
const recipient = "age10jfhkfqsdema8puljr30fgqulas9qg32vp9mfhrzny9gepncspsqpmtdnq";
const plain = "kind: Secret\nmetadata:\n    name: db\nstringData:\n    password: hunter2-secret\n";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-secret-test-"));
  file = join(dir, "db.yaml");
  writeFileSync(file, plain, { mode: 0o640 });
  writeFileSync(join(dir, "keys.txt"), `${identity}\n`);
  writeFileSync(
    join(dir, ".sops.yaml"),
    `creation_rules:\n- path_regex: ^db\n  encrypted_regex: ^stringData$\n  age: ${recipient}\nstores: {yaml: {indent: 2}}\n`,
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(words: string[], env: Record<string, string> = {}): Promise<CliRun> {
  return await runWords(["secret", ...words], { env: { HOME: dir, SOPS_AGE_KEY_FILE: join(dir, "keys.txt"), ...env } });
}

describe("secret", () => {
  test("encrypt and decrypt in place, by the rules of the nearest .sops.yaml, keeping the file's mode", async () => {
    expect((await run(["encrypt", "-i", file])).code).toBe(0);
    const encrypted = readFileSync(file, "utf8");
    expect(encrypted).toMatch(/^kind: Secret\nmetadata:\n {2}name: db\nstringData:\n {2}password: ENC\[/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    const shown = await run(["decrypt", file]);
    expect([shown.code, shown.stdout]).toEqual([0, plain.replaceAll("    ", "  ")]);
  });

  test("encrypt takes a binary file as a whole, and says what of the rule is ignored", async () => {
    const key = join(dir, "db.bin");
    writeFileSync(key, "my-very-secret-key\n");
    const result = await run(["encrypt", key]);
    expect(result.stdout).toMatch(/"data": "ENC\[/);
    expect(result.stderr).toBe("a binary file is encrypted as a whole: encrypted_regex of the rule is ignored\n");
  });

  test("edit opens plain text in the editor, encrypts what it saved, and leaves nothing behind", async () => {
    await run(["encrypt", "-i", file]);
    const before = readFileSync(file, "utf8");
    const editor = join(dir, "editor.mjs");
    writeFileSync(
      editor,
      "import { readFileSync, writeFileSync } from 'node:fs';\nconst [, , log, file] = process.argv;\nwriteFileSync(log, file);\nwriteFileSync(file, readFileSync(file, 'utf8').replace('hunter2-secret', 'changed'));\n",
    );
    const log = join(dir, "log");
    const result = await run(["edit", file], { EDITOR: `${process.execPath} ${editor} ${log}` });
    expect(result).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).not.toBe(before);
    expect((await run(["decrypt", file])).stdout).toContain("password: changed");
    expect(() => statSync(readFileSync(log, "utf8"))).toThrow("ENOENT");
    const failed = await run(["edit", file], { EDITOR: "/nowhere/editor" });
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("run the editor")]);
  });

  test("rotate renews the data key", async () => {
    await run(["encrypt", "-i", file]);
    const before = readFileSync(file, "utf8");
    expect((await run(["rotate", "-i", "--update-keys", file])).code).toBe(0);
    expect(readFileSync(file, "utf8").match(/password: .*/)?.[0]).not.toBe(before.match(/password: .*/)?.[0]);
    expect((await run(["decrypt", file])).stdout).toContain("hunter2-secret");
  });

  const failures: { name: string; words: () => string[]; prepare?: () => void; says: RegExp }[] = [
    {
      name: "a file that is not there",
      words: () => ["encrypt", join(dir, "none.yaml")],
      says: /no matching creation rules|read/,
    },
    {
      name: "a file that no rule knows",
      words: () => ["encrypt", join(dir, "keys.txt")],
      says: /no matching creation rules found/,
    },
    {
      name: "no recipient",
      prepare: () => rmSync(join(dir, ".sops.yaml")),
      words: () => ["encrypt", file],
      says: /no key is named/,
    },
    { name: "a file that is not encrypted", words: () => ["decrypt", file], says: /sops metadata not found/ },
    {
      name: "a key file that is not there",
      words: () => ["decrypt", "--age-key-file", join(dir, "x"), file],
      says: /read key file/,
    },
  ];
  test.each(failures)("refuses $name, and changes nothing", async ({ prepare, words, says }) => {
    prepare?.();
    const { code, stdout, stderr } = await run(words());
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain("hunter2");
    expect(readFileSync(file, "utf8")).toBe(plain);
  });
});
