import { expect, test } from "vitest";
import { memoryTree } from "@eddy/core/tree";
import { buildManifests } from "./build.ts";
import { substituteManifests } from "./substitute.ts";

const spec = { interval: "1m", prune: true, path: "./", sourceRef: { kind: "GitRepository", name: "a" } } as const;

// Quotes of a file are gone when variables are put in: what is to stay text gets its quotes from a variable. Source: fluxcd/pkg
// kustomize `SubstituteVariables`, which works on the text that kustomize prints.
const cases: { name: string; value: string; want: unknown }[] = [
  { name: "a plain number", value: "${number}", want: 7 },
  { name: "a number in quotes of the file", value: '"${number}"', want: 7 },
  { name: "a number in quotes of its own", value: `'"\${number}"'`, want: '"7"' },
  { name: "a number in quotes of a variable", value: "${quote}${number}${quote}", want: "7" },
  { name: "a word that is a boolean", value: "'${word}'", want: true },
  { name: "a default that is a boolean", value: '"${nothing:=y}"', want: true },
  { name: "a text that the printer quotes", value: '"a: ${number}"', want: "a: 7" },
  { name: "a text of several lines", value: '"a\\n${number}\\n"', want: "a\n7\n" },
];

test.each(cases)("substitution of $name", ({ value, want }) => {
  const text = `apiVersion: v1\nkind: Thing\nmetadata: { name: a }\nspec:\n  value: ${value}\n`;
  const { manifests } = buildManifests(memoryTree({ "a.yaml": text }), "", spec);
  const variables = new Map([
    ["number", "7"],
    ["word", "yes"],
    ["quote", '"'],
  ]);
  const [manifest] = substituteManifests(manifests, variables, { strictSubstitutions: true });
  expect(manifest?.object["spec"]).toEqual({ value: want });
});

test("what is substituted is printed as it is then", () => {
  const { manifests } = buildManifests(
    memoryTree({ "a.yaml": "apiVersion: v1\nkind: Thing\nmetadata: { name: a }\nb: x\na: '${word}'\n" }),
    "",
    spec,
  );
  const [manifest] = substituteManifests(manifests, new Map([["word", "on"]]), { strictSubstitutions: true });
  expect(manifest?.text).toBe("a: true\napiVersion: v1\nb: x\nkind: Thing\nmetadata:\n  name: a\n");
});
