import { describe, expect, test } from "vitest";
import { judgeTag, matchesGlob, parseTagPattern, selectTag, type Tag } from "./index.ts";

const built: Readonly<Record<string, number>> = { "1.0.0": 100, "1.1.0": 200, "2.0.0": 150 };

function matches(pattern: string, name: string): boolean {
  return judgeTag({ form: "pattern", pattern: parseTagPattern(pattern) }, { name, createdMs: 1 }) === undefined;
}

describe("patterns", () => {
  const rows: readonly (readonly [pattern: string, yes: string, no: string])[] = [
    // Upstream's own table; an empty tag is none.
    ["*", "1 foo", ""],
    ["glob:*", "1 foo", ""],
    ["master-*", "master- master-foo", "foo-master"],
    ["semver:*", "1 1.0 v1.0.3", "latest 2.0.1-alpha.1"],
    ["semver:~1", "v1 1 1.2 1.2.3", "latest 2.0.0"],
    ["semver:2.0.1-alpha.1", "2.0.1-alpha.1", "2.0.1"],
    ["regexp:(.*?)", "1 foo", ""],
    ["regexp:^([a-zA-Z]+)$", "foo BAR fooBAR", "1 foo-1"],
    ["regex:^\\w{7}(?:\\w)?$", "af14eb2 bb73ed94 946427ff", "1 foo 946427ff-foo"],
    // Others.
    ["glob:latest", "latest", "latest2 main"],
    ["glob:*", "", "latest LATEST Latest"],
    ["regexp:^latest$", "", "latest"],
    ["glob:a?c", "", "abc ac"],
    ["glob:[ab]", "", "a b"],
    ["glob:v*-rc*", "v1-rc2 v-rc", "v1 1-rc v1-r"],
    ["glob:*-*", "a-b a-", "ab"],
    ["glob:ab*ba", "abba abxba", "aba ab ba"],
    ["glob:**", "a", ""],
    ["semver:>=1.2", "1.2 1.3.4 2", "1.1.9"],
    ["semver:>=1.2 || 0.x", "1.2 0.5", "1.1"],
    ["semver:>=1.0.0-0", "1.0.0-rc.1 1.0.0", "0.9.0"],
    ["regexp:rc", "1.0-rc1 src", "1.0"],
  ];
  for (const [pattern, yes, no] of rows) {
    for (const tag of yes.split(" ").filter(Boolean))
      test(`${pattern} matches ${tag}`, () => expect(matches(pattern, tag)).toBe(true));
    for (const tag of no.split(" ").filter(Boolean))
      test(`${pattern} does not match ${tag}`, () => expect(matches(pattern, tag)).toBe(false));
  }

  test.each(["semver:nonsense", "regexp:(", "regex:a{2000}"])(
    "%s is refused; upstream let it match everything",
    (text) => {
      expect(() => selectTag({ form: "pattern", pattern: parseTagPattern(text) }, [])).toThrow(
        expect.objectContaining({ code: "INVALID_IMAGE_POLICY", class: "terminal" }),
      );
    },
  );
});

describe("the newest", () => {
  const tag = (text: string): Tag => {
    const [name = "", at] = text.split("@");
    return { name, ...(at === undefined ? {} : { createdMs: Number(at) }) };
  };
  const rows: readonly (readonly [pattern: string, current: string, tags: string, want: string])[] = [
    ["*", "a@1", "a@1 b@2 c@3", "selected c"],
    ["*", "c@3", "a@1 b@2 c@3", "unchanged c"],
    ["*", "a@1", "z@0 a@1", "unchanged a"],
    ["*", "9.0@5", "1.0@9 9.0@5", "selected 1.0"],
    ["dev-*", "dev-1@1", "dev-1@1 dev-2@2 prod-1@9", "selected dev-2"],
    ["dev-*", "prod-1@5", "dev-1@6 prod-1@5", "selected dev-1"],
    ["dev-*", "prod-1@9", "dev-1@6 prod-1@9", "none-accepted"],
    ["regexp:^v\\d+$", "v1@1", "v1@1 v9@2 v10@3 latest@9", "selected v10"],
    // Built at the same time: the first in the alphabet.
    ["*", "x@1", "b@5 a@5 c@5", "selected a"],
    ["*", "a@5", "b@5 a@5", "unchanged a"],
    ["*", "b@5", "b@5 a@5", "selected a"],
    // Not knowing when is not knowing which.
    ["*", "a@1", "a@1 b@2 c", "NoCreationDate c"],
    ["dev-*", "dev-1@1", "dev-1@1 dev-2@2 prod", "selected dev-2"],
    ["*", "gone", "a@1 b@2", "none-accepted"],
    ["*", "a", "a@1 b@2", "selected b"],
    ["*", "b", "a@1 b@2", "unchanged b"],
    ["*", "gone@7", "a@1 b@2", "none-accepted"],
    ["*", "gone@0", "a@1 b@2", "selected b"],
    ["*", "a@1", "a@1 latest@9", "unchanged a"],
    ["glob:latest", "latest@1", "a@9 latest@1", "unchanged latest"],
    ["x-*", "a@1", "a@1 b@2", "no-tags"],
    // Versions need no dates.
    ["semver:*", "1.0.0", "1.0.0 1.1.0 2.0.0 3.0.0-rc.1", "selected 2.0.0"],
    ["semver:~1", "1.0.0", "1.0.0 1.1.0 2.0.0", "selected 1.1.0"],
    ["semver:~1", "2.0.0", "1.0.0 1.1.0 2.0.0", "none-accepted"],
    ["semver:*", "1.10", "1.10 1.10.0", "selected 1.10.0"],
    ["semver:*", "1.10.0", "1.10 1.10.0", "unchanged 1.10.0"],
    ["semver:*", "v1", "1 v1", "unchanged v1"],
    ["semver:*", "main", "1.0 main", "selected 1.0"],
    ["semver:*", "1.0.0", "main dev", "none-accepted"],
    ["semver:*", "1.0.0+b", "1.0.0", "none-accepted"],
  ];
  test.each(rows)("%s after %s in [%s]: %s", (pattern, current, tags, want) => {
    const list = tags.split(" ").map(tag);
    const selections = [list, list.toReversed()].map((all) =>
      selectTag({ form: "pattern", pattern: parseTagPattern(pattern) }, all, { current: tag(current) }),
    );
    const shown = selections.map((one) =>
      one.outcome === "spoiled"
        ? `${one.by.reason} ${one.by.tag}`
        : "tag" in one
          ? `${one.outcome} ${one.tag.name}`
          : one.outcome,
    );
    expect(shown).toEqual([want, want]);
  });

  test("without what runs, the newest there is", () => {
    const tags = Object.entries(built).map(([name, createdMs]) => ({ name, createdMs }));
    expect(selectTag({ form: "pattern", pattern: parseTagPattern("*") }, tags)).toEqual({
      outcome: "selected",
      tag: { name: "1.1.0", createdMs: 200 },
    });
  });
});

test.each([
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["a*", "a", true],
  ["*a", "a", true],
  ["*a*", "bab", true],
  ["a*a", "a", false],
  ["ab*bc", "abc", false],
  ["*ab*ab*", "ab-ab", true],
  ["*ab*ab*", "ab-a", false],
  ["é*", "éa", true],
])("glob %j and %j: %s", (pattern, text, want) => expect(matchesGlob(pattern, text)).toBe(want));
