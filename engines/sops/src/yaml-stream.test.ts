import { expect, it } from "vitest";
import { splitYamlStream } from "./yaml-stream.ts";

const yaml = (mac: string): string => `a: ENC[x]\nsops:\n    mac: ${mac}\n`;
const json = (mac: string): string => `{\n\t"a": "ENC[x]",\n\t"sops": {\n\t\t"mac": "${mac}"\n\t}\n}\n`;

it.each<[string, string, [text: string, isEncrypted: boolean, format: string][]]>([
  ["one document", yaml("m"), [[yaml("m"), true, "yaml"]]],
  ["two of one MAC", `${yaml("m")}---\n${yaml("m")}`, [[`${yaml("m")}---\n${yaml("m")}`, true, "yaml"]]],
  [
    "plain beside",
    `b: 1\n---\n${yaml("m")}`,
    [
      ["b: 1\n", false, "yaml"],
      [`---\n${yaml("m")}`, true, "yaml"],
    ],
  ],
  ["JSON", json("m"), [[json("m"), true, "json"]]],
  [
    "JSON behind YAML",
    `b: 1\n---\n${json("m")}---\nc: 1\n`,
    [
      ["b: 1\n", false, "yaml"],
      [json("m"), true, "json"],
      ["---\nc: 1\n", false, "yaml"],
    ],
  ],
  ["JSON that is not encrypted", '{"sops": 1}\n', [['{"sops": 1}\n', false, "yaml"]]],
  ["braces of YAML", '{a: "sops"}\n', [['{a: "sops"}\n', false, "yaml"]]],
])("%s", (_, text, want) => {
  expect(splitYamlStream(text).map((part) => [part.text, part.isEncrypted, part.format])).toEqual(want);
});

it("leaves what is to be left", () => {
  expect(splitYamlStream(json("m"), () => true)).toEqual([{ text: json("m"), isEncrypted: false, format: "yaml" }]);
});
