import fc from "fast-check";
import { expect, it } from "vitest";
import { judgeTag, parseKeelPolicy, type Policy } from "@eddy/image-policy";
import { determineUpdate } from "./determine-update.ts";
import { formatRecords, parseRecords, type UpdateRecord } from "./record.ts";
import { markSeen } from "../pass/write-records.ts";
import type { TrackedImage } from "./tracked.ts";

interface Running {
  readonly tag: string;
  readonly digest?: string;
}

/** One workload whose image is in Git, a registry, and people: the decisions are those of the controller, reading and writing is imagined. */
class World {
  readonly policy: Policy;
  readonly registry = new Map<string, string>();
  /** What Git has, and what the cluster has of it. */
  git: Running;
  cluster: Running;
  record: UpdateRecord | undefined;
  /** What a person decided, and nobody may undo: the image stays as it is. */
  pinned = false;
  readonly wrongs: string[] = [];
  readonly done = { commits: 0, reverts: 0, pins: 0, lifts: 0 };
  /** What ran before the last commit. */
  private before: Running;
  /** Whether there is something new since the last commit, that another one may answer. */
  private isNews = false;
  private digests = 0;
  private hint: string | undefined;

  constructor(policy: Policy, tag: string) {
    this.policy = policy;
    this.git = this.cluster = this.before = { tag };
    this.registry.set(tag, "sha256:0");
  }

  /** A tag around what runs: a fix, a feature, a breaking change, an older one, or none with a version; or the same again. */
  push(chance: number): void {
    this.isNews = true;
    const [major = 1, minor = 0, patch = 0] = this.cluster.tag.split(".").map((part) => Number(part) || 0);
    const tags = [
      `${major}.${minor}.${patch + 1}`,
      `${major}.${minor}.${patch + 2}`,
      `${major}.${minor + 1}.0`,
      `${major + 1}.0.0`,
      `${major}.${Math.max(0, minor - 1)}.7`,
      "main",
      this.cluster.tag,
    ];
    this.registry.set(tags[chance % tags.length] ?? "main", `sha256:${++this.digests}`);
  }

  remove(chance: number): void {
    this.isNews = true;
    this.registry.delete(this.anyTag(chance));
  }

  call(chance: number): void {
    this.isNews = true;
    this.hint = this.anyTag(chance);
    this.look();
  }

  private anyTag(chance: number): string {
    return [...this.registry.keys()][chance % Math.max(1, this.registry.size)] ?? "none";
  }

  apply(): void {
    this.cluster = this.git;
    this.see();
  }

  /** A person takes back what was written last, once it runs. */
  revert(): void {
    if (!this.record?.seen || this.pinned || this.cluster.tag !== this.record.to) return;
    // The same tag without a digest asks for whatever it means.
    if (this.before.tag === this.cluster.tag && this.before.digest === undefined) return;
    this.isNews = true;
    this.git = this.cluster = this.before;
    this.pinned = true;
    this.done.reverts++;
  }

  /** A person names the very image that runs. */
  pin(): void {
    const digest = this.registry.get(this.cluster.tag);
    if (digest === undefined || this.followsDigest()) return;
    this.isNews = true;
    this.git = this.cluster = { tag: this.cluster.tag, digest };
    this.pinned = true;
    this.done.pins++;
  }

  /** The person's word no longer counts. */
  lift(): void {
    this.isNews = true;
    this.record = undefined;
    this.git = this.cluster = { tag: this.cluster.tag };
    if (this.pinned) this.done.lifts++;
    this.pinned = false;
  }

  /** All that is kept over a restart is what the annotation has. */
  restart(): void {
    this.hint = undefined;
    if (this.record) this.record = parseRecords(formatRecords({ web: this.record }))["web"];
  }

  /** One pass; whether it committed. */
  look(): boolean {
    this.see();
    if (this.followsDigest() && !this.record) this.remember();
    const known = this.cluster.digest ?? (this.record?.to === this.cluster.tag ? this.record.digest : undefined);
    const decision = determineUpdate({
      policy: this.policy,
      current: { name: this.cluster.tag, ...(known === undefined ? {} : { digest: known }) },
      pinned: this.cluster.digest,
      tags: [...this.registry].map(([name, digest]) =>
        this.followsDigest() && name === this.cluster.tag ? { name, digest } : { name },
      ),
      hint: this.hint,
      record: this.record,
    });
    this.hint = undefined;
    if (decision.state !== "Update") return false;
    if (this.pinned) this.wrongs.push(`${decision.tag.name} is written against a person`);
    if (!this.isNews) this.wrongs.push(`${decision.tag.name} is written again, or for nothing`);
    this.isNews = false;
    const { name } = decision.tag;
    const digest = this.registry.get(name) ?? "";
    const isDigestOnly = name === this.cluster.tag;
    // Never older than what runs: what runs would not follow it.
    if (!isDigestOnly && !judgeTag(this.policy, { name: this.cluster.tag }, { current: { name } }))
      this.wrongs.push(`${name} is older than ${this.cluster.tag}, which runs`);
    this.done.commits++;
    this.before = this.cluster;
    this.record = { from: this.cluster.tag, to: name, digest, seen: false };
    this.git = { tag: name, ...(isDigestOnly ? { digest } : {}) };
    return true;
  }

  /** The digest from which another one is an update. */
  private remember(): void {
    const { tag } = this.cluster;
    const digest = this.registry.get(tag);
    if (digest !== undefined) this.record = { from: tag, to: tag, digest, seen: true };
  }

  private see(): void {
    if (!this.record) return;
    const { tag, digest } = this.cluster;
    const image = { name: { registry: "", path: "" }, tag, ...(digest === undefined ? {} : { digest }) };
    const tracked = { container: "web", image, repository: "app" } as unknown as TrackedImage;
    this.record = markSeen({ web: this.record }, [tracked])["web"];
  }

  private followsDigest(): boolean {
    return this.policy.form === "keel" && this.policy.matchTag;
  }
}

const happenings = ["look", "push", "apply", "call", "remove", "revert", "pin", "restart", "lift"] as const;
const weights = [10, 8, 6, 3, 2, 2, 1, 1, 2];
const event = fc.oneof(
  ...happenings.map((what, index) => ({
    weight: weights[index] ?? 1,
    arbitrary: fc.record({ what: fc.constant(what), chance: fc.nat(999) }),
  })),
);

/** 5 policies × 20 stories × 1,000 events: 100,000, the same each time. */
it.each([
  ["all", false, "1.0.0"],
  ["minor", false, "1.0.0"],
  ["patch", false, "1.0.0"],
  ["force", true, "latest"],
  ["glob:1.*", false, "1.0.0"],
])("policy %s: no commit without a change, one a change, none against a person", (policy, matchTag, first) => {
  const all = { commits: 0, reverts: 0, pins: 0, lifts: 0 };
  const events = fc.array(event, { minLength: 1_000, maxLength: 1_000 });
  fc.assert(
    fc.property(events, (story) => {
      const world = new World(parseKeelPolicy(policy, { matchTag, matchPreRelease: true }).policy, first);
      for (const each of story) {
        world[each.what](each.chance);
        if (world.wrongs.length > 0) break;
      }
      // What is still to be done is one commit; then there is rest, whoever looks.
      world.look();
      world.apply();
      world.look();
      world.apply();
      for (let look = 0; look < 5; look++) expect(world.look()).toBe(false);
      expect(world.wrongs).toEqual([]);
      for (const [what, count] of Object.entries(world.done)) all[what as keyof typeof all] += count;
    }),
    { numRuns: 20, seed: 7 },
  );
  // A story in which nothing happens proves nothing.
  expect(all.commits).toBeGreaterThan(250);
  expect(all.reverts).toBeGreaterThan(10);
  expect(all.lifts).toBeGreaterThan(10);
});
