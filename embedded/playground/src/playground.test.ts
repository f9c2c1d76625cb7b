import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSample } from "./sample.ts";
import { startPlayground, type Playground } from "./playground.ts";

let dir: string;
let playground: Playground | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-playground-"));
});
afterEach(async () => {
  await playground?.stop();
  playground = undefined;
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

// Not the blocking kind: the Git server answers from this very process.
async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  const env = { PATH: process.env["PATH"], HOME: dir, ...identity };
  return (await promisify(execFile)("git", args, { cwd, encoding: "utf8", env, timeout: 10_000 })).stdout;
}

async function headOf(repository: string): Promise<string> {
  return (await git(repository, "rev-parse", "HEAD")).trim();
}

describe("startPlayground()", () => {
  it("serves the sample to git, and the cluster to a kubeconfig that only its owner reads", async () => {
    playground = await startPlayground({ dataDir: join(dir, "state") });
    await git(dir, "clone", "--quiet", playground.repositoryUrl, "clone");
    expect(readFileSync(join(dir, "clone/README.md"), "utf8")).toBe(loadSample()["README.md"]);
    expect(readFileSync(playground.kubeconfigPath, "utf8")).toContain(playground.controlPlane.url);
    const namespaces = await playground.controlPlane.request({ method: "GET", path: "/api/v1/namespaces/default" });
    expect(namespaces.status).toBe(200);
  });

  it("finds repository and objects again on a second start, and forgets them when asked to", async () => {
    const dataDir = join(dir, "state");
    playground = await startPlayground({ dataDir });
    const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kept" } });
    const headers = { "content-type": "application/json" };
    await playground.controlPlane.request({ method: "POST", path: "/api/v1/namespaces", headers, body });
    await playground.stop();

    playground = await startPlayground({ dataDir });
    expect(playground.repositoryUrl).toMatch(/\/sample\.git$/);
    const kept = { method: "GET", path: "/api/v1/namespaces/kept" };
    expect((await playground.controlPlane.request(kept)).status).toBe(200);
    await playground.stop();

    writeFileSync(join(dataDir, "mine.txt"), "not Eddy's");
    playground = await startPlayground({ dataDir, fresh: true });
    expect((await playground.controlPlane.request(kept)).status).toBe(404);
    expect(readFileSync(join(dataDir, "mine.txt"), "utf8")).toBe("not Eddy's");
  });

  it("serves a local repository and tells of its commits", async () => {
    const repository = join(dir, "mine");
    await git(dir, "init", "--quiet", "--initial-branch", "main", repository);
    writeFileSync(join(repository, "a.yaml"), "a: 1\n");
    await git(repository, "add", ".");
    await git(repository, "commit", "--quiet", "-m", "one");
    const pushed = Promise.withResolvers<void>();
    playground = await startPlayground({
      dataDir: join(dir, "state"),
      localRepository: repository,
      onPush: () => pushed.resolve(),
    });
    expect(await git(dir, "ls-remote", playground.repositoryUrl, "main")).toContain(await headOf(repository));
    await git(repository, "commit", "--quiet", "--allow-empty", "-m", "two");
    await pushed.promise;
    expect(await git(dir, "ls-remote", playground.repositoryUrl, "main")).toContain(await headOf(repository));
  });

  it("refuses a folder that is no repository, and says what it wanted", async () => {
    await expect(startPlayground({ dataDir: join(dir, "state"), localRepository: dir })).rejects.toThrow(
      `"${dir}" is not a Git repository`,
    );
  });
});
