import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageRef, ImageUpdateAutomation } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import type { InboxAnswer } from "@eddy/inbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
beforeEach(() => forge.leave());

const image = (tag: string, name: string = "web"): ImageRef => ({ name: `ghcr.io/org/${name}`, tag });
const text = (tag: string, name: string = "web"): string =>
  `# ours\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  image: ghcr.io/org/${name}:${tag} # {"$imagepolicy": "${bed.namespace}:${name}"}\n`;
const git = { commit: { author: { name: "Eddy", email: "eddy@example.org" } }, push: { branch: "eddy/images" } };
const whole = { update: { path: "./", strategy: "Setters" as const }, git };
const branch = "eddy/images";

/** A repository with these apps at 1.0.0, whose policies have chosen other tags, and an automation that asks for review. */
async function enter(
  tags: Readonly<Record<string, string>> = { web: "1.1.0" },
  annotations: Readonly<Record<string, string>> = {},
  spec: Parameters<UpdateBed["create"]>[1] = {},
): Promise<void> {
  await bed.enter({ "README.md": "x" });
  forge.enter(bed.repository);
  const files = Object.fromEntries(Object.keys(tags).map((name) => [`apps/${name}.yaml`, text("1.0.0", name)]));
  await bed.git.commit(bed.repository, { files, message: "apps" });
  await bed.createSecret("forge", { token: "forge-token" });
  for (const [name, tag] of Object.entries(tags)) await bed.choose(name, image(tag, name));
  const own = {
    "eddy.sh/pull-requests": "grouped",
    "eddy.sh/forge": "github",
    "eddy.sh/forge-api": forge.url,
    "eddy.sh/forge-secret": "forge",
  };
  await bed.create("auto", { ...whole, ...spec }, { ...own, ...annotations });
}

const ready = ({ status }: ImageUpdateAutomation): string => {
  const { status: is, reason, message } = findCondition(status?.conditions, "Ready") ?? {};
  return `${is}/${reason}: ${message}`;
};
const held = ({ status }: ImageUpdateAutomation): string | undefined =>
  findCondition(status?.conditions, "Held")?.message;
const waits = (...numbers: readonly number[]): string =>
  `True/Succeeded: waits for review: ${numbers.map(address).join(", ")}`;
const address = (number: number): string => `https://forge.example.org/pull/${number}`;
const until = (want: string): Promise<ImageUpdateAutomation> => bed.until("auto", (object) => ready(object) === want);
const failed = (): Promise<ImageUpdateAutomation> => bed.until("auto", (object) => ready(object).startsWith("False/"));
const pull = (number: number): StandInPull => forge.pulls[number - 1] as StandInPull;
const events = (): typeof bed.events =>
  bed.events.filter(({ involvedObject }) => involvedObject.namespace === bed.namespace);
const told = (): string[] =>
  events()
    .filter(({ severity }) => severity !== "trace")
    .map(({ reason, message }) => `${reason}: ${message}`);
const commitsOf = (name: string): number => Number(bed.run("rev-list", "--count", `main..${name}`));
/** Somebody commits to a branch. */
const commit = (files: Record<string, string>, on = "main"): Promise<string> =>
  bed.git.commit(bed.repository, { files, branch: on, message: "by a person" });

describe("one pull request for all", () => {
  it("is opened with one commit on a branch of its own, and told; nothing is done twice", async () => {
    await enter({ web: "1.1.0", api: "2.0.0" });
    const object = await until(waits(1));
    expect(pull(1)).toMatchObject({ title: "Update 2 images", head: { ref: branch }, base: { ref: "main" } });
    expect(pull(1).body).toContain(
      "| Deployment web | apps/web.yaml:5 | `ghcr.io/org/web:1.0.0` | `ghcr.io/org/web:1.1.0` |",
    );
    expect(pull(1).body).toContain(`-  image: ghcr.io/org/web:1.0.0 # {"$imagepolicy": "${bed.namespace}:web"}\n+`);
    expect([bed.fileAt("main", "apps/web.yaml"), commitsOf(branch)]).toEqual([text("1.0.0").trim(), 1]);
    expect(bed.fileAt(branch, "apps/api.yaml")).toBe(text("2.0.0", "api").trim());
    const sha = bed.run("rev-parse", branch);
    expect(object.status).toMatchObject({
      lastPushCommit: sha,
      observedSourceRevision: `main@sha1:${bed.run("rev-parse", "main")}`,
    });
    expect(findCondition(object.status?.conditions, "PullRequestOpen")).toMatchObject({
      status: "True",
      reason: "AwaitingReview",
      message: address(1),
    });
    await bed.handle.idle();
    const opened = events().find(({ reason }) => reason === "PullRequestOpened");
    expect(opened).toMatchObject({
      message: `opened pull request ${address(1)} with commit '${sha.slice(0, 7)}' on branch '${branch}'\nUpdate 2 images`,
      metadata: { "eddy.sh/pull-request": address(1) },
    });
    expect(forge.changes()).toEqual(["POST"]);
    for (let look = 0; look < 2; look++) await bed.request("auto");
    expect([forge.changes(), bed.run("rev-parse", branch)]).toEqual([[], sha]);
  });

  it("is called and described by the commit's template", async () => {
    const messageTemplate = "Deploy {{ .AutomationObject }}\n\nPlease look.\n\nTeam: web\n";
    await enter({ web: "1.1.0" }, {}, { git: { ...git, commit: { ...git.commit, messageTemplate } } });
    await until(waits(1));
    expect(pull(1).title).toBe(`Deploy ${bed.namespace}/auto`);
    expect(pull(1).body).toMatch(/^Please look\.\n\nTeam: web\n\n\| what/);
    expect(bed.run("log", "-1", "--format=%B", branch)).toMatch(
      new RegExp(
        `^Deploy ${bed.namespace}/auto\n\nPlease look\\.\n\nTeam: web\nEddy-Automation: ${bed.namespace}/auto/[0-9a-f]{8} [0-9a-f]{16}$`,
      ),
    );
  });

  it("follows a newer tag: the same pull request, one commit on the base as it is now", async () => {
    await enter();
    await until(waits(1));
    await commit({ "apps/web.yaml": text("1.0.0").replace("# ours", "# theirs"), other: "1" });
    await bed.choose("web", image("1.2.0"));
    await bed.until("auto", () => pull(1).title === "Update ghcr.io/org/web to 1.2.0");
    await bed.handle.idle();
    expect([forge.pulls.length, commitsOf(branch), bed.run("rev-parse", `${branch}~1`)]).toEqual([
      1,
      1,
      bed.run("rev-parse", "main"),
    ]);
    expect(bed.fileAt(branch, "apps/web.yaml")).toBe(text("1.2.0").replace("# ours", "# theirs").trim());
    expect(told().at(-1)).toMatch(/^PullRequestUpdated: updated pull request .*\nUpdate ghcr.io\/org\/web to 1.2.0$/s);
    forge.squash(1);
  });

  it("is not touched when the base moves elsewhere, and made anew when it would conflict", async () => {
    await enter();
    await until(waits(1));
    const before = bed.run("rev-parse", branch);
    await commit({ other: "1" });
    await bed.request("auto");
    expect(bed.run("rev-parse", branch)).toBe(before);
    await commit({ "apps/web.yaml": text("1.0.5") });
    await bed.request("auto");
    expect(bed.run("rev-parse", `${branch}~1`)).toBe(bed.run("rev-parse", "main"));
    expect(pull(1).body).toContain("`ghcr.io/org/web:1.0.5` | `ghcr.io/org/web:1.1.0`");
    forge.squash(1);
    expect(bed.fileAt("main", "apps/web.yaml")).toBe(text("1.1.0").trim());
  });

  it("is closed with a word when the base has the images, and that is nobody's refusal", async () => {
    await enter();
    await until(waits(1));
    await commit({ "apps/web.yaml": text("1.1.0") });
    expect(ready(await bed.request("auto"))).toBe("True/Succeeded: repository up-to-date");
    expect(pull(1)).toMatchObject({ state: "closed", merged_at: null });
    expect(pull(1).body).toMatch(/^\*\*Closed by the ImageUpdateAutomation `.*`: `main` has these images/);
    expect(told().filter((line) => line.startsWith("PullRequestClosed"))).toHaveLength(1);
    await bed.choose("web", image("1.2.0"));
    await until(waits(2));
    await commit({ "apps/web.yaml": text("1.0.0") });
    await bed.choose("web", image("1.1.0"));
    await bed.until("auto", () => pull(2).title === "Update ghcr.io/org/web to 1.1.0");
  });
});

describe("what people do", () => {
  it("a pull request that a person closed is not opened again for these images", async () => {
    await enter({ web: "1.1.0", api: "2.0.0" });
    await until(waits(1));
    pull(1).state = "closed";
    const object = await bed.request("auto");
    expect([ready(object), forge.pulls.length]).toEqual(["True/Succeeded: repository up-to-date", 1]);
    expect(held(object)).toBe(
      "not asked for again, since a person closed the pull request or changed them back: api (ghcr.io/org/api:2.0.0), web (ghcr.io/org/web:1.1.0)",
    );
    await bed.choose("web", image("1.1.1"));
    const next = await until(waits(2));
    expect([pull(2).title, held(next)]).toEqual([
      "Update ghcr.io/org/web to 1.1.1",
      expect.stringMatching(/: api \(ghcr.io\/org\/api:2.0.0\)$/),
    ]);
    expect(bed.fileAt(branch, "apps/api.yaml")).toBe(text("1.0.0", "api").trim());
    pull(2).state = "closed";
    pull(1).state = "open";
    expect(ready(await bed.request("auto"))).toBe(waits(1));
    expect(bed.fileAt(branch, "apps/api.yaml")).toBe(text("2.0.0", "api").trim());
  });

  it("a merged one is done: its branch begins anew, and what is taken back afterwards stays so", async () => {
    await enter();
    await until(waits(1));
    forge.squash(1);
    expect(ready(await bed.request("auto"))).toBe("True/Succeeded: repository up-to-date");
    await bed.choose("web", image("1.2.0"));
    await until(waits(2));
    expect([commitsOf(branch), bed.run("rev-parse", `${branch}~1`)]).toEqual([1, bed.run("rev-parse", "main")]);
    forge.squash(2);
    await commit({ "apps/web.yaml": text("1.1.0") });
    const object = await bed.request("auto");
    expect([held(object), forge.pulls.length]).toEqual([
      expect.stringMatching(/: web \(ghcr.io\/org\/web:1.2.0\)$/),
      2,
    ]);
    await bed.change("auto", { metadata: { annotations: { "eddy.sh/reverts": "overwrite" } } });
    expect(held(await until(waits(3)))).toBeUndefined();
  });

  it("a policy that goes back to an image that was merged once is asked for again", async () => {
    await enter();
    await until(waits(1));
    forge.squash(1);
    await bed.choose("web", image("1.2.0"));
    await until(waits(2));
    forge.squash(2);
    await bed.choose("web", image("1.1.0"));
    await until(waits(3));
    expect(pull(3).title).toBe("Update ghcr.io/org/web to 1.1.0");
  });

  it("a branch to which a person has committed is left to them, and told once", async () => {
    await enter();
    await until(waits(1));
    const theirs = await commit({ "apps/web.yaml": text("1.1.0").replace("# ours", "# fixed") }, branch);
    await bed.choose("web", image("1.2.0"));
    const left = `${address(1)} (left to who committed to its branch)`;
    await until(`True/Succeeded: waits for review: ${left}`);
    await bed.request("auto");
    expect([bed.run("rev-parse", branch), pull(1).title]).toEqual([theirs, "Update ghcr.io/org/web to 1.1.0"]);
    expect(told().filter((line) => line.startsWith("PullRequestLeft"))).toEqual([
      `PullRequestLeft: pull request ${left}`,
    ]);
    forge.squash(1);
    expect(ready(await bed.request("auto"))).toBe(waits(2));
    expect(bed.fileAt(branch, "apps/web.yaml")).toBe(text("1.2.0").replace("# ours", "# fixed").trim());
  });

  it("another cluster's automation of that name on that branch is not written over", async () => {
    await enter();
    await until(waits(1));
    const sha = bed.run("rev-parse", branch);
    await bed.choose("web", image("1.2.0"));
    await bed.until("auto", ({ status }) => status?.lastPushCommit !== sha);
    await bed.handle.idle();
    const theirs = bed.run("log", "-1", "--format=%B", branch).replace(/\/[0-9a-f]{8} /, "/00000000 ");
    const as = ["-c", "user.name=Eddy", "-c", "user.email=eddy@example.org"];
    const commit = bed.run(...as, "commit-tree", `${sha}^{tree}`, "-p", "main", "-m", theirs);
    bed.run("update-ref", `refs/heads/${branch}`, commit);
    expect(ready(await bed.request("auto"))).toContain("(left to who committed to its branch)");
    expect(bed.run("rev-parse", branch)).toBe(commit);
  });

  it("what they write into title and text stays until there is news", async () => {
    await enter();
    await until(waits(1));
    forge.changes();
    Object.assign(pull(1), { title: "Mine", body: `Look!\n\n${pull(1).body}` });
    await bed.request("auto");
    expect([pull(1).title, forge.changes()]).toEqual(["Mine", []]);
  });

  it("a branch of that name which is somebody's is not touched", async () => {
    await enter({ web: "1.0.0" });
    await until("True/Succeeded: repository up-to-date");
    const theirs = await commit({ mine: "1" }, branch);
    await bed.choose("web", image("1.1.0"));
    expect(ready(await failed())).toBe(
      `False/PullRequestFailed: branch '${branch}' has commits of others and no open pull request: merge or delete it, or name another one in spec.git.push.branch`,
    );
    expect([bed.run("rev-parse", branch), forge.pulls]).toEqual([theirs, []]);
  });
});

describe("one a policy", () => {
  const each = { "eddy.sh/pull-requests": "per-policy" };

  it("has a branch of its own, and is closed when its policy is gone", async () => {
    await enter({ web: "1.1.0", api: "2.0.0" }, each);
    await until(waits(1, 2));
    expect(forge.pulls.map(({ head, title }) => `${head.ref}: ${title}`)).toEqual([
      "eddy/images-api: Update ghcr.io/org/api to 2.0.0",
      "eddy/images-web: Update ghcr.io/org/web to 1.1.0",
    ]);
    expect(bed.run("diff", "--name-only", "main", "eddy/images-api")).toBe("apps/api.yaml");
    const key = { group: "image.toolkit.fluxcd.io", kind: "ImagePolicy", namespace: bed.namespace, name: "api" };
    await bed.kube.delete(key);
    await until(waits(2));
    expect(forge.pulls.map(({ state }) => state)).toEqual(["closed", "open"]);
  });

  it("becomes one for all, and the other way round", async () => {
    await enter({ web: "1.1.0", api: "2.0.0" }, each);
    await until(waits(1, 2));
    await bed.change("auto", { metadata: { annotations: { "eddy.sh/pull-requests": "grouped" } } });
    await until(waits(3));
    expect(forge.pulls.map(({ state }) => state)).toEqual(["closed", "closed", "open"]);
  });

  it("waits where too many are open", async () => {
    await enter({ web: "1.1.0", api: "2.0.0" }, { ...each, "eddy.sh/pull-request-limit": "1" });
    await until(`${waits(1)}; 1 more wait until fewer are open`);
    forge.squash(1);
    expect(ready(await bed.request("auto"))).toBe(waits(2));
  });
});

describe("what goes wrong", () => {
  it("a forge that does not answer: nothing is pushed, and it goes on when it may", async () => {
    const answer: InboxAnswer = { status: 404, body: { message: "Not Found" } };
    forge.intercept(() => answer);
    await enter();
    expect(ready(await failed())).toBe(
      "False/PullRequestFailed: failed to look at pull requests: look for pull requests: the forge answers with 404: Not Found, the repository is not there, or the token may not see it",
    );
    expect(bed.run("branch", "--list", branch)).toBe("");
    forge.intercept(() => undefined);
    expect(ready(await bed.request("auto"))).toBe(waits(1));
  });

  it("a limit: nothing is asked before the forge wants it", async () => {
    const asked = Promise.withResolvers<void>();
    let count = 0;
    forge.intercept(() => {
      count++;
      asked.resolve();
      return { status: 429, headers: { "retry-after": "3000" }, body: { message: "slow down" } };
    });
    await enter({ web: "1.1.0", api: "2.0.0" }, { "eddy.sh/pull-requests": "per-policy" });
    await asked.promise;
    expect(ready(await failed())).toContain("the forge answers with 429: slow down");
    await bed.handle.idle();
    expect(count).toBe(1);
  });

  it("a token that may push and not ask: one push, and one pull request when it may", async () => {
    forge.intercept(({ method }) =>
      method === "POST" ? { status: 403, body: { message: "Resource not accessible by token" } } : undefined,
    );
    await enter();
    const object = await failed();
    expect(ready(object)).toBe(
      `False/PullRequestFailed: pull request of branch '${branch}': make a pull request: the forge answers with 403: Resource not accessible by token`,
    );
    const sha = bed.run("rev-parse", branch);
    expect(object.status?.lastPushCommit).toBe(sha);
    forge.intercept(() => undefined);
    expect(ready(await bed.request("auto"))).toBe(waits(1));
    expect([bed.run("rev-parse", branch), forge.pulls.length]).toEqual([sha, 1]);
  });

  it("an answer that is lost: no second one", async () => {
    let isLost = false;
    forge.intercept((message) => {
      if (message.method !== "POST" || isLost) return undefined;
      isLost = true;
      forge.respond(message);
      return { status: 504, body: "" };
    });
    await enter();
    await until(waits(1));
    expect(forge.pulls).toHaveLength(1);
  });

  it("a protected branch: what the server says, and no pull request", async () => {
    await enter({ web: "1.0.0" });
    await until("True/Succeeded: repository up-to-date");
    const hook = join(bed.run("rev-parse", "--absolute-git-dir"), "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'eddy/* is protected' >&2\nexit 1\n", { mode: 0o700 });
    await bed.choose("web", image("1.1.0"));
    expect(ready(await failed())).toBe(
      `False/GitOperationFailed: failed to update source: failed to push to remote: command error on refs/heads/${branch}: pre-receive hook declined: eddy/* is protected`,
    );
    expect(forge.pulls).toEqual([]);
    rmSync(hook);
    expect(ready(await bed.request("auto"))).toBe(waits(1));
  });

  it("one that fails keeps the others from nothing", async () => {
    forge.intercept(({ method, body }) =>
      method === "POST" && body.includes("images-api") ? { status: 422, body: { message: "no" } } : undefined,
    );
    await enter({ web: "1.1.0", api: "2.0.0" }, { "eddy.sh/pull-requests": "per-policy" });
    expect(ready(await failed())).toContain("pull request of branch 'eddy/images-api': make a pull request: ");
    expect(forge.pulls.map(({ head }) => head.ref)).toEqual(["eddy/images-web"]);
  });

  it("settings that cannot work: nothing is done until they change", async () => {
    await enter({ web: "1.1.0" }, { "eddy.sh/pull-requests": "yes" });
    const object = await failed();
    expect(ready(object)).toBe(
      'False/InvalidPullRequestConfiguration: eddy.sh/pull-requests is "yes": want "grouped" or "per-policy"',
    );
    expect(findCondition(object.status?.conditions, "Stalled")?.status).toBe("True");
    expect([forge.changes(), bed.run("branch", "--list")]).toEqual([[], "* main"]);
    await bed.change("auto", { metadata: { annotations: { "eddy.sh/pull-requests": "grouped" } } });
    await until(waits(1));
  });

  it("a Secret that is not there, or has no token: mended, it goes on", async () => {
    await enter({ web: "1.1.0" }, { "eddy.sh/forge-secret": "other" });
    expect(ready(await failed())).toBe(
      `False/SourceManagerFailed: failed configuring source manager: could not read the forge's secret 'other': secrets "other" not found`,
    );
    await bed.createSecret("other", { nothing: "x" });
    await bed.until("auto", (object) => ready(object).endsWith("the forge's secret 'other' has no 'token'"));
    const ref = { group: "", kind: "Secret", namespace: bed.namespace, name: "other" };
    await bed.kube.patch(ref, "merge", { stringData: { token: "forge-token" } });
    await until(waits(1));
  });

  it("what the repository is reached with is not shown to an API elsewhere", async () => {
    await enter({ web: "1.1.0" }, { "eddy.sh/forge-secret": "" });
    await bed.createSecret("login", { username: "u", password: "forge-token" });
    const ref = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: bed.namespace, name: "app" };
    await bed.kube.patch(ref, "merge", { spec: { secretRef: { name: "login" } } });
    await bed.until("auto", (object) => ready(object).endsWith("is another host than the repository's"));
    expect(forge.pulls).toEqual([]);
  });
});
