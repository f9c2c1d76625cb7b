import { gzipSync } from "node:zlib";
import type { Json } from "@eddy/core/json";
import { describe, expect, test } from "vitest";
import { valuesDigest } from "../state/release-digest.ts";
import { chartOf } from "../testing/template-renderer.ts";
import { restoreChart, storeChart } from "./chart-record.ts";
import { formatGoJson } from "./go-json.ts";
import { formatGoTime } from "./go-time.ts";
import { decodeRelease, encodeRelease } from "./release-codec.ts";
import { releaseNameProblem, shortenReleaseName } from "./release-name.ts";

describe("formatGoJson()", () => {
  test.each<[Json, string]>([
    [{ b: 1, a: [null, true, "x"] }, '{"a":[null,true,"x"],"b":1}'],
    [{ 9: "n", 10: "t" }, '{"10":"t","9":"n"}'],
    ["<a & b>\u2028", '"\\u003ca \\u0026 b\\u003e\\u2028"'],
    ["\u007f\ud800", '"\u007f\\ufffd"'],
    [{ big: 9007199254740993n, small: 1e-7, zero: -0 }, '{"big":9007199254740993,"small":1e-7,"zero":-0}'],
  ])("%#", (value, want) => {
    expect(formatGoJson(value)).toBe(want);
  });
});

test.each([
  [0, "1970-01-01T00:00:00Z"],
  [1_500, "1970-01-01T00:00:01.5Z"],
  [1_230, "1970-01-01T00:00:01.23Z"],
  [10_000, "1970-01-01T00:00:10Z"],
])("formatGoTime(%d)", (ms, want) => {
  expect(formatGoTime(ms)).toBe(want);
});

describe("a release record", () => {
  const zip = (record: object): string => gzipSync(JSON.stringify(record)).toString("base64");
  const written = {
    name: "web",
    version: 3,
    namespace: "ns",
    info: { status: "deployed", first_deployed: "2026-01-01T00:00:00.5Z", deleted: "" },
    chart: { metadata: { name: "demo" }, templates: null },
    hooks: [{ name: "h", last_run: { started_at: "", completed_at: "", phase: "" } }],
    fieldOfAnotherTime: { kept: true },
  };

  test("survives reading and writing, but for the empty times of Helm 3", () => {
    const release = decodeRelease(zip(written), { team: "a" });
    expect(release).toEqual({
      ...written,
      info: { status: "deployed", first_deployed: "2026-01-01T00:00:00.5Z" },
      hooks: [{ name: "h", last_run: { phase: "" } }],
      labels: { team: "a" },
    });
    const { labels: _labels, ...rest } = decodeRelease(encodeRelease(release));
    expect({ ...rest, labels: { team: "a" } }).toEqual(release);
  });

  test("may be uncompressed, as very old ones are", () => {
    expect(decodeRelease(Buffer.from(JSON.stringify(written)).toString("base64")).name).toBe("web");
  });

  test.each([
    ["no JSON", Buffer.from("x").toString("base64")],
    ["no release", zip({ name: "web" })],
    ["cut off", zip(written).slice(0, 40)],
    ["a bomb", gzipSync(Buffer.alloc(129 * 1024 * 1024)).toString("base64")],
  ])("that is %s is refused", (_name, text) => {
    expect(() => decodeRelease(text)).toThrow(/^decode release: /);
  });
});

test("a chart is stored without its sub-charts and what Go leaves out, and comes back", () => {
  const chart = chartOf({ "templates/a.yaml": "a: b\n", "README.md": "hi" }, { values: { n: 1 } });
  const dependency = {
    name: "sub",
    version: "",
    repository: "",
    condition: "sub.enabled",
    tags: [],
    enabled: true,
    importValues: ["data"],
    alias: "",
  };
  const whole = { ...chart, metadata: { ...chart.metadata, dependencies: [dependency] }, dependencies: [chart] };
  const stored = storeChart(whole);
  expect(stored).toEqual({
    metadata: {
      name: "demo",
      version: "1.0.0",
      apiVersion: "v2",
      appVersion: "2.0",
      dependencies: [
        { name: "sub", repository: "", condition: "sub.enabled", enabled: true, "import-values": ["data"] },
      ],
    },
    lock: null,
    templates: [{ name: "templates/a.yaml", data: "YTogYgo=" }],
    values: { n: 1 },
    schema: null,
    schemamodtime: "0001-01-01T00:00:00Z",
    files: [{ name: "README.md", data: "aGk=" }],
  });
  const { metadata, values } = restoreChart(stored);
  expect([metadata, values]).toEqual([whole.metadata, { n: 1 }]);
});

describe("release names", () => {
  test.each(["web", "a.b-c", "0", "a".repeat(53)])("%s is one", (name) => {
    expect(releaseNameProblem(name)).toBeUndefined();
  });
  test.each(["", "Web", "-a", "a-", "a..b", "a_b", "a".repeat(54)])("%j is none", (name) => {
    expect(releaseNameProblem(name)).toBeDefined();
  });
  test("longer ones are shortened", () => {
    expect(shortenReleaseName("a".repeat(53))).toBe("a".repeat(53));
    expect(shortenReleaseName("a".repeat(54))).toBe(`${"a".repeat(40)}-a3f01b693925`);
  });
});

test.each([
  [undefined, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [{}, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
])("valuesDigest(%j) is that of the empty text", (values, want) => {
  expect(valuesDigest(values)).toBe(want);
});
