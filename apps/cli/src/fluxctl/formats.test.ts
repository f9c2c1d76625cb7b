import type { Release, WorkloadRelease } from "@eddy/api";
import type { Tag } from "@eddy/image-policy";
import { readFilter, type Workload } from "@eddy/release-controller";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { chooseUpdates, formatMenu, openMenu, pressKey } from "./choose-updates.ts";
import { formatImages } from "./format-images.ts";
import { formatJobLog, formatResult } from "./format-release.ts";
import { sortTags } from "./image-listing.ts";
import { policyChanges, splitTags } from "./policy-changes.ts";
import { savedObject, savedPath } from "./save-objects.ts";
import { formatTabTable } from "./tab-table.ts";

describe("tables", () => {
  it("cells are padded to their column, the last one never, empty ones too", () =>
    expect(
      formatTabTable([
        ["A", "BB", "C"],
        ["aaa", "", ""],
        ["", "b", "c"],
      ]),
    ).toBe("A    BB  C\naaa      \n     b   c\n"));

  it("what a terminal would obey is written out", () =>
    expect(formatTabTable([["\u001b[31mx", "y\nz"]])).toBe("\\x1b[31mx  y z\n"));
});

describe("list-images", () => {
  const tag = (name: string, hour: number): Tag => ({ name, createdMs: Date.UTC(2021, 2, 1, hour) });
  const workload = { id: "shop:deployment/frontend" } as Workload;
  const style = { noun: "workload", era: "final", headers: true, limit: 10 } as const;
  const web = { name: "web", repository: "registry.example/shop/web", current: "v1.3.9", error: undefined };
  const tags = [tag("v1.4.0", 10), tag("v1.3.9", 9), tag("v1.3.8", 8)];

  it("as the original has it", () => {
    const sidecar = {
      name: "sidecar",
      repository: "registry.example/proxy",
      current: undefined,
      tags: [tag("x", 1)],
      error: undefined,
    };
    expect(formatImages([{ workload, containers: [{ ...web, tags }, sidecar] }], style)).toBe(
      `WORKLOAD                  CONTAINER  IMAGE                      CREATED
shop:deployment/frontend  web        registry.example/shop/web  
                                     |   v1.4.0                 01 Mar 21 10:00 UTC
                                     '-> v1.3.9                 01 Mar 21 09:00 UTC
                                         v1.3.8                 01 Mar 21 08:00 UTC
                          sidecar    registry.example/proxy     
                                     |   x                      01 Mar 21 01:00 UTC
                                     '-> (untagged)             ?
`,
    );
  });

  it.each<[string, number, string | undefined, string[]]>([
    ["all", 0, "v1.3.8", ["|   v1.4.0", "|   v1.3.9", "'-> v1.3.8"]],
    [
      "past the limit only what runs, and how many are between",
      1,
      "v1.3.8",
      ["|   v1.4.0", ": (1 image(s) omitted)", "'-> v1.3.8"],
    ],
    ["right behind the limit none is", 1, "v1.3.9", ["|   v1.4.0", "'-> v1.3.9"]],
    ["what the registry does not know", 1, "v0", ["|   v1.4.0", "'-> v0"]],
  ])("%s", (_name, limit, current, want) => {
    const text = formatImages([{ workload, containers: [{ ...web, current, tags }] }], {
      ...style,
      headers: false,
      limit,
    });
    const cells = text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(31, 57).trim());
    expect(cells).toEqual(want);
  });

  it("nothing is known", () => {
    const text = formatImages([{ workload, containers: [{ ...web, tags: [], error: "no login" }] }], {
      ...style,
      headers: false,
    });
    expect(text.split("\n").slice(0, 2)).toEqual([
      `shop:deployment/frontend  web${" ".repeat(14)}no login`,
      `${" ".repeat(31)}'-> v1.3.9  ?`,
    ]);
  });

  it("by version where the filter is one, else by date", () => {
    const all = [tag("1.9.0", 3), tag("1.10.0", 2), tag("dev", 4)];
    const filter = (pattern: string): ReturnType<typeof readFilter>["rule"] => {
      const policies = { fluxV1: { filters: { web: { form: pattern === "*" ? "glob" : "semver", text: pattern } } } };
      return readFilter({ policies } as unknown as Workload, "web").rule;
    };
    expect(sortTags(all, filter("*")).map(({ name }) => name)).toEqual(["dev", "1.9.0", "1.10.0"]);
    expect(sortTags(all, filter("~1")).map(({ name }) => name)).toEqual(["1.10.0", "1.9.0", "dev"]);
  });
});

describe("results", () => {
  const workloads: WorkloadRelease[] = [
    {
      id: "a:deployment/x",
      status: "success",
      containers: [
        { container: "c", current: "img:1", target: "img:2" },
        { container: "d", current: "img:1", target: `img@sha256:${"0".repeat(64)}` },
      ],
    },
    { id: "a:deployment/y", status: "skipped", reason: "locked" },
    { id: "a:deployment/z", status: "ignored", reason: "not included" },
  ];
  it.each([
    [0, ["success"]],
    [1, ["success", "skipped"]],
    [2, ["success", "skipped", "ignored"]],
  ])("-v given %i times", (verbosity, want) => {
    const text = formatResult(workloads, "workload", verbosity);
    expect([...text.matchAll(/success|skipped|ignored/g)].map(([word]) => word)).toEqual(want);
    expect(text).toContain(`a:deployment/x  success  c: img:1 -> 2\n${" ".repeat(25)}d: img:1 -> sha256:`);
  });

  it.each<[string, Partial<Release["spec"]>, Partial<NonNullable<Release["status"]>>, string[]]>([
    [
      "nothing new",
      {},
      { workloads: [{ id: "a:deployment/x", status: "skipped", reason: "image(s) up to date" }] },
      ["Here's what happened:", " 4) All selected services are running the requested images. Nothing to do."],
    ],
    [
      "not there",
      {},
      { workloads: [{ id: "a:deployment/x", status: "skipped", reason: "not found in repository" }] },
      [" 4) no resource definition file found for a/x; skipping", " 5) No selected services found. Nothing to do."],
    ],
    ["a plan", { dryRun: true }, { workloads: workloads.slice(0, 1) }, ["Here's the plan:"]],
    [
      "a failure",
      {},
      { phase: "Failed", workloads: workloads.slice(0, 1) },
      ["Status: Failed.", "Here's as far as we got:"],
    ],
  ])("a job of 0.x: %s", (_name, spec, status, want) => {
    const release = { metadata: { name: "r" }, spec: { workloads: ["a:deployment/x"], ...spec }, status } as Release;
    for (const line of want) expect(formatJobLog(release).split("\n")).toContain(line);
  });
});

describe("the menu", () => {
  const press = (...keys: string[]): ReturnType<typeof pressKey> => keys.reduce(pressKey, openMenu(["a", "b", "c"]));
  it.each<[string[], number, string, string?]>([
    [[], 0, "◉◉◉"],
    [["j"], 1, "◉◉◉"],
    [["k"], 2, "◉◉◉"],
    [["\u001b[B", "\u001b[B", "\u001b[B"], 0, "◉◉◉"],
    [["\u001b[A", " "], 2, "◉◉◯"],
    [["\t", "\t"], 0, "◉◉◉"],
    [["x"], 0, "◉◉◉"],
    [["\r"], 0, "◉◉◉", "accepted"],
    [["q"], 0, "◉◉◉", "aborted"],
    [["\u001b"], 0, "◉◉◉", "aborted"],
  ])("%j", (keys, cursor, marks, end) => {
    const menu = press(...keys);
    expect([menu.cursor, menu.choices.map(({ isChosen }) => (isChosen ? "◉" : "◯")).join(""), menu.end]).toEqual([
      cursor,
      marks,
      end,
    ]);
  });

  it("is drawn with its cursor", () =>
    expect(formatMenu(press("j", " ")).split("\n").slice(0, 3)).toEqual(["  ◉ a", "⇒ ◯ b", "  ◉ c"]));

  it.each<[string[], readonly number[] | undefined]>([
    [["j \r"], [0, 2]],
    [["\u001b[B", " ", "\u001b[B", " ", "\n"], [0]],
    [["q"], undefined],
    [[], undefined],
  ])("keys %j choose %j", async (keys, want) =>
    expect(await chooseUpdates(["a", "b", "c"], Readable.from(keys), () => {})).toEqual(want),
  );
});

describe("policy flags", () => {
  it.each([
    ["web=semver:>=1.0,<2,proxy=glob:*", ["web=semver:>=1.0,<2", "proxy=glob:*"]],
    ["web=glob:a", ["web=glob:a"]],
    ["", []],
  ])("--tag %j", (text, want) => expect(splitTags(text)).toEqual(want));

  it("all of them", () =>
    expect(policyChanges({ automate: true, unlock: true, tagAll: "glob:*", tag: ["web=semver:~1"] })).toEqual({
      set: { automated: "true", tag_all: "glob:*", "tag.web": "semver:~1" },
      remove: ["locked", "locked_user", "locked_msg"],
    }));

  it.each([[{ automate: true, deautomate: true }], [{ tag: ["web"] }], [{}]])("%j is refused", (wishes) =>
    expect(() => policyChanges(wishes)).toThrow(/both specified|want <container>=<pattern>|no policy changes/),
  );
});

describe("save", () => {
  it("what the server wrote goes, and what is empty", () => {
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "a",
        namespace: "n",
        uid: "1",
        generation: 2,
        labels: { "fluxcd.io/sync-gc-mark": "x" },
        annotations: { "deployment.kubernetes.io/revision": "3", mine: "y" },
      },
      spec: { template: { metadata: { creationTimestamp: null }, spec: { securityContext: {}, containers: [] } } },
      status: {},
    };
    expect(savedObject(object as never)).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a", namespace: "n", annotations: { mine: "y" } },
      spec: { template: { spec: { containers: [] } } },
    });
  });

  it.each([
    ["Namespace", "a", undefined, "a-ns.yaml"],
    ["Deployment", "a", "n", "n/a-dep.yaml"],
    ["CronJob", "a", "n", "n/a-cronjob.yaml"],
    ["Deployment", "../x", "n", "n/..-x-dep.yaml"],
  ])("%s %s", (kind, name, namespace, want) =>
    expect(savedPath({ kind, metadata: { name, namespace } } as never)).toBe(want),
  );
});
