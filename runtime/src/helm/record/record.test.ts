import { gzipSync } from "node:zlib";
import type { Json, JsonObject } from "@eddy/core/json";
import { describe, expect, test } from "vitest";
import { observationDigest, valuesDigest } from "../state/release-digest.ts";
import { chartOf } from "../testing/template-renderer.ts";
import { restoreChart, storeChart } from "./chart-record.ts";
import { formatGoJson } from "./go-json.ts";
import { formatGoTime } from "./go-time.ts";
import { decodeRelease, encodeRelease } from "./release-codec.ts";
import { releaseNameProblem, shortenReleaseName } from "./release-name.ts";
import type { Release } from "./release.ts";

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
      chart: {
        metadata: { name: "demo" },
        lock: null,
        templates: null,
        values: null,
        schema: null,
        schemamodtime: "0001-01-01T00:00:00Z",
        files: null,
      },
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

// Source: fluxcd/pkg chartutil/digest_test.go.
test.each<[string, JsonObject | undefined, string]>([
  ["none", undefined, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["an empty map", {}, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [
    "maps and lists",
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
    "keys that look like numbers",
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
])("valuesDigest() of %s", (_name, values, want) => {
  expect(valuesDigest(values)).toBe(want);
});

// Source: helm-controller internal/release/digest_test.go; Go leaves `info` and `chartMetadata` as empty objects.
test("observationDigest() of a release that is nothing but a name", () => {
  const nothing = { name: "foo", namespace: "", version: 0, info: {}, chart: { metadata: {} }, labels: {} };
  expect(observationDigest(nothing as unknown as Release)).toBe(
    "sha256:f1498f27a16a09cd7e1ee610d924df065c03d30035638babc95dd9a8d412ce4d",
  );
});
