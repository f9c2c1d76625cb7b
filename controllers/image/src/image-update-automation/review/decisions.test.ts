import type { GitReference, GitSignature } from "@eddy/git";
import type { ImageUpdateAutomation } from "@eddy/api";
import type { PullRequest, PullRequestState } from "@eddy/forge";
import { memoryTree } from "@eddy/core/tree";
import { composePullRequest } from "@eddy/runtime/pull-request";
import { describe, expect, it } from "vitest";
import type { UpdateSource } from "../resolve-source.ts";
import type { ReadyPolicy } from "../select-policies.ts";
import { determineBranch, type BranchState } from "./branch-state.ts";
import { titleOf } from "./name-change.ts";
import { planKey, readTrailer, withTrailer } from "./plan-key.ts";
import { asksOf, refusedImages } from "./refused-images.ts";
import { readReviewSettings } from "./settings.ts";
import { retiredOf, unitsOf } from "./units.ts";

const policy = (name: string, tag: string, digest?: string): ReadyPolicy => ({
  name,
  namespace: "apps",
  image: { name: `ghcr.io/org/${name}`, tag, ...(digest === undefined ? {} : { digest }) },
});
const textFor = (by: string, policies: readonly ReadyPolicy[]): string =>
  composePullRequest({ message: "m", changes: [], files: new Map(), base: memoryTree({}), by, asks: asksOf(policies) })
    .body;
function pull(number: number, state: PullRequestState, policies: readonly ReadyPolicy[], head = "eddy"): PullRequest {
  const body = textFor("uid", policies);
  return { number, url: "", state, head, base: "main", headSha: "", title: "", body };
}

describe("readReviewSettings()", () => {
  const read = (
    annotations: Record<string, string>,
    {
      url = "https://github.com/org/fleet.git",
      push = { branch: "eddy" } as object,
      checkout = { kind: "branch", name: "main" } as GitReference,
      refspec = "",
    } = {},
  ): ReturnType<typeof readReviewSettings> => {
    const object = {
      metadata: {
        name: "auto",
        namespace: "apps",
        annotations: { "eddy.sh/pull-requests": "grouped", ...annotations },
      },
      spec: { git: { push } },
    } as unknown as ImageUpdateAutomation;
    const branch = (push as { branch?: string }).branch ?? "main";
    const target = { checkout, branch, isOtherBranch: branch !== "main", options: undefined };
    return readReviewSettings(object, {
      url,
      target: { ...target, refspec: refspec === "" ? undefined : refspec },
    } as unknown as UpdateSource);
  };

  it("has a forge by the host, ten open at once, and the repository's login", () => {
    expect(read({})).toEqual({
      grouping: "grouped",
      base: "main",
      limit: 10,
      forge: { kind: "github", api: "https://api.github.com", repository: "org/fleet" },
      secretName: undefined,
    });
    const all = {
      "eddy.sh/pull-requests": "per-policy",
      "eddy.sh/pull-request-limit": "3",
      "eddy.sh/forge": "forgejo",
      "eddy.sh/forge-api": "https://forge.example.org/api/v1/",
      "eddy.sh/forge-secret": "token",
    };
    const checkout = { kind: "name", name: "refs/heads/next" } as const;
    expect(read(all, { checkout })).toEqual({
      grouping: "per-policy",
      base: "next",
      limit: 3,
      forge: { kind: "gitea", api: "https://forge.example.org/api/v1", repository: "org/fleet" },
      secretName: "token",
    });
  });

  it.each<[annotations: Record<string, string>, more: Parameters<typeof read>[1], want: string]>([
    [{ "eddy.sh/pull-requests": "yes" }, {}, 'eddy.sh/pull-requests is "yes": want "grouped" or "per-policy"'],
    [{ "eddy.sh/forge": "svn" }, {}, 'read forge: "svn" is not one of github, gitlab, gitea'],
    [
      {},
      { url: "https://git.example.org/org/fleet" },
      "find the forge: git.example.org is not a well-known one, say which it is (eddy.sh/forge: github, gitlab, gitea or forgejo)",
    ],
    [{ "eddy.sh/forge-api": "file:///etc" }, {}, 'read the forge\'s API: "file:///etc" is no http(s) address'],
    [{ "eddy.sh/pull-request-limit": "0" }, {}, 'eddy.sh/pull-request-limit is "0": want a number from 1 to 999'],
    [
      { "eddy.sh/approvals": "1" },
      {},
      "eddy.sh/approvals cannot be used with pull requests: whoever merges one has voted",
    ],
    [{}, { push: {} }, 'pull requests want a branch of their own in spec.git.push.branch, another than "main"'],
    [
      {},
      { push: { branch: "main" } },
      'pull requests want a branch of their own in spec.git.push.branch, another than "main"',
    ],
    [{}, { refspec: "refs/heads/a:refs/heads/b" }, "spec.git.push.refspec cannot be used with pull requests"],
    [
      {},
      { checkout: { kind: "tag", name: "v1" } },
      "pull requests want a branch that they are for, and a tag is checked out",
    ],
  ])("%j %j", (annotations, more, want) =>
    expect(() => read(annotations, more)).toThrow(
      expect.objectContaining({ reason: "InvalidPullRequestConfiguration", class: "terminal", message: want }) as Error,
    ),
  );
});

describe("units", () => {
  const [web, api] = [policy("web", "1"), policy("api", "1")];
  it.each<[grouping: "grouped" | "per-policy", branch: string, want: string[]]>([
    ["grouped", "eddy", ["eddy: web api"]],
    ["per-policy", "eddy", ["eddy-web: web", "eddy-api: api"]],
    ["per-policy", "eddy/", ["eddy/web: web", "eddy/api: api"]],
  ])("%s on %s", (grouping, branch, want) => {
    const units = unitsOf({ grouping }, branch, [web, api]);
    expect(units.map((unit) => `${unit.branch}: ${unit.policies.map(({ name }) => name).join(" ")}`)).toEqual(want);
  });

  it("retire what no unit is about, and only what is this object's", () => {
    const open = [
      pull(1, "open", [web], "eddy-web"),
      pull(2, "open", [api], "eddy-api"),
      pull(3, "open", [web], "eddy"),
    ];
    const units = unitsOf({ grouping: "per-policy" }, "eddy", [web]);
    expect(retiredOf(open, units, "uid").map(({ number }) => number)).toEqual([2, 3]);
    expect(retiredOf(open, units, "another")).toEqual([]);
    expect(retiredOf(open, units, "")).toEqual([]);
  });
});

describe("refusedImages()", () => {
  const [web1, web2] = [policy("web", "1"), policy("web", "2")];
  type Row = [name: string, history: PullRequest[], want: "closed" | "takenBack" | "no"];
  it.each<Row>([
    ["nothing was asked", [], "no"],
    ["closed by a person", [pull(1, "closed", [web1])], "closed"],
    ["closed long ago", [pull(1, "closed", [web1]), pull(2, "merged", [web2])], "closed"],
    ["another image was closed", [pull(1, "closed", [web2])], "no"],
    ["another policy was closed", [pull(1, "closed", [policy("api", "1")])], "no"],
    ["closed, and opened again", [pull(1, "closed", [web1]), pull(2, "open", [web1])], "no"],
    ["merged last, and not there", [pull(1, "merged", [web2]), pull(2, "merged", [web1])], "takenBack"],
    ["merged once, and another since", [pull(2, "merged", [web2]), pull(1, "merged", [web1])], "no"],
    ["without a mark", [{ ...pull(1, "closed", [web1]), body: "mine" }], "no"],
  ])("%s", (_name, history, want) => {
    const { closed, takenBack } = refusedImages([web1], history, { overwritesReverts: false });
    expect({ closed: [...closed], takenBack: [...takenBack] }).toEqual({
      closed: want === "closed" ? [["web", "ghcr.io/org/web:1"]] : [],
      takenBack: want === "takenBack" ? [["web", "ghcr.io/org/web:1"]] : [],
    });
    const overwriting = refusedImages([web1], history, { overwritesReverts: true });
    expect([overwriting.closed.size, overwriting.takenBack.size]).toEqual([want === "closed" ? 1 : 0, 0]);
  });
});

describe("determineBranch()", () => {
  const wish = { automation: "apps/auto", email: "e@example.org", key: "0123456789abcdef" };
  const other = { ...wish, key: "f".repeat(16) };
  const by = (email: string): GitSignature => ({ name: "", email, when: 0, offset: "+0000" });
  const commit = (as: typeof wish, author = wish.email, committer = author): object => ({
    sha: "a",
    parents: ["b"],
    author: by(author),
    committer: by(committer),
    message: withTrailer("m", as),
  });
  const plain = { ...commit(wish), message: "no trailer" };
  it.each<[name: string, commits: object[] | undefined, isMerged: boolean, want: BranchState]>([
    ["has it", [commit(wish)], false, "current"],
    ["has it, and nothing else is known", undefined, false, "current"],
    ["has it, amended by a person", [commit(wish, wish.email, "jane@example.org")], false, "current"],
    ["had it, and was merged", [commit(wish)], true, "outdated"],
    ["is where the base is", [], false, "outdated"],
  ])("the last commit %s", (_name, commits, isMerged, want) =>
    expect(determineBranch({ message: withTrailer("m", wish), commits: commits as never, isMerged }, wish)).toBe(want),
  );
  it.each<[name: string, commits: object[] | undefined, isMerged: boolean, want: BranchState]>([
    ["only ours", [commit(other), commit(other)], false, "outdated"],
    ["a person's among them", [commit(other), commit(other, "jane@example.org")], false, "foreign"],
    ["ours, amended by a person", [commit(other, wish.email, "jane@example.org")], false, "foreign"],
    ["by the same author, and not ours", [plain], false, "foreign"],
    ["another automation's", [commit({ ...other, automation: "apps/b" })], false, "foreign"],
    ["unknown", undefined, false, "foreign"],
    ["all merged", undefined, true, "outdated"],
    ["none", [], false, "outdated"],
  ])("commits: %s", (_name, commits, isMerged, want) =>
    expect(determineBranch({ message: withTrailer("m", other), commits: commits as never, isMerged }, wish)).toBe(want),
  );
});

describe("a commit's trailer", () => {
  const own = { automation: "apps/auto", key: "0123456789abcdef" };
  it.each([
    ["Update", "Update\n\nEddy-Automation: apps/auto 0123456789abcdef\n"],
    ["Update\n\nWhy: not\n", "Update\n\nWhy: not\nEddy-Automation: apps/auto 0123456789abcdef\n"],
    ["Why: not", "Why: not\n\nEddy-Automation: apps/auto 0123456789abcdef\n"],
    ["Update\n\nin words", "Update\n\nin words\n\nEddy-Automation: apps/auto 0123456789abcdef\n"],
  ])("%j", (message, want) => {
    expect(withTrailer(message, own)).toBe(want);
    expect(readTrailer(want)).toEqual(own);
  });
  it("is not read from elsewhere", () => expect(readTrailer(`${withTrailer("m", own)}\nmore`)).toBeUndefined());

  it("has another key for another change, and for another file beneath the same change", () => {
    const key = (before: string, after: string, elsewhere = ""): string =>
      planKey(memoryTree({ a: before, b: elsewhere }), new Map([["a", new TextEncoder().encode(after)]]));
    expect(key("1", "2")).toBe(key("1", "2", "something"));
    expect(new Set([key("1", "2"), key("1", "3"), key("0", "2")]).size).toBe(3);
  });
});

it.each<[policies: ReadyPolicy[], want: string]>([
  [[policy("web", "1.2")], "Update ghcr.io/org/web to 1.2"],
  [[policy("web", "1.2", `sha256:${"ab".repeat(32)}`)], "Update ghcr.io/org/web to 1.2 (sha256:abababababab)"],
  [[policy("web", "1"), policy("api", "2")], "Update 2 images"],
])("titleOf() %#", (policies, want) => {
  const changes = policies.map(({ namespace, name }) => ({ setter: `${namespace}:${name}:tag` }));
  expect(titleOf({ changes } as never, [...policies, policy("other", "1")])).toBe(want);
});
