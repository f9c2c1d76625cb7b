import { describe, expect, test } from "vitest";
import { policyOfSpec, selectTag, type ImagePolicyChoiceSpec, type Policy } from "./index.ts";

const names = (list: string): { name: string }[] => (list === "" ? [] : list.split(" ").map((name) => ({ name })));

/** The tag, or why there is none. */
function chosen(policy: Policy, list: string): string {
  const selection = selectTag(policy, names(list));
  if (selection.outcome === "spoiled") return `${selection.by.reason} ${selection.by.detail ?? ""}`.trim();
  return "tag" in selection ? selection.tag.name : selection.outcome;
}

/** In the order given, and in the reverse one: it must not matter. */
function inAnyOrder(policy: Policy, list: string): string[] {
  return [...new Set([chosen(policy, list), chosen(policy, list.split(" ").toReversed().join(" "))])];
}

describe("semver", () => {
  const rows: readonly (readonly [range: string, tags: string, want: string])[] = [
    // Upstream's own table.
    ["1.0.x", "1.0.0 1.0.0.1 1.0.0p 1.0.1 1.2.0 0.1.0", "1.0.1"],
    ["1.0.x", "v1.2.3 v1.0.0 v0.1.0", "v1.0.0"],
    ["1.0.x", "b1.2.3 b1.0.0 b0.1.0", "none-accepted"],
    ["1.0.x", "", "no-tags"],
    ["1.0.x", "1.2.0", "none-accepted"],
    // Ranges.
    ["*", "0.1.0 1.0.0 2.0.0-rc.1", "1.0.0"],
    [">=0.0.0-0", "0.1.0 1.0.0 2.0.0-rc.1", "2.0.0-rc.1"],
    [">=1.0.0", "0.9.9 1.0.0 1.10.0 1.9.0", "1.10.0"],
    [">=1.0.0 <2.0.0", "1.0.0 1.99.0 2.0.0 2.0.0-rc.1", "1.99.0"],
    [">=1.0.0, <2.0.0", "1.0.0 1.99.0 2.0.0", "1.99.0"],
    [">=1.0.0-0 <2.0.0", "1.0.0 2.0.0-rc.1", "2.0.0-rc.1"],
    ["^1", "0.9.0 1.0.0 1.5.0 2.0.0", "1.5.0"],
    ["^0.2.3", "0.2.2 0.2.3 0.2.9 0.3.0", "0.2.9"],
    ["^0.0.3", "0.0.3 0.0.4", "0.0.3"],
    ["~1.2", "1.2.0 1.2.9 1.3.0", "1.2.9"],
    ["~1.2.3", "1.2.2 1.2.3 1.2.10 1.3.0", "1.2.10"],
    ["~1", "1.0.0 1.9.0 2.0.0", "1.9.0"],
    ["1.x", "1.0.0 1.9.0 2.0.0", "1.9.0"],
    ["1.2.x", "1.2.0 1.2.4 1.3.0", "1.2.4"],
    ["x", "1.2.0 3.0.0", "3.0.0"],
    ["1.2 - 1.4", "1.1.0 1.2.0 1.4.5 1.5.0", "1.4.5"],
    ["1.2.0 - 1.4.0", "1.1.0 1.2.0 1.4.0 1.4.5", "1.4.0"],
    ["<1.0.0 || >=2.0.0", "0.9.0 1.5.0 2.1.0", "2.1.0"],
    ["<1.0.0 || >=3.0.0", "0.9.0 1.5.0 2.1.0", "0.9.0"],
    ["!=1.2.3", "1.2.2 1.2.3", "1.2.2"],
    ["!=1.x", "0.1.0 1.2.2 1.2.3", "0.1.0"],
    ["=1.2.3", "1.2.2 1.2.3 1.2.4", "1.2.3"],
    ["1.2.3", "1.2.2 1.2.3 1.2.4", "1.2.3"],
    [">1.2.3", "1.2.2 1.2.3", "none-accepted"],
    ["<=1.2.3", "1.2.2 1.2.3 1.2.4", "1.2.3"],
    ["=>1.2.3", "1.2.2 1.2.3 1.2.4", "1.2.4"],
    // Pre-releases.
    ["1.0.0-rc.1", "1.0.0-rc.1 1.0.0", "1.0.0-rc.1"],
    [">=1.0.0-rc.1", "1.0.0-rc.1 1.0.0-rc.2", "1.0.0-rc.2"],
    [">=1.0.0-rc.1", "1.0.0-rc.10 1.0.0-rc.2", "1.0.0-rc.10"],
    [">=1.0.0-rc.1", "1.0.0-rc.9 1.0.0", "1.0.0"],
    [">=1.0.0-alpha", "1.0.0-alpha 1.0.0-beta 1.0.0-alpha.1", "1.0.0-beta"],
    ["^1.0.0-0", "1.0.0-1 1.1.0-alpha", "1.1.0-alpha"],
    [">=1.0.0", "1.1.0-rc.1", "none-accepted"],
    // What is no version.
    ["*", "1 1.0 v1 latest 1.0.0.0", "none-accepted"],
    ["*", "01.0.0 0.02.3", "01.0.0"],
    ["*", "v2025.02.03 v2025.02.01 2024.12.31", "v2025.02.03"],
    [">=2025.0.0-0", "v2025.02.03-rc.1 2025.02", "v2025.02.03-rc.1"],
    ["*", "1.0.0-01", "none-accepted"],
    ["*", "V1.0.0 v1.0.0", "v1.0.0"],
    ["*", "vv1.0.0 1.0.0-", "none-accepted"],
    ["*", "1.0.0 latest main", "1.0.0"],
    ["*", "99999999999999999999.0.0 1.0.0", "1.0.0"],
    ["*", "18446744073709551615.0.0 1.0.0", "18446744073709551615.0.0"],
    // The same version twice: the last text, so that nothing flaps.
    ["*", "1.0.0 v1.0.0", "v1.0.0"],
    ["*", "v1.0.0 1.0.1", "1.0.1"],
  ];
  test.each(rows)("%s of [%s] is %s", (range, tags, want) => {
    expect(inAnyOrder({ form: "semver", range }, tags)).toEqual([want]);
  });

  test.each(["1.0.x", "^1.0", "=1.0.0", "~1.0", ">=1.0", ">0,<2.0"])("%s is a range", (range) =>
    expect(() => selectTag({ form: "semver", range }, [])).not.toThrow(),
  );

  test.each(["1.0.0p", "1x", "x1", "-1", "a", "", ">=1.0 <", "1.0.0 ||"])("%j is no range", (range) => {
    expect(() => selectTag({ form: "semver", range }, [])).toThrow(
      expect.objectContaining({
        code: "INVALID_IMAGE_POLICY",
        class: "terminal",
        message: expect.stringContaining("invalid policy: "),
      }),
    );
  });
});

describe("alphabetical", () => {
  const ubuntu = "16.04 16.04.1 16.10 20.04 20.10";
  const times = "1606234201 1606364286 1606334092 1606334284 1606334201";
  const rows: readonly (readonly ["asc" | "desc", tags: string, want: string])[] = [
    // Upstream's own table.
    ["asc", ubuntu, "20.10"],
    ["desc", ubuntu, "16.04"],
    ["asc", "xenial yakkety zesty artful bionic", "zesty"],
    ["desc", "xenial yakkety zesty artful bionic", "artful"],
    ["asc", times, "1606364286"],
    ["desc", times, "1606234201"],
    ["asc", "rel-1606234201 rel-1606364286 rel-1606334092", "rel-1606364286"],
    ["asc", "", "no-tags"],
    // Letters, not numbers.
    ["asc", "9 10 11", "9"],
    ["desc", "9 10 11", "10"],
    ["asc", "a B", "a"],
    ["desc", "a B", "B"],
    ["asc", "1.10.0 1.9.0", "1.9.0"],
    ["asc", "a a- a. a_ a0", "a_"],
    ["desc", "a a- a. a_ a0", "a"],
    ["asc", "only", "only"],
  ];
  test.each(rows)("%s of [%s] is %s", (order, tags, want) => {
    expect(inAnyOrder({ form: "alphabetical", order }, tags)).toEqual([want]);
  });
});

describe("numerical", () => {
  const floats = "47.40896403322944 53.47333823144817 3.2008658570411086 24.71884721436865";
  const rows: readonly (readonly ["asc" | "desc", tags: string, want: string])[] = [
    // Upstream's own table; a tag cannot begin with a minus, what is extracted can.
    ["asc", floats, "53.47333823144817"],
    ["desc", floats, "3.2008658570411086"],
    ["asc", "1606234201 1606364286 1606334092", "1606364286"],
    ["desc", "1606234201 1606364286 1606334092", "1606234201"],
    ["asc", "1", "1"],
    ["desc", "1", "1"],
    ["asc", "0 1a b", "NotANumber 'b'"],
    ["asc", "", "no-tags"],
    // Numbers, not letters.
    ["asc", "9 10 11", "11"],
    ["desc", "9 10 11", "9"],
    ["asc", "1e3 999", "1e3"],
    ["asc", "1E3 999", "1E3"],
    ["asc", "0x1p4 15", "0x1p4"],
    ["asc", "0x1.8p1 3.5", "3.5"],
    ["asc", "5. 4", "5."],
    ["asc", "inf 4", "inf"],
    ["asc", "Infinity inf", "Infinity"],
    ["desc", "inf 4", "4"],
    ["asc", "1_000 4", "1_000"],
    ["asc", "1__0 4", "NotANumber '1__0'"],
    ["asc", "0x10 4", "NotANumber '0x10'"],
    ["asc", "1e999 4", "NotANumber '1e999'"],
    ["asc", "nan 4", "NotANumber 'nan'"],
    ["asc", "latest 4", "NotANumber 'latest'"],
    ["asc", "9007199254740993 9007199254740992", "9007199254740992"],
    // The same value twice: the first text, so that nothing flaps.
    ["asc", "1 1.0 1.00", "1"],
    ["desc", "1.00 1.0 1", "1"],
  ];
  test.each(rows)("%s of [%s] is %s", (order, tags, want) => {
    expect(inAnyOrder({ form: "numerical", order }, tags)).toEqual([want]);
  });
});

describe("filterTags", () => {
  const builds = "main-0a1b2c3-1700000000 main-ffffff0-1700000500 dev-1234567-1800000000 main-bad latest";
  const minio = "RELEASE.2021-01-05T05-22-38Z RELEASE.2021-03-01T04-20-55Z RELEASE.2020-12-31T00-00-00Z";
  const rows: readonly (readonly [what: string, spec: ImagePolicyChoiceSpec, tags: string, want: string])[] = [
    [
      "builds of a branch by time",
      {
        policy: { numerical: {} },
        filterTags: { pattern: "^main-[a-f0-9]+-(?P<ts>[0-9]+)", extract: "$ts" },
      },
      builds,
      "main-ffffff0-1700000500",
    ],
    [
      "the oldest of them",
      {
        policy: { numerical: { order: "desc" } },
        filterTags: { pattern: "^main-[a-f0-9]+-(?P<ts>[0-9]+)", extract: "${ts}" },
      },
      builds,
      "main-0a1b2c3-1700000000",
    ],
    [
      "times as text",
      {
        policy: { alphabetical: {} },
        filterTags: { pattern: "^RELEASE\\.(?P<timestamp>.*)Z$", extract: "$timestamp" },
      },
      minio,
      "RELEASE.2021-03-01T04-20-55Z",
    ],
    [
      "a version behind a prefix",
      {
        policy: { semver: { range: "^1.x" } },
        filterTags: { pattern: "^app-v(?P<v>.*)$", extract: "$v" },
      },
      "app-v1.2.0 app-v1.10.0 app-v2.0.0 web-v1.99.0",
      "app-v1.10.0",
    ],
    [
      "a version before a suffix",
      {
        policy: { semver: { range: ">=1.0.0" } },
        filterTags: { pattern: "^(?P<v>\\d+\\.\\d+\\.\\d+)-alpine$", extract: "$v" },
      },
      "1.2.0-alpine 1.10.0-alpine 1.11.0 1.12.0-slim",
      "1.10.0-alpine",
    ],
    [
      "a version inside a bigger tag",
      {
        policy: { semver: { range: ">=3.0.0" } },
        filterTags: { pattern: "^(\\d+\\.\\d+\\.\\d+)\\.(\\d+)-ls\\d+$", extract: "$1" },
      },
      "3.0.3.624-ls135 3.0.10.700-ls140",
      "3.0.10.700-ls140",
    ],
    [
      "pre-releases of one channel",
      { policy: { semver: { range: ">=1.0.0-0" } }, filterTags: { pattern: ".*-rc.*" } },
      "1.0.0 1.1.0-rc.1 1.1.0-rc.2 1.1.0-beta.9",
      "1.1.0-rc.2",
    ],
    [
      "without extract the tag itself",
      { policy: { alphabetical: {} }, filterTags: { pattern: "^ver" } },
      "ver1 ver2 ver3 zzz",
      "ver3",
    ],
    [
      "extract by number",
      { policy: { numerical: {} }, filterTags: { pattern: "ver(\\d+)", extract: "$1" } },
      "ver1 ver2 ver10 rel99",
      "ver10",
    ],
    [
      "a pattern that nothing matches",
      { policy: { semver: { range: "*" } }, filterTags: { pattern: "^nothing$" } },
      "1.0.0 2.0.0",
      "no-tags",
    ],
    [
      "an empty pattern matches everything",
      { policy: { semver: { range: "*" } }, filterTags: { pattern: "" } },
      "1.0.0 2.0.0",
      "2.0.0",
    ],
    ["no pattern at all", { policy: { semver: { range: "*" } }, filterTags: {} }, "1.0.0 2.0.0", "2.0.0"],
    [
      "two tags with the same extract: the first in the alphabet",
      {
        policy: { numerical: {} },
        filterTags: { pattern: "^(?P<n>\\d+)-[a-z]+$", extract: "$n" },
      },
      "7-b 7-a 7-c 6-z",
      "7-a",
    ],
    [
      "an extract that is no number spoils the choice",
      { policy: { numerical: {} }, filterTags: { pattern: "^b-(?P<n>.*)$", extract: "$n" } },
      "b-1 b-2 b-x",
      "NotANumber 'x'",
    ],
    [
      "an extract that is empty spoils it, too",
      { policy: { numerical: {} }, filterTags: { pattern: "^b-(?P<n>.*)$", extract: "$m" } },
      "b-1",
      "NotANumber ''",
    ],
    [
      "a negative number",
      { policy: { numerical: {} }, filterTags: { pattern: "^b(?P<n>.*)$", extract: "$n" } },
      "b-62 b-88 b-33",
      "b-33",
    ],
    [
      "several groups in one template",
      {
        policy: { numerical: {} },
        filterTags: { pattern: "^(?P<y>\\d{4})-(?P<m>\\d{2})$", extract: "${y}${m}" },
      },
      "2024-12 2025-01 2023-99",
      "2025-01",
    ],
    [
      "semver counts before the others",
      { policy: { semver: { range: "*" }, alphabetical: {}, numerical: {} } },
      "1.0.0 zzz",
      "1.0.0",
    ],
    ["alphabetical counts before numerical", { policy: { alphabetical: {}, numerical: {} } }, "9 10", "9"],
  ];
  test.each(rows)("%s", (_what, spec, tags, want) => {
    expect(inAnyOrder(policyOfSpec(spec), tags)).toEqual([want]);
  });

  test("an expression that cannot be read", () => {
    const policy = policyOfSpec({ policy: { alphabetical: {} }, filterTags: { pattern: "(" } });
    expect(() => selectTag(policy, [])).toThrow(
      "failed to filter tags: invalid regular expression pattern '(': error parsing regexp: missing closing ): `(`",
    );
  });

  test("no policy", () => {
    expect(() => policyOfSpec({ policy: {} })).toThrow("invalid policy: given ImagePolicyChoice object is invalid");
  });
});
