import { describe, expect, test } from "vitest";
import { explainTags, judgeTag, parseKeelPolicy, selectTag, type Policy } from "./index.ts";

/** `policy` as `keel.sh/policy` has it, with ` !pre` for matchPreRelease false and ` +tag` for matchTag. */
function policyOf(text: string): Policy {
  const [word = "", ...options] = text.split(" ");
  return parseKeelPolicy(word, { matchTag: options.includes("+tag"), matchPreRelease: !options.includes("!pre") })
    .policy;
}

/** Whether the tag would follow what runs: `yes`, or why not. A tag that runs already is `same`. */
function follows(policy: string, current: string, next: string): string {
  const options = { current: { name: current } };
  const refusal = judgeTag(policyOf(policy), { name: next }, options);
  if (refusal) return refusal.reason;
  return selectTag(policyOf(policy), [{ name: next }], options).outcome === "unchanged" ? "same" : "yes";
}

/** The tag of a list, or why there is none. */
function chosen(policy: string, current: string, tags: string): string {
  const list = tags.split(" ").map((name) => ({ name }));
  const [one, other] = [list, list.toReversed()].map((all) =>
    selectTag(policyOf(policy), all, { current: { name: current } }),
  );
  expect(one).toEqual(other);
  return one && "tag" in one ? `${one.outcome} ${one.tag.name}` : (one?.outcome ?? "");
}

describe("versions", () => {
  const rows: readonly (readonly [policy: string, current: string, next: string, want: string])[] = [
    // Keel's own table. A tag that runs is no update there either.
    ["all", "1.4.5", "1.4.3", "NotNewer"],
    ["all", "1.4.5", "1.4.6", "yes"],
    ["all", "1.4", "1.5", "yes"],
    ["all", "1.4.5", "1.4.5", "same"],
    ["major", "1.4.5", "1.5.5", "yes"],
    ["major", "1.4.5", "2.4.5", "yes"],
    ["patch", "1.4.5", "1.4.6", "yes"],
    ["patch", "1.4", "1.4.6", "yes"],
    ["patch", "1.4", "1.5.6", "MinorChange"],
    ["patch", "1.4.5", "1.4.4", "NotNewer"],
    ["patch", "1.4.5", "2.4.6", "MajorChange"],
    ["patch", "1.4.5", "1.4.5", "same"],
    ["minor", "1.4.5", "1.5.5", "yes"],
    ["minor", "1.4.5", "1.4.6", "yes"],
    ["minor", "1.4.5", "1.4.5-xx", "PreRelease"],
    ["minor", "v1.0.0", "v1.0.1-x", "PreRelease"],
    ["minor", "v1.0.0-x", "v1.0.1-x", "yes"],
    ["minor", "1.4.5-xx", "1.4.6-xx", "yes"],
    ["minor", "1.4.5-xx", "1.4.6-yy", "PreRelease"],
    ["all", "1.4.5-xx", "1.4.5-yy", "yes"],
    ["all", "1.4.5", "3050", "NotAVersion"],
    // Parts.
    ["major", "1.4.5", "1.4.6", "yes"],
    ["major", "2.0.0", "1.9.9", "NotNewer"],
    ["minor", "1.4.5", "2.0.0", "MajorChange"],
    ["minor", "1.9.9", "1.10.0", "yes"],
    ["patch", "1.9.9", "1.9.10", "yes"],
    ["patch", "1.4.5", "1.5.0", "MinorChange"],
    ["all", "1.4.5", "1.4.5-rc.1", "NotNewer"],
    ["all", "1.4.5-rc.1", "1.4.5", "yes"],
    ["all", "1.4.5-rc.2", "1.4.5-rc.10", "yes"],
    ["all", "1.4.5", "2.0.0-alpha", "yes"],
    // A leading v is kept and does not count.
    ["all", "v1.4.5", "1.4.6", "yes"],
    ["all", "1.4.5", "v1.4.6", "yes"],
    ["all", "v1.4.5", "v1.4.5", "same"],
    ["all", "v1.4.5", "1.4.5", "NotNewer"],
    // Pre-releases.
    ["major", "1.4.5-alpine", "2.0.0-alpine", "yes"],
    ["major", "1.4.5-alpine", "2.0.0", "PreRelease"],
    ["major", "1.4.5", "2.0.0-alpine", "PreRelease"],
    ["patch", "1.4.5-alpine", "1.4.6-slim", "PreRelease"],
    ["patch !pre", "1.4.5-alpine", "1.4.6-slim", "yes"],
    ["minor !pre", "1.4.5", "1.5.0-rc.1", "yes"],
    ["minor !pre", "1.4.5-rc.1", "1.4.5", "yes"],
    ["minor !pre", "1.4.5", "1.4.5-rc.1", "NotNewer"],
    ["major !pre", "1.4.5", "2.0.0-rc.1", "yes"],
    ["all !pre", "1.4.5", "1.4.6-rc.1", "yes"],
    // What is no version.
    ["all", "1.4.5", "latest", "NotAVersion"],
    ["all", "1.4.5", "main", "NotAVersion"],
    ["all", "1.4.5", "1.4.5.6", "NotAVersion"],
    ["all", "1.4.5", "1.4.x", "NotAVersion"],
    ["all", "1.4.5", "2", "NotAVersion"],
    ["all", "1.4.5", "v2", "NotAVersion"],
    ["all", "1.4.5", "2.0", "yes"],
    ["all", "1.4.5", "1.4", "NotNewer"],
    ["all", "latest", "0.0.1", "yes"],
    ["patch", "latest", "9.9.9", "yes"],
    ["minor", "latest", "9.9.9-rc.1", "yes"],
    ["all", "main", "1.0.0", "UnreadableCurrent"],
    ["patch", "sha-abcdef", "1.0.0", "UnreadableCurrent"],
    ["all", "Latest", "1.0.0", "UnreadableCurrent"],
    ["all", "20240101", "1.0.0", "NotNewer"],
    ["all", "3050", "3051.0.0", "yes"],
    // never, and what cannot be read.
    ["never", "1.0.0", "2.0.0", "Never"],
    ["", "1.0.0", "2.0.0", "Never"],
    ["minr", "1.0.0", "2.0.0", "Never"],
    ["ALL", "1.0.0", "2.0.0", "Never"],
  ];
  test.each(rows)("%s: %s -> %s is %s", (policy, current, next, want) => {
    expect(follows(policy, current, next)).toBe(want);
  });
});

describe("force", () => {
  const rows: readonly (readonly [policy: string, current: string, next: string, want: string])[] = [
    // Keel's own table; the same tag is an update there, and here only with another digest.
    ["force", "latest", "latest", "same"],
    ["force", "latest", "main", "yes"],
    ["force", "latest", "1.2.3", "yes"],
    ["force", "7.9.1-1-ubi8", "8.0.0", "yes"],
    ["force", "7.9.1-1-ubi8", "3.0.0", "NotNewer"],
    ["force", "8.1.0", "8.0.0", "NotNewer"],
    ["force", "8.1.0", "8.1.0", "same"],
    ["force", "1.4.5", "1.4.6", "yes"],
    ["force", "1.2.3-4", "1.2.3-3", "NotNewer"],
    ["force", "1.2.3-3", "1.2.3-4", "yes"],
    ["force", "7.9.1-1-ubi8", "7.9.1", "yes"],
    ["force +tag", "latest", "latest", "same"],
    ["force +tag", "latest", "main", "OtherTag"],
    ["force +tag", "1.2.3", "1.2.4", "OtherTag"],
    // Others.
    ["force", "1.2.3", "main", "yes"],
    ["force", "main", "dev", "yes"],
    ["force", "3050", "3049", "yes"],
    ["force", "1.2.3", "3049", "yes"],
    ["force +tag", "latest", "latest-2", "OtherTag"],
  ];
  test.each(rows)("%s: %s -> %s is %s", (policy, current, next, want) => {
    expect(follows(policy, current, next)).toBe(want);
  });

  test.each([
    // Versions before others, the highest one first, as Keel's table orders them.
    ["force", "3.0.0", "3.0.0 3.0.1 7.9.1-1-ubi8 8.0.0 latest 8.3.1", "selected 8.3.1"],
    ["force", "1.3", "1.3 2.5 2.7 3.8", "selected 3.8"],
    ["force", "v1.0.0", "v1.0.0 v1.2.0 v1.1.0", "selected v1.2.0"],
    // Among tags without an order, what runs stays.
    ["force", "main", "latest main beta", "unchanged main"],
    ["force", "main", "latest main beta 1.0.0", "selected 1.0.0"],
    ["force", "gone", "latest beta", "selected beta"],
    ["force", "1.0.0", "latest beta 1.0.0", "unchanged 1.0.0"],
    ["force", "1.0.0", "latest beta", "none-accepted"],
    ["force +tag", "main", "latest main beta 9.0.0", "unchanged main"],
    ["force +tag", "gone", "latest main", "none-accepted"],
  ])("%s: of what follows %s in [%s], %s", (policy, current, tags, want) => {
    expect(chosen(policy, current, tags)).toBe(want);
  });

  test.each([
    ["another digest", "sha256:a", "sha256:b", "selected"],
    ["the same digest", "sha256:a", "sha256:a", "unchanged"],
    ["nobody knows what runs", undefined, "sha256:b", "unchanged"],
    ["the registry does not say", "sha256:a", undefined, "unchanged"],
  ])("the same tag, %s", (_what, running, found, want) => {
    for (const policy of [policyOf("force"), policyOf("force +tag"), { form: "digest" } as const]) {
      const current = { name: "latest", ...(running === undefined ? {} : { digest: running }) };
      const tag = { name: "latest", ...(found === undefined ? {} : { digest: found }) };
      expect(selectTag(policy, [tag], { current }).outcome).toBe(want);
    }
  });

  test("only who follows digests takes another image of the same tag", () => {
    const [current, tag] = [
      { name: "1.0.0", digest: "sha256:a" },
      { name: "1.0.0", digest: "sha256:b" },
    ];
    for (const word of ["all", "minor", "glob:*", "regexp:."])
      expect(selectTag(policyOf(word), [tag], { current }).outcome).toBe("unchanged");
  });

  test("tags in Keel's order", () => {
    const tags = ["3.0.0", "3.0.1", "7.9.1-1-ubi8", "8.0.0", "latest", "8.3.1"].map((name) => ({ name }));
    const { explanations } = explainTags(policyOf("force"), tags);
    expect(explanations.map(({ tag }) => tag.name)).toEqual([
      "8.3.1",
      "8.0.0",
      "7.9.1-1-ubi8",
      "3.0.1",
      "3.0.0",
      "latest",
    ]);
  });
});

describe("glob and regexp", () => {
  const rows: readonly (readonly [policy: string, current: string, next: string, want: string])[] = [
    // Keel's own table.
    ["glob:latest", "latest", "latest", "same"],
    ["glob:latest", "latest", "earliest", "FilteredOut"],
    ["glob:lat*", "latest", "latest", "same"],
    ["glob:latest.*", "latest.20241321", "latest.20251321", "yes"],
    ["glob:latest.*", "latest.20251321", "latest.20241321", "NotNewer"],
    ["glob:foo-*", "foo-1", "foo-2", "yes"],
    ["glob:foo-*", "foo-2", "foo-10", "NotNewer"],
    ["glob:foo-*", "bar-1", "foo-1", "yes"],
    ["glob:foo-*", "zoo-1", "foo-1", "NotNewer"],
    ["glob:*-prod", "1-prod", "2-prod", "yes"],
    ["glob:*-prod", "1-prod", "2-dev", "FilteredOut"],
    ["glob:a*b*c", "aabbcc", "azbzc", "yes"],
    ["glob:a:b", "a", "b", "Never"],
    ["glob:", "a", "b", "FilteredOut"],
    ["regexp:^v[0-9]+$", "v1", "v2", "yes"],
    ["regexp:^v[0-9]+$", "v1", "x2", "FilteredOut"],
    ["regexp:^v[0-9]+$", "main", "v2", "yes"],
    // Keel goes back here, and never comes to rest.
    ["regexp:^v[0-9]+$", "v2", "v1", "NotNewer"],
    ["regexp:^v[0-9]+$", "v2", "v2", "same"],
    ["regexp:^build-(?P<compare>[0-9]+)-.*$", "build-100-zzz", "build-200-aaa", "yes"],
    ["regexp:^build-(?P<compare>[0-9]+)-.*$", "build-200-aaa", "build-100-zzz", "NotNewer"],
    ["regexp:^build-(?P<compare>[0-9]+)-.*$", "build-200-aaa", "build-200-bbb", "NotNewer"],
    ["regexp:(", "v1", "v2", "Never"],
    ["regexp:a:b", "v1", "v2", "FilteredOut"],
    ["newest:^v", "v1", "v2", "NoCreationDate"],
    ["newest:(", "v1", "v2", "Never"],
  ];
  test.each(rows)("%s: %s -> %s is %s", (policy, current, next, want) => {
    expect(follows(policy, current, next)).toBe(want);
  });

  test.each([
    ["glob:dev-*", "dev-1", "dev-1 dev-2 dev-3 prod-9", "selected dev-3"],
    ["glob:dev-*", "dev-3", "dev-1 dev-2 dev-3", "unchanged dev-3"],
    ["glob:dev-*", "dev-9", "dev-1 dev-2", "none-accepted"],
    ["glob:dev-*", "dev-9", "prod-1", "no-tags"],
    ["regexp:^dev-(?P<compare>\\d\\d)-", "dev-01-b", "dev-01-b dev-07-a dev-03-z", "selected dev-07-a"],
    ["regexp:^dev-(?P<compare>\\d\\d)-", "dev-09-b", "dev-01-b dev-07-a dev-03-z", "none-accepted"],
    ["regexp:^dev-", "main", "dev-1 dev-2", "selected dev-2"],
    ["regexp:^dev-(?P<compare>\\d)?", "main", "dev-x dev-y", "selected dev-y"],
  ])("%s: of what follows %s in [%s], %s", (policy, current, tags, want) => {
    expect(chosen(policy, current, tags)).toBe(want);
  });
});

describe("what is polled without a policy", () => {
  const policy: Policy = { form: "keel", rule: { form: "default" }, matchTag: false, matchPreRelease: true };
  test.each([
    ["1.0.0", "1.0.0 2.0.0 latest", "selected"],
    ["latest", "1.0.0 2.0.0 latest", "unchanged"],
    ["3050", "3050 3051", "unchanged"],
  ])("%s in [%s] is %s", (current, tags, want) => {
    const list = tags.split(" ").map((name) => ({ name }));
    expect(selectTag(policy, list, { current: { name: current } }).outcome).toBe(want);
  });
});
