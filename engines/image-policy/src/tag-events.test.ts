import { expect, test } from "vitest";
import { compilePolicy, parseKeelPolicy, selectTag, type Policy, type Tag } from "./index.ts";

/** Repeatable: a linear congruential generator. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const policies: readonly (readonly [name: string, policy: Policy])[] = [
  ["a range", { form: "semver", range: ">=0.0.0-0" }],
  ["numbers", { form: "numerical", order: "asc", filter: { pattern: "^b-(?P<n>\\d+)$", extract: "$n" } }],
  ["the newest build", { form: "pattern", pattern: { form: "glob", text: "*" } }],
  ["all", parseKeelPolicy("all").policy],
  ["patch", parseKeelPolicy("patch").policy],
  ["force", parseKeelPolicy("force").policy],
  ["a glob", parseKeelPolicy("glob:b-*").policy],
  ["an expression", parseKeelPolicy("regexp:^(v|b-)(?P<compare>\\d+)").policy],
  ["a digest", { form: "digest" }],
  ["force of one tag", parseKeelPolicy("force", { matchTag: true }).policy],
];
const eventsEach = 10_000;
const maxTags = 5;

function randomName(below: (limit: number) => number): string {
  switch (below(4)) {
    case 0:
      return `b-${below(40)}`;
    case 1:
      return ["main", "latest", "dev", "v1", "v2"][below(5)] ?? "";
    default:
      return `1.${below(4)}.${below(6)}${below(4) === 0 ? `-rc.${below(3)}` : ""}`;
  }
}

/** Whether a choice goes forward by the policy's own order, or is another image of the same tag. */
function goesForward(policy: Policy, from: Tag, to: Tag): boolean {
  if (to.name === from.name) return to.digest !== from.digest;
  const rule = compilePolicy(policy, from);
  const [left, right] = [rule.keyOf(to), rule.keyOf(from)];
  return "reason" in left || "reason" in right || rule.compare(left, right) > 0;
}

test.each(policies)(
  "%s: 10,000 pushes, pushes again and deletions make one step each, and never one back",
  (_name, policy) => {
    const below = random(policies.length + eventsEach);
    const tags = new Map<string, Tag>();
    let running: Tag = { name: "1.0.0", digest: "sha256:0", createdMs: 0 };
    let steps = 0;
    for (let event = 1; event <= eventsEach; event++) {
      const names = [...tags.keys()];
      const isDeletion = tags.size >= maxTags || (tags.size > 0 && below(4) === 0);
      if (isDeletion) tags.delete(names[below(names.length)] ?? "");
      const name = below(3) === 0 && names.length > 0 ? (names[below(names.length)] ?? "") : randomName(below);
      if (!isDeletion) tags.set(name, { name, digest: `sha256:${event}`, createdMs: event });
      const selection = selectTag(policy, tags.values(), { current: running });
      if (selection.outcome !== "selected") continue;
      steps++;
      if (!goesForward(policy, running, selection.tag))
        throw new Error(`${event}: ${running.name} -> ${selection.tag.name}`);
      running = selection.tag;
      // Who looks again finds nothing to do.
      const again = selectTag(policy, tags.values(), { current: running });
      if (again.outcome !== "unchanged") throw new Error(`${event}: ${running.name} is ${again.outcome}`);
    }
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(eventsEach);
  },
);
