import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findChart, indexUrl, normalizeRepositoryUrl, parseIndex, resolveChartUrl, selectVersion } from "./index.ts";
import { defaultIndexLimits, type IndexLimits, type ParsedIndex } from "./parse-index.ts";

function read(text: string | Buffer, limits: Partial<IndexLimits> = {}): ParsedIndex {
  const steps = parseIndex(Buffer.from(text), { ...defaultIndexLimits, ...limits });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const versionsOf = (text: string, chart: string): string[] | undefined =>
  findChart(read(text).json, chart)?.map(({ version }) => version);

describe("an index", () => {
  it("is kept as Go's encoder writes it: newest first, sanitized, times normalised", () => {
    const index = read(`apiVersion: v1
entries:
  # a comment
  "web":
    - name: web
      version: 1.0.0
      description: "two
        lines & <b>"
      created: 2020-01-01T00:00:00.120Z
      digest: 12
      urls: [web-1.0.0.tgz]
    - name: web
      version: v2.0.0-rc.1
      description: |
        text
          - with items
        - and more
      annotations: {b: x, a: "y"}
      maintainers: [{name: "A\\tB"}]
generated: "2020-01-01T00:00:00+00:00"
publicKeys: []
`);
    expect(index.json.toString()).toBe(`{
  "apiVersion": "v1",
  "generated": "2020-01-01T00:00:00Z",
  "entries": {
    "web": [
      {
        "name": "web",
        "version": "v2.0.0-rc.1",
        "description": "text   - with items - and more ",
        "maintainers": [
          {
            "name": "A B"
          }
        ],
        "apiVersion": "v1",
        "annotations": {
          "a": "y",
          "b": "x"
        },
        "urls": null,
        "created": "0001-01-01T00:00:00Z"
      },
      {
        "name": "web",
        "version": "1.0.0",
        "description": "two lines \\u0026 \\u003cb\\u003e",
        "apiVersion": "v1",
        "urls": [
          "web-1.0.0.tgz"
        ],
        "created": "2020-01-01T00:00:00.12Z",
        "digest": "12"
      }
    ]
  }
}`);
    expect(index).toMatchObject({ chartCount: 1, versionCount: 2 });
  });

  const item = (name: string, version: string): string => `  - name: ${name}\n    version: ${version}\n`;
  const shapes: [name: string, text: string][] = [
    ["block by block", `apiVersion: v1\nentries:\n  a:\n${item("a", "1.0.0")}${item("a", "1.1.0")}`],
    [
      "with other indentation",
      `entries:\n    a:\n      - name: a\n        version: 1.0.0\n      - version: 1.1.0\n        name: a\napiVersion: v1\n`,
    ],
    [
      "with the entries last and a document mark",
      `---\napiVersion: v1\nentries:\n  a:\n${item("a", "1.0.0")}${item("a", "1.1.0")}`,
    ],
    ["in flow style", `{apiVersion: v1, entries: {a: [{name: a, version: 1.0.0}, {name: a, version: 1.1.0}]}}`],
    [
      "in JSON",
      `{"entries":{"a":[{"name":"a","version":"1.0.0","x":"}\\\\\\""},{"name":"a","version":"1.1.0"}]},"apiVersion":"v1"}`,
    ],
    [
      "with aliases across versions",
      `apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    keywords: &k [x]\n  - name: a\n    version: 1.1.0\n    keywords: *k\n`,
    ],
    [
      "with line ends of Windows",
      `apiVersion: v1\r\nentries:\r\n  a:\r\n  - name: a\r\n    version: 1.0.0\r\n  - name: a\r\n    version: 1.1.0\r\n`,
    ],
  ];
  it.each(shapes)("is read %s", (_, text) => {
    expect(versionsOf(text, "a")).toEqual(["1.1.0", "1.0.0"]);
  });

  it.each([
    ["null", "null"],
    ["without a name", "{version: 1.0.0}"],
    ["whose name is a path", "{name: a/b, version: 1.0.0}"],
    ["without a version", "{name: a}"],
    ["whose version is none", "{name: a, version: one}"],
    ["of an unknown type", "{name: a, version: 1.0.0, type: service}"],
    ["with an empty maintainer", "{name: a, version: 1.0.0, maintainers: [null]}"],
    ["with a bad alias", "{name: a, version: 1.0.0, dependencies: [{name: b, repository: '', alias: 'b c'}]}"],
  ])("leaves out a version %s", (_, text) => {
    const good = "{name: a, version: 2.0.0, dependencies: [{name: b, repository: ''}, {name: b, repository: ''}]}";
    expect(versionsOf(`apiVersion: v1\nentries:\n  a:\n  - ${text}\n  - ${good}\n`, "a")).toEqual(["2.0.0"]);
  });

  const refused: [name: string, text: string, message: string, limits?: Partial<IndexLimits>][] = [
    ["empty", "", "empty index.yaml file"],
    ["without a version", "entries: {}\n", "no API version specified"],
    [
      "text",
      "hello\n",
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type repo.IndexFile",
    ],
    [
      "with an unknown field",
      `apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    foo: 1\n`,
      'error unmarshaling JSON: while decoding JSON: json: unknown field "foo"',
    ],
    [
      "with a number for a version",
      `apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1\n`,
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go struct field ChartVersion.entries.Metadata.version of type string",
    ],
    [
      "in JSON with a number for a version",
      `{"apiVersion":"v1","entries":{"a":[{"name":"a","version":1}]}}`,
      "json: cannot unmarshal number into Go struct field ChartVersion.entries.Metadata.version of type string",
    ],
    [
      "with a chart twice",
      `apiVersion: v1\nentries:\n  a:\n${item("a", "1.0.0")}  a:\n${item("a", "1.0.0")}`,
      'error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "a" already set in map',
    ],
    [
      "that is cut off",
      "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: [1\n",
      "error converting YAML to JSON: yaml: line 5: did not find expected ',' or ']'",
    ],
    [
      "with a bad time",
      `apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    created: yesterday\n`,
      'error unmarshaling JSON: while decoding JSON: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      "that is too large",
      "apiVersion: v1\nentries: {}\n",
      "index exceeds the maximum index file size of 10 bytes",
      { maxBytes: 10 },
    ],
    [
      "of another shape that is too large to be read at once",
      "{apiVersion: v1, entries: {}}\n",
      "read index of 30 bytes: it is not laid out version by version, at most 10 bytes are read at once",
      { maxWholeBytes: 10 },
    ],
    [
      "with too many versions",
      `apiVersion: v1\nentries:\n  a:\n${item("a", "1.0.0")}${item("a", "1.1.0")}`,
      "read index: more than 1 versions",
      { maxVersions: 1 },
    ],
  ];
  it.each(refused)("is refused: %s", (_, text, message, limits) => {
    expect(() => read(text, limits)).toThrow(
      expect.objectContaining({ message, class: "terminal", code: "HELM_INDEX" }),
    );
  });

  it("takes no step that others would notice, at 100 MB", { timeout: 60_000 }, () => {
    const version = `  - name: big\n    version: 1.0.0\n    description: ${"x".repeat(100_000)}\n    urls:\n    - big.tgz\n`;
    const text = Buffer.concat([
      Buffer.from("apiVersion: v1\nentries:\n  big:\n"),
      ...Array<Buffer>(999).fill(Buffer.from(version)),
    ]);
    const steps = parseIndex(text, { ...defaultIndexLimits, maxBytes: 100 * 1024 ** 2 });
    let count = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) count++;
    expect(step.value.versionCount).toBe(999);
    expect(count).toBeGreaterThan(999);
  });

  it("gives any version back that it was given, however it is cut", () => {
    const text = fc.string({ unit: "grapheme" }).map((value) => value.replace(/[\p{C}\s]/gu, ""));
    fc.assert(
      fc.property(fc.array(fc.record({ major: fc.nat(50), note: text }), { minLength: 1, maxLength: 8 }), (made) => {
        const entries = made.map(({ major, note }) => ({ name: "a", version: `${major}.0.0`, digest: note }));
        const json = JSON.stringify({ apiVersion: "v1", entries: { a: entries } });
        const yaml = `apiVersion: v1\nentries:\n  a:\n${entries.map((entry) => `  - name: a\n    version: ${entry.version}\n    digest: ${JSON.stringify(entry.digest)}\n`).join("")}`;
        const want = entries.map(({ version, digest }) => `${version} ${digest}`).sort();
        for (const given of [json, yaml]) {
          const found = findChart(read(given).json, "a")?.map(({ version, digest = "" }) => `${version} ${digest}`);
          expect(found?.sort()).toEqual(want);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("a chart in a stored index", () => {
  const { json } = read(`apiVersion: v1
entries:
  a:
  - {name: a, version: 1.0.0, urls: [a.tgz], digest: ab, created: 2020-01-01T00:00:00Z}
  "a<b":
  - {name: "a<b", version: 1.0.0}
annotations: {c: d}
`);

  it("is found without the rest", () => {
    expect(findChart(json, "a")).toEqual([
      { name: "a", version: "1.0.0", urls: ["a.tgz"], digest: "ab", created: "2020-01-01T00:00:00Z" },
    ]);
    expect(findChart(json, "a<b")).toHaveLength(1);
  });

  it.each(["b", "c", "", 'a": [', "entries"])("is not there by the name %j", (name) => {
    expect(findChart(json, name)).toBeUndefined();
  });

  it("is not looked for in another file", () => {
    expect(() => findChart(Buffer.from("apiVersion: v1\n"), "a")).toThrow("it is not an index");
  });
});

describe("a version", () => {
  const versions = ["0.9.0", "1.0.0", "1.2.0", "2.0.0-rc.1", "v3.0.0", "1.2"].map((version) => ({ version }));
  it.each([
    ["", "v3.0.0"],
    ["*", "v3.0.0"],
    ["1.2", "1.2"],
    ["1.x", "1.2.0"],
    ["~1.0", "1.0.0"],
    [">=2.0.0-0 <3.0.0", "2.0.0-rc.1"],
    ["<1", "0.9.0"],
  ])("is chosen by %j", (range, want) => {
    expect(selectVersion("a", versions, range).version).toBe(want);
  });

  it("is the younger of two that differ in nothing but their build", () => {
    const twins = [
      { version: "1.0.0+a", created: "2021-01-01T00:00:00Z" },
      { version: "1.0.0+b", created: "2022-01-01T00:00:00Z" },
      { version: "1.0.0+c", created: "2020-01-01T00:00:00Z" },
    ];
    expect(selectVersion("a", twins, "1.x").version).toBe("1.0.0+b");
  });

  it("is told when there is none", () => {
    expect(() => selectVersion("a", versions, "4.x")).toThrow("no 'a' chart with version matching '4.x' found");
    expect(() => selectVersion("a", [], "")).toThrow("no chart version found");
    expect(() => selectVersion("a", versions, "one")).toThrow('improper constraint: "one"');
  });
});

describe("a URL", () => {
  it.each([
    ["http://host/charts", "a-1.tgz", "http://host/charts/a-1.tgz"],
    ["http://host/charts/", "sub/a-1.tgz", "http://host/charts/sub/a-1.tgz"],
    ["http://host/charts?t=1", "a-1.tgz", "http://host/charts/a-1.tgz?t=1"],
    ["http://host/charts", "/a-1.tgz", "http://host/a-1.tgz"],
    ["http://host/charts", "https://other/a-1.tgz?x", "https://other/a-1.tgz?x"],
  ])("of %s: %s", (base, reference, want) => {
    expect(resolveChartUrl(base, reference)).toBe(want);
  });

  it.each([
    ["http://host", "http://host/index.yaml"],
    ["http://host/a/", "http://host/a/index.yaml"],
    ["http://host/a?t=1", "http://host/a/index.yaml?t=1"],
  ])("of the index of %s", (base, want) => {
    expect(indexUrl(base)).toBe(want);
  });

  it.each([
    ["", ""],
    ["http://host/a", "http://host/a/"],
    ["http://host/a//", "http://host/a/"],
    ["oci://host/a/", "oci://host/a"],
  ])("is compared: %j", (url, want) => {
    expect(normalizeRepositoryUrl(url)).toBe(want);
  });

  it("that is none is refused without its password", () => {
    expect(() => indexUrl("http://user:pass@:1")).toThrow('parse "http://:1": it is not a URL');
  });
});
