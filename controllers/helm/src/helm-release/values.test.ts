import { describe, expect, test } from "vitest";
import type { ValuesReference } from "@eddy/api";
import type { Values } from "@eddy/helm";
import { valuesDigest } from "@eddy/runtime/helm";
import { composeValues, type ResolvedReference } from "./compose-values.ts";

type Given = Partial<ValuesReference> & { data?: Record<string, string>; missing?: string };

function reference({ data, missing, ...given }: Given): ResolvedReference {
  return {
    reference: { kind: "ConfigMap", name: "values", ...given },
    data,
    ...(missing === undefined ? {} : { missing }),
  };
}

const file = (text: string, more: Given = {}): Given => ({ data: { "values.yaml": text }, ...more });
const nested = "flat: value\nnested:\n  configuration:\n  - one\n  - two\n  - three\n";

interface Case {
  name: string;
  references: Given[];
  inline?: Values;
  want: Values;
}

// The first ones are upstream's own: fluxcd/pkg chartutil/values_test.go.
const cases: Case[] = [
  {
    name: "files merge in order, the inline values over them",
    references: [
      file("flat: value\nnested:\n  configuration: value\n"),
      file("flat:\n  nested: value\nnested: value\n", { kind: "Secret" }),
    ],
    inline: { other: "values" },
    want: { flat: { nested: "value" }, nested: "value", other: "values" },
  },
  {
    name: "a value at a path",
    references: [{ data: { single: "value" }, valuesKey: "single", targetPath: "merge.at.specific.path" }],
    want: { merge: { at: { specific: { path: "value" } } } },
  },
  {
    name: "a path below what only the inline values have beats everything",
    references: [{ data: { key: "value" }, valuesKey: "key", targetPath: "nested.configuration[0]" }, file(nested)],
    inline: { nested: { configuration: ["list", "item", "option"] } },
    want: { flat: "value", nested: { configuration: ["value", "item", "option"] } },
  },
  {
    name: "a path into a list of a file",
    references: [
      file("nested:\n  configuration:\n  - list\n  - item\n  - option\n"),
      file("foo", { targetPath: "nested.configuration[1]" }),
    ],
    inline: { other: "values" },
    want: { nested: { configuration: ["list", "foo", "option"] }, other: "values" },
  },
  {
    name: "a top-level path loses against the inline values",
    references: [file("new", { targetPath: "flat" })],
    inline: { flat: "inline" },
    want: { flat: "inline" },
  },
  {
    name: "null stays, lists are replaced",
    references: [file("a: {b: 1, c: [1, 2]}\n"), file("a: {b: null, c: [3]}\n")],
    want: { a: { b: null, c: [3] } },
  },
  {
    name: "types are inferred at a path, unless the value is quoted",
    references: [
      file("true", { targetPath: "a.bool" }),
      file("12", { targetPath: "a.int" }),
      file("'12'", { targetPath: "a.text" }),
      file('"true"', { targetPath: "a.word" }),
    ],
    want: { a: { bool: true, int: 12n, text: "12", word: "true" } },
  },
  {
    name: "a literal is taken as it is",
    references: [file("a,b={c}[0]\\d", { targetPath: "raw.text", literal: true })],
    want: { raw: { text: "a,b={c}[0]\\d" } },
  },
  {
    name: "literal without a path is a file like others",
    references: [file("a: 1\n", { literal: true })],
    want: { a: 1 },
  },
  {
    name: "dots are escaped in paths",
    references: [file("v", { targetPath: "a.b\\.c" })],
    want: { a: { "b.c": "v" } },
  },
  {
    name: "what is optional may be missing, object or key",
    references: [{ optional: true }, file("a: 1", { optional: true, valuesKey: "other" })],
    want: {},
  },
];

describe("composeValues()", () => {
  test.each(cases)("$name", ({ references, inline = {}, want }) => {
    expect(composeValues("ns", inline, references.map(reference))).toEqual(want);
  });

  test.each<[Given, string]>([
    [
      { missing: 'configmaps "values" not found' },
      "could not resolve ConfigMap chart values reference 'ns/values' with key 'values.yaml': configmaps \"values\" not found",
    ],
    [
      file("a: 1", { kind: "Secret", valuesKey: "other" }),
      "could not resolve Secret chart values reference 'ns/values' with key 'other': key not found",
    ],
    [
      file("a: [", { optional: true }),
      "could not resolve optional ConfigMap chart values reference 'ns/values' with key 'values.yaml': ",
    ],
    [
      file("broker-1:9092,broker-2:9092", { targetPath: "kafka.brokers" }),
      "could not resolve ConfigMap chart values reference 'ns/values' with key 'values.yaml': ",
    ],
  ])("%j fails in upstream's words", (given, want) => {
    expect(() => composeValues("ns", {}, [reference(given)])).toThrow(want);
  });
});

// Source: fluxcd/pkg chartutil/digest_test.go.
test.each<[Values, string]>([
  [{}, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [
    {
      replicas: 3,
      image: { tag: "latest", repository: "nginx" },
      ports: [
        { protocol: "TCP", port: 8080 },
        { port: 9090, protocol: "UDP" },
      ],
    },
    "sha256:fcdc2b0de1581a3633ada4afee3f918f6eaa5b5ab38c3fef03d5b48d3f85d9f6",
  ],
  [
    {
      replicas: 3,
      test: {
        "632bd80235a05f4192aefade": "value1",
        "632bd80ddf416cf32fd50679": "value2",
        "632bd817c559818a52307da2": "value3",
        "632bd82398e71231a98004b6": "value4",
      },
    },
    "sha256:8a980fcbeadd6f05818f07e8aec14070c22250ca3d96af1fcd5f93b3e85b4d70",
  ],
])("the digest of %j is upstream's", (values, want) => {
  expect(valuesDigest(values)).toBe(want);
});
