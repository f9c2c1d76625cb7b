import type { ImageRef, ImageUpdateAutomation } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { parseMark } from "@eddy/runtime/pull-request";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startForgeStandIn, type ForgeStandIn, type StandInPull } from "../../testing/forge-stand-in.ts";
import { startUpdateBed, type UpdateBed } from "../../testing/update-bed.ts";

let bed: UpdateBed;
let forge: ForgeStandIn;
beforeAll(async () => {
  bed = await startUpdateBed({ owner: "org/" });
  forge = await startForgeStandIn((...args) => bed.run(...args));
});
afterAll(async () => {
  await bed.stop();
  await forge.stop();
});

const names = ["web", "api"];
const image = (tag: string, name: string): ImageRef => ({ name: `ghcr.io/org/${name}`, tag });
const text = (tag: string, name: string, note = "ours"): string =>
  `# ${note}\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  image: ghcr.io/org/${name}:${tag} # {"$imagepolicy": "${bed.namespace}:${name}"}\n`;
const commit = (files: Record<string, string>, branch = "main"): Promise<string> =>
  bed.git.commit(bed.repository, { files, branch, message: "by a person" });

/** The same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 4_294_967_296;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** A world in which anything may happen at any time, and what people did in it. */
interface World {
  readonly log: string[];
  /** The last commit of a person, by the branch of the open pull request that it is on. */
  readonly theirs: Map<string, string>;
  tags: number;
}

const open = (): StandInPull[] => forge.pulls.filter(({ state }) => state === "open");
const refused = (): StandInPull[] =>
  forge.pulls.filter(({ state, merged_at: at, body }) => state === "closed" && at === null && parseMark(body));

type Pick = <T>(list: readonly T[]) => T;
/** Each answers whether it could be done. */
const events: readonly ((world: World, name: string, pick: Pick) => Promise<boolean> | boolean)[] = [
  async (world, name) => {
    await bed.choose(name, image(String(++world.tags), name));
    return world.log.push(`${name}->${world.tags}`) > 0;
  },
  async (world, name, pick) => {
    const tag = String(pick(Array.from({ length: world.tags + 1 }, (_, at) => at)));
    await bed.choose(name, image(tag, name));
    return world.log.push(`${name}=>${tag}`) > 0;
  },
  (world, _name, pick) => {
    if (open().length === 0) return false;
    const pull = pick(open());
    Object.assign(pull, { state: "closed" });
    pull.head.sha = bed.run("rev-parse", pull.head.ref);
    return world.log.push(`close ${pull.number}`) > 0;
  },
  (world, _name, pick) => {
    const able = refused().filter(
      ({ head }) => !open().some((other) => other.head.ref === head.ref) && bed.run("rev-parse", head.ref) === head.sha,
    );
    if (able.length === 0) return false;
    const pull = pick(able);
    Object.assign(pull, { state: "open" });
    return world.log.push(`reopen ${pull.number}`) > 0;
  },
  (world, _name, pick) => {
    const able = open().filter(({ head }) => !world.theirs.has(head.ref));
    if (able.length === 0) return false;
    const pull = pick(able);
    forge.squash(pull.number);
    return world.log.push(`merge ${pull.number}`) > 0;
  },
  async (world, _name, pick) => {
    if (open().length === 0) return false;
    const { ref } = pick(open()).head;
    world.theirs.set(ref, await commit({ [`note-${world.log.length}`]: "1" }, ref));
    return world.log.push(`commit on ${ref}`) > 0;
  },
  async (world) => {
    await commit({ [`other-${world.log.length}`]: "1" });
    return world.log.push("commit elsewhere") > 0;
  },
  async (world, name) => {
    const now = /:(\d+) #/.exec(bed.fileAt("main", `apps/${name}.yaml`))?.[1] ?? "0";
    await commit({ [`apps/${name}.yaml`]: text(now, name, `theirs ${world.log.length}`) });
    return world.log.push(`touch ${name}`) > 0;
  },
  async (world, name) => {
    await commit({ [`apps/${name}.yaml`]: text("0", name, `back ${world.log.length}`) });
    return world.log.push(`revert ${name}`) > 0;
  },
];

async function settle({ log }: World): Promise<ImageUpdateAutomation> {
  const state = (): string => JSON.stringify([bed.run("for-each-ref"), forge.pulls]);
  await bed.request("auto");
  await bed.request("auto");
  const before = state();
  const object = await bed.request("auto");
  expect(state(), `never at rest: ${log.join(", ")}`).toBe(before);
  return object;
}

/** What must never be, and is. */
function problemsOf({ theirs }: World): string[] {
  const now = open();
  const problems: string[] = [];
  if (new Set(now.map(({ head }) => head.ref)).size < now.length) problems.push("two pull requests of one branch");
  for (const [branch, sha] of theirs)
    if (!bed.run("rev-list", branch).includes(sha)) problems.push(`a person's commit on ${branch} is lost`);
  for (const { number, body, head } of now.filter((pull) => !theirs.has(pull.head.ref))) {
    // It merges, or this throws.
    bed.run("merge-tree", "--write-tree", "main", head.ref);
    const asks = Object.entries(parseMark(body)?.asks ?? {});
    for (const earlier of refused().filter((pull) => pull.number < number)) {
      const isAgain = asks.some(([policy, ask]) => parseMark(earlier.body)?.asks[policy] === ask);
      if (isAgain) problems.push(`${number} asks for what ${earlier.number} was closed for`);
    }
  }
  return problems;
}

const steps = 8;

it.each([104, 113])("whatever happens, nothing is asked twice and nobody's work is lost (seed %i)", async (seed) => {
  const random = numbers(seed);
  const pick: Pick = (list) => list[Math.floor(random() * list.length)] as (typeof list)[number];
  forge.leave();
  await bed.enter({ "README.md": "x" });
  forge.enter(bed.repository);
  await commit(Object.fromEntries(names.map((name) => [`apps/${name}.yaml`, text("0", name)])));
  await bed.createSecret("forge", { token: "forge-token" });
  for (const name of names) await bed.choose(name, image("0", name));
  const git = { commit: { author: { name: "Bot", email: "bot@example.org" } }, push: { branch: "eddy" } };
  const grouping = seed % 2 === 0 ? "grouped" : "per-policy";
  await bed.create(
    "auto",
    { update: { path: "./", strategy: "Setters" }, git },
    {
      "eddy.sh/pull-requests": grouping,
      "eddy.sh/forge": "github",
      "eddy.sh/forge-api": forge.url,
      "eddy.sh/forge-secret": "forge",
    },
  );
  const world: World = { log: [grouping], theirs: new Map(), tags: 0 };
  for (let done = 0; done < steps;) {
    if (!(await pick(events)(world, pick(names), pick))) continue;
    done++;
    const { status } = await settle(world);
    const problems = problemsOf(world);
    const ready = findCondition(status?.conditions, "Ready");
    // Only people's own commits can be in the way.
    if (world.theirs.size === 0 && ready?.status !== "True") problems.push(ready?.message ?? "not ready");
    expect(problems, `after ${world.log.join(", ")}`).toEqual([]);
  }
});
