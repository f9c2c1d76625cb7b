import { expect, test } from "vitest";
import { commandWords } from "./command-words.ts";
import { expandBooleans } from "./expand-booleans.ts";
import { flag } from "./flag.ts";
import { readFlags } from "./read-flags.ts";

const specs = {
  namespace: flag.text("", { short: "n" }),
  allNamespaces: flag.boolean("", { short: "A" }),
  watch: flag.boolean("", { short: "w" }),
  withSource: flag.boolean(""),
  prune: flag.boolean("", { fallback: true }),
  label: flag.list(""),
  timeout: flag.duration("5m", ""),
  port: flag.integer(0, ""),
  output: flag.oneOf(["json", "yaml"], "", { short: "o" }),
};

test.each([
  { words: "get ks -A", want: "get ks --all-namespaces=true" },
  { words: "get ks -Aw", want: "get ks --all-namespaces=true --watch=true" },
  { words: "reconcile ks --with-source webapp", want: "reconcile ks --with-source=true webapp" },
  { words: "reconcile ks --with-source=false webapp", want: "reconcile ks --with-source=false webapp" },
  { words: "get ks -n --watch", want: "get ks -n --watch" },
  { words: "get ks --namespace -A x", want: "get ks --namespace -A x" },
  { words: "get ks --namespace=team -A", want: "get ks --namespace=team --all-namespaces=true" },
  { words: "completion complete -- get -A", want: "completion complete -- get -A" },
  { words: "get ks -nA", want: "get ks -nA" },
])("booleans of `$words`", ({ words, want }) => {
  expect(expandBooleans(words.split(" "), specs).join(" ")).toBe(want);
});

test.each([
  { words: "get sources git podinfo", want: ["get", "sources", "git", "podinfo"] },
  { words: "-n team get ks", want: ["get", "ks"] },
  { words: "--namespace=team -A get ks", want: ["get", "ks"] },
  { words: "--with-source reconcile", want: ["reconcile"] },
  { words: "completion -- x", want: ["completion"] },
])("words of `$words`", ({ words, want }) => {
  expect(commandWords(words.split(" "), specs)).toEqual(want);
});

test("absent flags have their defaults, typed ones their values", () => {
  expect(readFlags(specs, {})).toEqual({
    namespace: undefined,
    allNamespaces: false,
    watch: false,
    withSource: false,
    prune: true,
    label: [],
    timeout: 300_000,
    port: 0,
    output: undefined,
  });
  expect(
    readFlags(specs, { timeout: "1m30s", label: "a=1,b=2", prune: "false", output: "yaml", port: "80" }),
  ).toMatchObject({
    timeout: 90_000,
    label: ["a=1", "b=2"],
    prune: false,
    output: "yaml",
    port: 80,
  });
});

test.each([
  { texts: { timeout: "5" }, want: 'invalid argument "5" for --timeout: time: missing unit in duration "5"' },
  { texts: { withSource: "yes" }, want: 'invalid argument "yes" for --with-source: "yes" is neither true nor false' },
  { texts: { port: "x" }, want: 'invalid argument "x" for --port: "x" is not a whole number' },
  { texts: { output: "xml" }, want: 'invalid argument "xml" for --output: "xml" is not one of json, yaml' },
])("refused: $want", ({ texts, want }) => {
  expect(() => readFlags(specs, texts)).toThrow(want);
});
