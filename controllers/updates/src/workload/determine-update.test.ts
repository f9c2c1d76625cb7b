import { parseKeelPolicy, type Policy, type Tag } from "@eddy/image-policy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { determineUpdate } from "./determine-update.ts";
import { formatRecords, parseRecords, type UpdateRecord } from "./record.ts";

const keel = (word: string, matchTag = false): Policy => parseKeelPolicy(word, { matchTag }).policy;
const tags = (...names: string[]): Tag[] => names.map((name) => ({ name }));
const [one, two] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];
const wrote = (from: string, to: string, seen: boolean, digest?: string): UpdateRecord => ({
  from,
  to,
  seen,
  ...(digest === undefined ? {} : { digest }),
});

interface Case {
  name: string;
  policy?: Policy;
  current: Tag;
  tags: Tag[];
  pinned?: string;
  hint?: string;
  record?: UpdateRecord;
  want: object;
}

const cases: Case[] = [
  {
    name: "a newer version",
    current: { name: "3.4.5" },
    tags: tags("3.4.5", "4.5.6"),
    want: { state: "Update", tag: { name: "4.5.6" } },
  },
  { name: "nothing newer", current: { name: "4.5.6" }, tags: tags("3.4.5", "4.5.6"), want: { state: "UpToDate" } },
  {
    name: "policy patch refuses another minor",
    policy: keel("patch"),
    current: { name: "1.4.5" },
    tags: tags("1.5.0"),
    want: { state: "UpToDate" },
  },
  {
    name: "written, not applied yet: not written again",
    current: { name: "1.0.0" },
    tags: tags("1.1.0"),
    record: wrote("1.0.0", "1.1.0", false),
    want: { state: "Applying", to: "1.1.0" },
  },
  {
    name: "written, not applied, and a newer one came",
    current: { name: "1.0.0" },
    tags: tags("1.1.0", "1.2.0"),
    record: wrote("1.0.0", "1.1.0", false),
    want: { state: "Update", tag: { name: "1.2.0" } },
  },
  {
    name: "a person went back to what ran before",
    current: { name: "1.0.0" },
    tags: tags("1.1.0"),
    record: wrote("1.0.0", "1.1.0", true),
    want: { state: "Held", to: "1.1.0" },
  },
  {
    name: "went back, and something newer came: still held",
    current: { name: "1.0.0" },
    tags: tags("1.1.0", "1.2.0"),
    record: wrote("1.0.0", "1.1.0", true),
    want: { state: "Held", to: "1.1.0" },
  },
  {
    name: "a person went further back",
    current: { name: "0.9.0" },
    tags: tags("1.1.0"),
    record: wrote("1.0.0", "1.1.0", true),
    want: { state: "Held", to: "1.1.0" },
  },
  {
    name: "a person went ahead: that lifts it",
    current: { name: "1.2.0" },
    tags: tags("1.1.0", "1.2.0", "1.3.0"),
    record: wrote("1.0.0", "1.1.0", true),
    want: { state: "Update", tag: { name: "1.3.0" } },
  },
  {
    name: "no record: a person lifted it",
    current: { name: "1.0.0" },
    tags: tags("1.1.0"),
    want: { state: "Update", tag: { name: "1.1.0" } },
  },
  {
    name: "a person named the digest",
    current: { name: "1.0.0", digest: one },
    pinned: one,
    tags: tags("1.1.0"),
    want: { state: "Pinned", digest: one },
  },
  {
    name: "the same tag with another digest, followed",
    policy: keel("force", true),
    current: { name: "latest", digest: one },
    tags: [{ name: "latest", digest: two }],
    want: { state: "Update", tag: { name: "latest", digest: two } },
  },
  {
    name: "the same tag, whose digest is not known",
    policy: keel("force", true),
    current: { name: "latest" },
    tags: [{ name: "latest", digest: two }],
    want: { state: "UpToDate" },
  },
  {
    name: "the same tag with another digest, not followed",
    current: { name: "1.0.0", digest: one },
    tags: [{ name: "1.0.0", digest: two }],
    want: { state: "UpToDate" },
  },
  {
    name: "a digest on its way",
    policy: keel("force", true),
    current: { name: "latest", digest: one },
    tags: [{ name: "latest", digest: two }],
    record: wrote("latest", "latest", false, two),
    want: { state: "Applying", to: "latest" },
  },
  {
    name: "a person went back to a digest",
    policy: keel("force", true),
    current: { name: "latest", digest: one },
    pinned: one,
    tags: [{ name: "latest", digest: two }],
    record: wrote("latest", "latest", true, two),
    want: { state: "Held", to: "latest" },
  },
  {
    name: "force takes a branch's tag that a webhook names",
    policy: keel("force"),
    current: { name: "1.0.0" },
    tags: tags("1.0.0", "main"),
    hint: "main",
    want: { state: "Update", tag: { name: "main" } },
  },
  {
    name: "force does not take a branch's tag by itself",
    policy: keel("force"),
    current: { name: "1.0.0" },
    tags: tags("1.0.0", "main"),
    want: { state: "UpToDate" },
  },
  {
    name: "a webhook that names a tag which the registry does not have",
    policy: keel("force"),
    current: { name: "1.0.0" },
    tags: tags("1.0.0"),
    hint: "main",
    want: { state: "UpToDate" },
  },
  {
    name: "a webhook that names an older tag",
    policy: keel("regexp:^\\d"),
    current: { name: "2" },
    tags: tags("1", "2"),
    hint: "1",
    want: { state: "UpToDate", why: 'tag "1" is not newer than what runs: "2"' },
  },
  {
    name: "a policy that cannot be read",
    policy: { form: "keel", rule: { form: "regexp", pattern: "(" }, matchTag: false, matchPreRelease: true },
    current: { name: "1" },
    tags: tags("2"),
    want: { state: "Unreadable" },
  },
  {
    name: "a tag of 10 KB and one with escapes",
    current: { name: "1.0.0" },
    tags: tags(`9.${"9".repeat(10_000)}`, "9.0.0\u001b[31m", "9.0.0\n"),
    want: { state: "UpToDate" },
  },
];

describe("determineUpdate", () => {
  it.each(cases)("$name", ({ want, policy = keel("all"), current, tags: given, pinned, hint, record }) => {
    expect(determineUpdate({ policy, current, tags: given, pinned, hint, record })).toMatchObject(want);
  });

  it("takes a bounded time for an expression that would be catastrophic elsewhere", () => {
    const policy = keel("regexp:^(([a-z])+.)+[A-Z]([a-z])+$");
    const decision = determineUpdate({ policy, current: { name: "a" }, tags: tags("a".repeat(128)) });
    expect(decision.state).toBe("UpToDate");
  });

  it("comes to rest: in any order of pushes, reverts and restarts, no tag is written twice, and none that is older", () => {
    const versions = ["1.0.0", "1.0.1", "1.1.0", "2.0.0"];
    const event = fc.oneof(
      fc.record({ what: fc.constant("push" as const), tag: fc.constantFrom(...versions) }),
      fc.record({ what: fc.constant("apply" as const), tag: fc.constant("") }),
      fc.record({ what: fc.constant("revert" as const), tag: fc.constant("") }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let [current, git, before] = ["1.0.0", "1.0.0", "1.0.0"];
        let record: UpdateRecord | undefined;
        const pushed = new Set(["1.0.0"]);
        const written: string[] = [];
        for (const { what, tag } of events) {
          if (what === "push") pushed.add(tag);
          if (what === "apply") current = git;
          if (what === "revert") git = current = before;
          if (record && current === record.to) record = { ...record, seen: true };
          const decision = determineUpdate({
            policy: keel("all"),
            current: { name: current },
            tags: tags(...pushed),
            record,
          });
          if (decision.state !== "Update") continue;
          expect(versions.indexOf(decision.tag.name)).toBeGreaterThan(versions.indexOf(current));
          written.push(decision.tag.name);
          before = current;
          git = decision.tag.name;
          record = { from: current, to: git, seen: false };
          record = parseRecords(formatRecords({ c: record }))["c"];
        }
        expect(new Set(written).size).toBe(written.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("parseRecords", () => {
  it.each([
    undefined,
    "",
    "{",
    "[]",
    "null",
    '{"web":1}',
    '{"web":{"from":1,"to":"2"}}',
    `{"web":"${"x".repeat(70_000)}"}`,
  ])("%.40j says nothing", (text) => expect(parseRecords(text)).toEqual({}));
});
