import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { valueAt } from "@eddy/core/object";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentText, startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
const dir = mkdtempSync(join(tmpdir(), "eddy-fluxctl-"));
beforeAll(async () => {
  bed = await startReleaseBed();
});
afterAll(async () => {
  await bed.stop();
  rmSync(dir, { recursive: true, force: true });
});

const image = (tag: string): string => `${bed.registry.host}/org/web:${tag}`;
const web = (tag: string, annotations: Record<string, string> = {}): string =>
  deploymentText("web", { web: image(tag) }, annotations);

/** Annotations are added in whatever order, with quotes where YAML needs them. */
const sorted = (text: string): string => text.replaceAll('"', "").split("\n").toSorted().join("\n");

describe("policies", () => {
  beforeAll(async () => {
    for (const tag of ["1.0.0", "1.1.0", "2.0.0"]) bed.pushImage("org/web", tag);
    await bed.enter("shop", { "web.yaml": web("1.0.0") });
    await bed.ready("shop", "web");
  });

  it("lock, automate, a filter: annotations in Git, and the list shows them", async () => {
    const locked = await bed.run(
      "fluxctl lock -w shop:deployment/web --user 'Jane <jane@example.org>' -m 'until monday'",
    );
    const { sha, message } = await bed.head("shop");
    expect(locked).toEqual({
      code: 0,
      stderr: `Commit pushed:\t${sha.slice(0, 7)}\n`,
      stdout: "WORKLOAD             STATUS   UPDATES\nshop:deployment/web  success  \n",
    });
    expect(message).toBe("until monday\n\nLocked: shop:deployment/web");
    await bed.run("policy -w shop:deployment/web --tag=web=semver:~1");
    expect((await bed.head("shop")).message).toBe("Updated policies: shop:deployment/web");
    await bed.run("automate --workload=shop:deployment/web");
    expect((await bed.head("shop")).message).toBe("Automated: shop:deployment/web");
    expect(sorted(await bed.file("shop", "web.yaml"))).toBe(
      sorted(
        web("1.0.0", {
          "fluxcd.io/automated": "true",
          "fluxcd.io/locked": "true",
          "fluxcd.io/locked_msg": "until monday",
          "fluxcd.io/locked_user": "Jane <jane@example.org>",
          "fluxcd.io/tag.web": "semver:~1",
        }),
      ),
    );
    const { stdout } = await bed.run("list-workloads -n shop --no-headers");
    expect(stdout).toMatch(/ automated,locked\n$/);
  });

  it("a locked workload is refused, and by whom it is locked", async () => {
    const before = await bed.head("shop");
    const { code, stdout, stderr } = await bed.run(
      `release --workload=shop:deployment/web --update-image=${image("1.1.0")}`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Submitting release ...\nNothing to do\n" });
    expect(stdout).toContain("shop:deployment/web  skipped  locked by Jane <jane@example.org>: until monday\n");
    await bed.automate("shop");
    expect((await bed.head("shop")).sha).toBe(before.sha);
  });

  it("a filter that refuses is named, also when the lock is gone", async () => {
    await bed.run("deautomate -w shop:deployment/web");
    await bed.run("unlock -w shop:deployment/web");
    expect(sorted(await bed.file("shop", "web.yaml"))).toBe(sorted(web("1.0.0", { "fluxcd.io/tag.web": "semver:~1" })));
    const before = await bed.head("shop");
    const { stdout } = await bed.run(`release --workload=shop:deployment/web --update-image=${image("2.0.0")}`);
    expect(stdout).toMatch(
      /skipped {2}filter "semver:~1" of container "web" refuses it: tag "2\.0\.0" is not in the range/,
    );
    expect((await bed.head("shop")).sha).toBe(before.sha);
  });

  it("newest by the filter; force goes past it", async () => {
    const newest = await bed.run("release --all --update-all-images -n shop");
    expect(newest.stdout).toContain(`web: ${image("1.0.0")} -> 1.1.0\n`);
    const forced = await bed.run(`release --workload=shop:deployment/web --update-image=${image("2.0.0")} --force`);
    expect(forced.stdout).toContain(`web: ${image("1.1.0")} -> 2.0.0\n`);
    await bed.run("policy -w shop:deployment/web --tag-all=*");
    expect(await bed.file("shop", "web.yaml")).toBe(web("2.0.0"));
  });

  it("sync applies what was pushed by somebody else", async () => {
    const sha = await bed.git.commit("shop", { files: { "web.yaml": web("1.1.0") }, message: "by hand" });
    const { code, stderr } = await bed.run("fluxctl sync -n shop");
    const short = sha.slice(0, 7);
    expect(code).toBe(0);
    expect(stderr.split("\n").slice(1)).toEqual([
      `Revision of main to apply is ${short}`,
      `Waiting for ${short} to be applied ...`,
      "Done.",
      "",
    ]);
    expect(stderr).toMatch(/^Synchronizing with http:\/\/127\.0\.0\.1:\d+\/shop\.git\n/);
    const live = await bed.kube.get({ group: "apps", kind: "Deployment", namespace: "shop", name: "web" });
    expect(valueAt(live, "spec", "template", "spec", "containers", 0, "image")).toBe(image("1.1.0"));
  });

  it("save writes what a repository starts with", async () => {
    const { stderr } = await bed.run(`save --out ${dir} -n shop`);
    expect(stderr).toContain(`Saving Namespace 'shop' to ${dir}/shop-ns.yaml\n`);
    expect(stderr).toContain(`Saving Deployment 'web' to ${dir}/shop/web-dep.yaml\n`);
    const text = readFileSync(join(dir, "shop/web-dep.yaml"), "utf8");
    expect(text).toContain(`image: ${image("1.1.0")}\n`);
    expect(text).not.toMatch(/^status:|uid:|resourceVersion|creationTimestamp|managedFields|toolkit\.fluxcd\.io/m);
  });
});

describe("identity", () => {
  it("shows the deploy key as ssh-keygen does, and makes another one", async () => {
    const run = promisify(execFile);
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(dir, "key")]);
    const namespace = "identity";
    await bed.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const stringData = {
      identity: readFileSync(join(dir, "key"), "utf8"),
      known_hosts: "example.org ssh-ed25519 AAAA",
    };
    await bed.kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "flux-git-deploy", namespace },
      stringData,
    });
    await bed.kube.create({
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: "app", namespace },
      spec: { interval: "1h", suspend: true, url: "ssh://git@example.org/app", secretRef: { name: "flux-git-deploy" } },
    });
    const own = readFileSync(join(dir, "key.pub"), "utf8").trim();
    expect((await bed.run("fluxctl identity -n identity")).stdout.trim()).toBe(own);
    const seen = await run("ssh-keygen", ["-l", "-v", "-E", "md5", "-f", join(dir, "key.pub")]);
    const { stdout } = await bed.run("identity -n identity --fingerprint --visual");
    const [fingerprint = "", ...art] = stdout.trimEnd().split("\n");
    expect(seen.stdout).toContain(`MD5:${fingerprint} `);
    const picture = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("|"));
    expect(picture(art)).toEqual(picture(seen.stdout.split("\n")));
    const again = (await bed.run("identity -n identity --regenerate")).stdout.trim();
    expect(again).toMatch(/^ssh-ed25519 AAAA/);
    expect(again).not.toBe(own);
    expect((await bed.run("identity -n identity")).stdout.trim()).toBe(again);
  });

  it("sync of a suspended repository says how to resume it", async () => {
    const { code, stderr } = await bed.run("sync -n identity");
    expect(code).toBe(1);
    expect(stderr).toContain("is not ready to sync (status: suspended)");
    expect(stderr).toContain("eddy resume source git app -n identity");
  });
});
