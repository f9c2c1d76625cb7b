import fc from "fast-check";
import { threadCpuMs } from "@eddy/core/clock";
import { compareVersions, parseVersion } from "@eddy/core/semver";
import { describe, expect, test } from "vitest";
import {
  compilePolicy,
  explainRefusal,
  explainTags,
  isTagName,
  judgeTag,
  parseKeelPolicy,
  selectTag,
  selectTagInTurns,
  type Policy,
  type Tag,
} from "./index.ts";

const policies: readonly Policy[] = [
  { form: "semver", range: ">=0.0.0-0" },
  { form: "semver", range: "~1", filter: { pattern: "^v?(?P<v>.*)$", extract: "$v" } },
  { form: "alphabetical", order: "asc" },
  { form: "alphabetical", order: "desc", filter: { pattern: "^(.)(.*)$", extract: "$2" } },
  { form: "numerical", order: "asc", filter: { pattern: "(?P<n>[0-9]+)", extract: "$n" } },
  { form: "numerical", order: "desc" },
  { form: "pattern", pattern: { form: "semver", text: "*" } },
  { form: "pattern", pattern: { form: "glob", text: "*" } },
  { form: "pattern", pattern: { form: "regexp", text: "[0-9]" } },
  ...["all", "major", "minor", "patch", "force", "glob:*", "regexp:^v(?P<compare>.*)", "regexp:[0-9]"].map(
    (word) => parseKeelPolicy(word).policy,
  ),
  parseKeelPolicy("force", { matchTag: true }).policy,
  parseKeelPolicy("minor", { matchPreRelease: false }).policy,
  { form: "keel", rule: { form: "default" }, matchTag: false, matchPreRelease: true },
  { form: "digest" },
  { form: "never" },
];

const names = fc.oneof(
  fc.constantFrom("latest", "main", "v1", "1.0", "1.0.0", "v1.0.0", "1.0.0-rc.1", "1.10.0", "2.0.0", "7", "dev-1"),
  fc.stringMatching(/^v?[0-9]{1,2}\.[0-9]{1,2}(\.[0-9]{1,2})?(-[a-c0-9]{1,3})?$/),
  fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,11}$/),
);
const tag = fc.record(
  {
    name: names,
    digest: fc.constantFrom("sha256:a", "sha256:b"),
    createdMs: fc.nat(5),
    platforms: fc.constantFrom(["linux/amd64"], ["linux/amd64", "linux/arm64"]),
  },
  { requiredKeys: ["name"] },
);
const tags = fc.uniqueArray(tag, { selector: ({ name }) => name, maxLength: 12 });

describe("in turns", () => {
  const many = Array.from({ length: 50_000 }, (_, index) => ({ name: `1.${index % 500}.${Math.floor(index / 500)}` }));

  test("50,000 tags are judged in shares, between which others have their turn", async () => {
    let turns = 0;
    const selection = await selectTagInTurns(parseKeelPolicy("all").policy, many, { current: { name: "1.0.0" } }, () =>
      Promise.resolve(turns++),
    );
    expect([selection, turns]).toEqual([{ outcome: "selected", tag: { name: "1.499.99" } }, 49]);
  });

  test("the choice is that of one go", async () => {
    for (const policy of policies)
      for (const current of [undefined, { name: "1.3.0" }, { name: "latest", digest: "sha256:a" }]) {
        const some = [...many.slice(0, 1_400), { name: "latest", digest: "sha256:b" }, { name: "main" }];
        const inTurns = selectTagInTurns(policy, some, { current }, () => Promise.resolve());
        expect(await inTurns).toEqual(selectTag(policy, some, { current }));
      }
  });
});

describe("whatever the tags", () => {
  test("the order in which they are given does not matter", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...policies),
        tags,
        fc.option(tag, { nil: undefined }),
        fc.nat(11),
        (policy, all, current, turn) => {
          const turned = [...all.slice(turn), ...all.slice(0, turn)].toReversed();
          expect(selectTag(policy, turned, { current })).toEqual(selectTag(policy, all, { current }));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test("nothing older than what runs is chosen, in the policy's own order", () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), tags, tag, (policy, all, current) => {
        const selection = selectTag(policy, [...all.filter(({ name }) => name !== current.name), current], { current });
        if (selection.outcome !== "selected" || selection.tag.name === current.name) return;
        const rule = compilePolicy(policy, current);
        const [chosen, running] = [rule.keyOf(selection.tag), rule.keyOf(current)];
        if ("reason" in chosen || "reason" in running) return;
        expect(rule.compare(chosen, running)).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test("no version below the one that runs is chosen by what compares versions", () => {
    const byVersion = policies.filter(
      (policy) =>
        policy.form === "semver" ||
        (policy.form === "keel" && ["all", "major", "minor", "patch", "force"].includes(policy.rule.form)) ||
        (policy.form === "pattern" && policy.pattern.form === "semver"),
    );
    const version = fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}(-[a-c0-9]{1,3})?$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...byVersion),
        fc.array(version, { maxLength: 10 }),
        version,
        (policy, all, current) => {
          const selection = selectTag(
            policy,
            all.map((name) => ({ name })),
            { current: { name: current } },
          );
          if (selection.outcome !== "selected") return true;
          const [next, running] = [versionOf(selection.tag.name), versionOf(current)];
          return next === undefined || running === undefined || compareVersions(next, running) > 0;
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test("what was chosen and runs is not replaced: there is no loop", () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), tags, tag, (policy, all, current) => {
        const first = selectTag(policy, all, { current });
        if (first.outcome !== "selected") return true;
        return selectTag(policy, all, { current: first.tag }).outcome === "unchanged";
      }),
      { numRuns: 2_000 },
    );
  });

  test("every tag is explained once, and one without a refusal is the choice", () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), tags, fc.option(tag, { nil: undefined }), (policy, all, current) => {
        const { selection, explanations } = explainTags(policy, all, { current });
        expect(selection).toEqual(selectTag(policy, all, { current }));
        expect(explanations.map((one) => one.tag.name).sort()).toEqual(all.map(({ name }) => name).sort());
        const chosen = explanations.filter(({ refusal }) => refusal === undefined).map((one) => one.tag.name);
        expect(chosen).toEqual("tag" in selection ? [selection.tag.name] : []);
      }),
      { numRuns: 800 },
    );
  });

  test("a tag is judged alone as it is among others", () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), tags, (policy, all) => {
        const selection = selectTag(policy, all);
        return selection.outcome !== "selected" || judgeTag(policy, selection.tag) === undefined;
      }),
    );
  });
});

function versionOf(text: string): ReturnType<typeof parseVersion> | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}

describe("hostile tags", () => {
  const hostile = [
    "",
    "x".repeat(10_240),
    "1.0.0\n",
    "1.0.0\u0000",
    "\u001b[31m1.0.0",
    "1.0.0\u202e",
    "../../etc/passwd",
    "1.0.0 ",
    " 1.0.0",
    "１.０.０",
    "版本1",
    "-1.0.0",
    ".1.0.0",
    "1.0.0+build",
    "1.0.0:2",
    "1.0.0@sha256:a",
    "$(reboot)",
    "{{ .Values }}",
    "a".repeat(129),
    "\ud800",
  ];
  test.each(hostile)("%j is never chosen", (name) => {
    expect(isTagName(name)).toBe(false);
    for (const policy of policies) {
      expect(selectTag(policy, [{ name }]).outcome).not.toBe("selected");
      expect(judgeTag(policy, { name })?.reason).toBe("InvalidTag");
    }
  });

  test("and does not hide the others", () => {
    const all = [...hostile, "1.0.0", "1.1.0"].map((name) => ({ name }));
    expect(selectTag({ form: "semver", range: "*" }, all)).toEqual({ outcome: "selected", tag: { name: "1.1.0" } });
    expect(explainTags({ form: "semver", range: "*" }, all).explanations).toHaveLength(all.length);
  });

  test("is shown cut, and quoted", () => {
    const refusal = judgeTag({ form: "semver", range: "*" }, { name: `\u001b[31m${"x".repeat(10_000)}` });
    const text = refusal ? explainRefusal(refusal) : "";
    expect(text).toMatch(/^tag "\\u001b\[31mx+…" is no tag that a registry can have$/);
    expect(text.length).toBeLessThan(250);
  });

  test.each(["a", "_", "0", "a.b-c_d", "A".repeat(128)])("%s is a tag", (name) => expect(isTagName(name)).toBe(true));
});

describe("expressions that backtrack elsewhere", () => {
  const list = Array.from({ length: 200 }, (_, index) => ({ name: `${"a".repeat(120)}${index}` }));
  test.each(["^(a+)+$", "(a|aa)+$", "(.*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){60}a{60}$"])("%s", (pattern) => {
    const before = threadCpuMs();
    selectTag({ form: "alphabetical", order: "asc", filter: { pattern, extract: "$1" } }, list);
    selectTag({ form: "pattern", pattern: { form: "regexp", text: pattern } }, list);
    selectTag({ form: "keel", rule: { form: "regexp", pattern }, matchTag: false, matchPreRelease: true }, list);
    expect(threadCpuMs() - before).toBeLessThan(4_000);
  });

  test.each(["a{1000}{1000}", "((a{100}){100}){100}", "x".repeat(20_000)])("%s is refused", (pattern) => {
    expect(() => selectTag({ form: "alphabetical", order: "asc", filter: { pattern } }, [])).toThrow(
      expect.objectContaining({ code: "INVALID_IMAGE_POLICY" }),
    );
  });

  test("a glob of stars is quick", () => {
    const before = threadCpuMs();
    judgeTag(
      { form: "pattern", pattern: { form: "glob", text: `${"*a".repeat(5_000)}b` } },
      { name: "a".repeat(128), createdMs: 1 },
    );
    expect(threadCpuMs() - before).toBeLessThan(1_000);
  });
});

test("50,000 tags are gone through in a moment", () => {
  const all: Tag[] = Array.from({ length: 50_000 }, (_, index) => ({ name: `1.${index % 500}.${index}` }));
  const before = threadCpuMs();
  expect(selectTag({ form: "semver", range: "^1" }, all)).toEqual({
    outcome: "selected",
    tag: { name: "1.499.49999" },
  });
  expect(threadCpuMs() - before).toBeLessThan(3_000);
});

describe("platforms", () => {
  const all: Tag[] = [
    { name: "1.0.0", platforms: ["linux/amd64", "linux/arm64"] },
    { name: "1.1.0", platforms: ["linux/amd64"] },
    { name: "1.2.0", platforms: [] },
  ];
  test.each([
    [["linux/amd64"], "1.1.0"],
    [["linux/arm64"], "1.0.0"],
    [["linux/amd64", "linux/arm64"], "1.0.0"],
    [[], "1.2.0"],
  ])("%j: %s", (platforms, want) => {
    expect(selectTag({ form: "semver", range: "*" }, all, { platforms })).toMatchObject({ tag: { name: want } });
  });

  test("what nobody knows is assumed", () => {
    const platforms = ["linux/arm64"];
    expect(selectTag({ form: "semver", range: "*" }, [...all, { name: "1.3.0" }], { platforms })).toMatchObject({
      tag: { name: "1.3.0" },
    });
  });

  test("and the refusal names what is missing", () => {
    const refusal = judgeTag({ form: "semver", range: "*" }, all[1] as Tag, {
      platforms: ["linux/amd64", "linux/arm64"],
    });
    expect(refusal && explainRefusal(refusal)).toBe(
      'tag "1.1.0" does not run on all platforms that are needed: linux/arm64',
    );
  });
});

describe("refusals in words", () => {
  const rows: readonly (readonly [policy: Policy, name: string, current: string, want: string])[] = [
    [{ form: "semver", range: "~2" }, "1.0.0", "", 'tag "1.0.0" is not in the range: "1.0.0" is less than "2"'],
    [
      { form: "semver", range: "*" },
      "1.0.0-rc.1",
      "",
      'tag "1.0.0-rc.1" is not in the range: "1.0.0-rc.1" is a prerelease version and the constraint is only looking for release versions',
    ],
    [{ form: "semver", range: "*" }, "main", "", 'tag "main" is no semantic version'],
    [{ form: "semver", range: "*", filter: { pattern: "^v" } }, "1.0.0", "", 'tag "1.0.0" does not match the filter'],
    [{ form: "numerical", order: "asc" }, "x", "", "tag \"x\" is no number: 'x'"],
    [parseKeelPolicy("patch").policy, "2.0.0", "1.0.0", 'tag "2.0.0" changes the major version: "1.0.0"'],
    [parseKeelPolicy("patch").policy, "1.1.0", "1.0.0", 'tag "1.1.0" changes the minor version: "1.0.0"'],
    [parseKeelPolicy("patch").policy, "0.9.0", "1.0.0", 'tag "0.9.0" is not newer than what runs: "1.0.0"'],
    [{ form: "digest" }, "b", "a", 'tag "b" is not the tag that is followed: "a"'],
    [{ form: "never" }, "b", "a", 'tag "b" is refused as all are'],
    [
      { form: "pattern", pattern: { form: "glob", text: "*" } },
      "latest",
      "a",
      'tag "latest" is `latest`, which is followed only by the filter `glob:latest`',
    ],
  ];
  test.each(rows)("%j of %s after %j", (policy, name, current, want) => {
    const refusal = judgeTag(policy, { name }, current === "" ? {} : { current: { name: current } });
    expect(refusal && explainRefusal(refusal)).toBe(want);
  });

  test("an explanation says what was compared, and who won", () => {
    const policy: Policy = { form: "numerical", order: "asc", filter: { pattern: "^b-(\\d+)", extract: "$1" } };
    const { explanations } = explainTags(policy, [{ name: "b-9" }, { name: "b-10" }, { name: "c" }]);
    expect(explanations).toEqual([
      { tag: { name: "b-10" }, compared: "10" },
      { tag: { name: "b-9" }, compared: "9", refusal: { tag: "b-9", reason: "Lower", detail: "b-10" } },
      { tag: { name: "c" }, refusal: { tag: "c", reason: "FilteredOut" } },
    ]);
  });
});
