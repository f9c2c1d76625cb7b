import { describe, expect, test } from "vitest";
import type { Release, ReleaseStatus } from "../record/release.ts";
import { selectReleases, type ReleaseSelection } from "./select-releases.ts";

const release = (name: string, version: number, status: ReleaseStatus, day: number): Release => ({
  name,
  namespace: "ns",
  version,
  info: { status, last_deployed: `2026-01-0${day}T00:00:00Z` },
  chart: { metadata: null, lock: null, templates: null, values: null, schema: null, files: null },
  labels: {},
});
const releases = [
  release("web", 1, "superseded", 1),
  release("web", 2, "deployed", 4),
  release("api", 1, "failed", 3),
  release("job", 1, "pending-install", 2),
];

describe("selectReleases()", () => {
  test.each<[string, ReleaseSelection, string[]]>([
    ["by name, the newest of each", {}, ["api1", "job1", "web2"]],
    ["the other way round", { reverse: true }, ["web2", "job1", "api1"]],
    ["by date", { byDate: true }, ["job1", "api1", "web2"]],
    ["of some statuses", { statuses: ["failed", "pending-install"] }, ["api1", "job1"]],
    ["superseded ones, each of them", { statuses: ["superseded"] }, ["web1"]],
    ["by an expression", { filter: "^(web|api)$" }, ["api1", "web2"]],
    ["a page", { limit: 1, offset: 1 }, ["job1"]],
    ["behind the end", { offset: 9 }, []],
  ])("%s", (_name, selection, want) => {
    expect(selectReleases(releases, selection).map(({ name, version }) => `${name}${version}`)).toEqual(want);
  });

  test("an expression that is none is refused, and none takes for ever", () => {
    expect(() => selectReleases(releases, { filter: "(" })).toThrow(/missing closing/);
    const long = release("a".repeat(40), 1, "deployed", 1);
    expect(selectReleases([long], { filter: "^(a+)+b$" })).toEqual([]);
  });
});
