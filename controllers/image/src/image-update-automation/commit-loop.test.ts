import type { ImageUpdateAutomation } from "@eddy/api";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { findMarkers } from "@eddy/source-edit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { findReverted, stillHeld } from "./held-policies.ts";
import { planUpdate } from "./plan-update.ts";
import {
  isSameImage,
  observedPoliciesOf,
  policiesChanged,
  selectPolicies,
  type ReadyPolicy,
} from "./select-policies.ts";

/**
 * What passes decide, without a cluster and a server: a branch of trees, policies that choose, people who commit. The decisions are those
 * of the controller; only reading and writing is imagined.
 */
class World {
  readonly branch: FileTree[] = [memoryTree({ "app.yaml": fileOf("0") })];
  commits = 0;
  private chosen = "0";
  private observed: { head: number; policies: ReturnType<typeof observedPoliciesOf> } | undefined;
  private held: ReadonlyMap<string, string> = new Map();

  get file(): string {
    return Buffer.from(this.branch.at(-1)?.read("app.yaml") ?? []).toString();
  }

  choose(tag: string): void {
    this.chosen = tag;
  }

  person(tag: string): void {
    this.branch.push(memoryTree({ "app.yaml": fileOf(tag) }));
  }

  unrelated(): void {
    this.branch.push(memoryTree({ "app.yaml": this.file, note: String(this.branch.length) }));
  }

  /** One pass; whether it committed. */
  pass(): boolean {
    const policies = this.policies();
    const head = this.branch.length - 1;
    if (this.observed && !policiesChanged(this.observed.policies, policies) && this.observed.head === head)
      return false;
    const tree = this.branch[head] as FileTree;
    const edits = planUpdate(tree, automation, policies);
    const held = stillHeld(this.held, policies, edits.changes);
    const before = this.branch[this.observed?.head ?? 0] as FileTree;
    for (const [name, image] of findReverted(
      edits.changes,
      findMarkers(before),
      policies,
      this.observed?.policies ?? {},
    ))
      held.set(name, image);
    const free = policies.filter(({ name }) => !held.has(name));
    const { files } = held.size === 0 ? edits : planUpdate(tree, automation, free);
    this.held = held;
    const bytes = files.get("app.yaml");
    if (bytes) {
      this.branch.push(memoryTree({ "app.yaml": bytes }));
      this.commits++;
    }
    this.observed = { head: this.branch.length - 1, policies: observedPoliciesOf(policies) };
    return bytes !== undefined;
  }

  private policies(): ReadyPolicy[] {
    const status = { latestRef: { name: "example.org/app", tag: this.chosen } };
    const metadata = { name: "app", namespace: "ns" };
    return selectPolicies(automation, [{ metadata, status } as never]);
  }
}

const automation = {
  metadata: { name: "auto", namespace: "ns" },
  spec: { update: { strategy: "Setters" } },
} as unknown as ImageUpdateAutomation;

function fileOf(tag: string): string {
  return `kind: Deployment\nspec:\n  image: "example.org/app:${tag}" # {"$imagepolicy": "ns:app"}\n`;
}

const tags = fc.constantFrom("0", "1", "2", "3");
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "pass" as const }) },
  { weight: 3, arbitrary: tags.map((tag) => ({ kind: "choose" as const, tag })) },
  { weight: 1, arbitrary: tags.map((tag) => ({ kind: "person" as const, tag })) },
  { weight: 1, arbitrary: fc.constant({ kind: "unrelated" as const }) },
);

it("there is at most one commit a change, none without one, and a person is never written over by what stood there", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 120 }), (happenings) => {
      const world = new World();
      let causes = 0;
      for (const each of happenings) {
        if (each.kind === "choose") world.choose(each.tag);
        else if (each.kind === "person") world.person(each.tag);
        else if (each.kind === "unrelated") world.unrelated();
        if (each.kind !== "pass") causes++;
        else world.pass();
        expect(world.commits).toBeLessThanOrEqual(causes);
      }
      world.pass();
      const before = world.branch.length;
      for (let look = 0; look < 5; look++) expect(world.pass()).toBe(false);
      expect(world.branch.length).toBe(before);
    }),
    { numRuns: 300 },
  );
});

it("of 100,000 events, the same each time, each commit answers something new, and rest follows", () => {
  const stories = fc.array(happening, { minLength: 1_000, maxLength: 1_000 });
  let commits = 0;
  fc.assert(
    fc.property(stories, (happenings) => {
      const world = new World();
      let isNews = false;
      let forNothing = 0;
      for (const each of happenings) {
        if (each.kind === "choose") world.choose(each.tag);
        else if (each.kind === "person") world.person(each.tag);
        else if (each.kind === "unrelated") world.unrelated();
        if (each.kind !== "pass") isNews = true;
        else if (world.pass()) {
          if (!isNews) forNothing++;
          isNews = false;
        }
      }
      expect(forNothing).toBe(0);
      world.pass();
      for (let look = 0; look < 3; look++) expect(world.pass()).toBe(false);
      commits += world.commits;
    }),
    { numRuns: 100, seed: 7 },
  );
  expect(commits).toBeGreaterThan(1_000);
});

it("a revert stays until another image is chosen, whatever else happens", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("pass", "unrelated"), { maxLength: 20 }), (happenings) => {
      const world = new World();
      world.choose("1");
      world.pass();
      expect(world.file).toBe(fileOf("1"));
      world.person("0");
      for (const each of happenings) {
        if (each === "pass") world.pass();
        else world.unrelated();
      }
      world.pass();
      expect([world.file, world.commits]).toEqual([fileOf("0"), 1]);
      world.choose("2");
      world.pass();
      expect(world.file).toBe(fileOf("2"));
    }),
  );
});

it("no digest and an empty one are the same image", () => {
  const image = { name: "a", tag: "1" };
  expect([isSameImage(image, { ...image, digest: "" }), isSameImage(undefined, image)]).toEqual([true, false]);
});
