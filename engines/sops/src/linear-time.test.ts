import { expect, test } from "vitest";
import { readEncryptedFile } from "./file.ts";
import { splitYamlStream } from "./yaml-stream.ts";

const many = 1_000_000;

test("metadata without a MAC is read in linear time", () => {
  const text = `a: 1\nsops:\n${" \n".repeat(many)}b: 2\n`;
  expect(splitYamlStream(text)).toEqual([{ text, isEncrypted: false, format: "yaml" }]);
});

test.each([
  ["sops:\n    mac: ENC[a]\n", true],
  ["sops: # by sops\r\n\r\n    kms: []\r\n    'mac': ENC[a] \r\n", true],
  ["sops:\n    mac:\n", false],
  ["sops:\nother:\n    mac: a\n", false],
  ["sops: a\n    mac: a\n", false],
])("%j is encrypted: %s", (text, isEncrypted) =>
  expect(splitYamlStream(text)).toEqual([{ text, isEncrypted, format: "yaml" }]),
);

test("a line of an INI file without a mark is refused in linear time", () => {
  const bytes = Buffer.from(`[a]\nb${" ".repeat(many)}c\n`);
  expect(() => readEncryptedFile(bytes, "ini", "a.ini")).toThrow("neither a section");
});
