import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitServer, type Push } from "./index.ts";

const run = promisify(execFile);
let folder: string;
let server: GitServer;
let sequence = 0;
const pushes: Push[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-git-server-"));
  server = await startGitServer({
    dir: join(folder, "bare"),
    onPush: (push) => pushes.push(push),
    now: () => 1_700_000_000_000,
  });
});
beforeEach(() => {
  pushes.length = 0;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
  return (await run("git", [...identity, ...args], { env })).stdout.trim();
}

async function clone(url: string, ...args: string[]): Promise<string> {
  const target = join(folder, `clone-${sequence++}`);
  await git("clone", "--quiet", ...args, url, target);
  return target;
}

const name = (): string => `team/r${sequence++}`;

describe("the git program", () => {
  it.each(["0", "1", "2"])("clones with protocol version %s", async (version) => {
    const { url, commit } = await server.createRepository(name(), {
      "a/b": "hello",
      "run.sh": { content: "#!", executable: true },
      l: { link: "a/b" },
    });
    const target = join(folder, `clone-${sequence++}`);
    await git("-c", `protocol.version=${version}`, "clone", "--quiet", url, target);
    expect(readFileSync(join(target, "l"), "utf8")).toBe("hello");
    expect(await git("-C", target, "rev-parse", "HEAD")).toBe(commit);
    expect(await git("-C", target, "log", "-1", "--format=%an <%ae> %ct")).toBe("Eddy <eddy@example.org> 1700000000");
  });

  it("pushes, also by force, and each push is told", async () => {
    const repository = name();
    const { url, commit } = await server.createRepository(repository, { a: "1" });
    const target = await clone(url);
    writeFileSync(join(target, "a"), "2");
    await git("-C", target, "commit", "--quiet", "-am", "two");
    await git("-C", target, "push", "--quiet");
    const second = await git("-C", target, "rev-parse", "HEAD");
    await git("-C", target, "commit", "--quiet", "--amend", "-m", "rewritten");
    await git("-C", target, "push", "--quiet", "--force", "origin", "HEAD:main", "HEAD:refs/heads/dev");
    const third = await git("-C", target, "rev-parse", "HEAD");
    await git("-C", target, "push", "--quiet", "origin", ":dev");
    const main = { name: "refs/heads/main" };
    expect(pushes).toEqual([
      { repository, refs: [{ ...main, old: commit, new: second }] },
      {
        repository,
        refs: [
          { ...main, old: second, new: third },
          { name: "refs/heads/dev", old: undefined, new: third },
        ],
      },
      { repository, refs: [{ name: "refs/heads/dev", old: third, new: undefined }] },
    ]);
  });

  it("lists refs as the server's own program does", async () => {
    const repository = name();
    const { url, path, commit = "" } = await server.createRepository(repository, { a: "1" });
    await server.tag(repository, "v1", { target: commit, message: "annotated" });
    await server.tag(repository, "v2", { target: commit });
    await git("-C", path, "pack-refs", "--all");
    await server.commit(repository, { files: { a: "2" }, message: "two", branch: "feature/x" });
    const ours = await git("-c", "protocol.version=2", "ls-remote", "--symref", url);
    const theirs = await git("-c", "protocol.version=2", "ls-remote", "--symref", path);
    expect(ours).toBe(theirs);
    expect(await git("-c", "protocol.version=2", "ls-remote", url, "refs/heads/feature/*")).toContain(
      "refs/heads/feature/x",
    );
  });
});

describe("commits made here", () => {
  it("are the same for the same input, delete files, and start histories anew", async () => {
    const repository = name();
    const { url, commit } = await server.createRepository(repository, { a: "1", b: "1" });
    expect((await server.createRepository(name(), { a: "1", b: "1" })).commit).toBe(commit);
    await server.commit(repository, { files: { b: null, "c d/é": "x" }, message: "two" });
    await server.commit(repository, { files: { only: "x" }, message: "fresh", orphan: true });
    const target = await clone(url);
    expect(await git("-C", target, "log", "--format=%s")).toBe("fresh");
    expect(await git("-C", target, "ls-files")).toBe("only");
    expect(pushes).toHaveLength(2);
  });

  it("lose nothing of each other, nor of what is pushed at that moment", async () => {
    const repository = name();
    const { url, path } = await server.createRepository(repository, { a: "1" });
    const target = await clone(url);
    await git("-C", target, "commit", "--quiet", "--allow-empty", "-m", "pushed");
    const commits = ["b", "c", "d", "e"].map((file) =>
      server.commit(repository, { files: { [file]: "1" }, message: file }),
    );
    const pushed = git("-C", target, "push", "--quiet").then(
      () => 1,
      () => 0,
    );
    await Promise.all(commits);
    expect(Number(await git("-C", path, "rev-list", "--count", "main"))).toBe(1 + commits.length + (await pushed));
    expect(await git("-C", path, "ls-tree", "--name-only", "main")).toBe("a\nb\nc\nd\ne");
  });

  it.each(["", "../x", "a/../b", "/x", "a b", ".x"])("are refused for the name %j", async (bad) => {
    await expect(server.createRepository(bad, { a: "1" })).rejects.toThrow("not a name");
  });
});

describe("access", () => {
  it("needs the credentials, whatever is asked", async () => {
    const secured = await startGitServer({
      dir: join(folder, "secured"),
      credentials: { username: "u", password: "p", bearerToken: "t" },
    });
    try {
      const { url } = await secured.createRepository("r", { a: "1" });
      const status = async (path: string, authorization?: string): Promise<number> =>
        (await fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } })).status;
      const refs = "/info/refs?service=git-upload-pack";
      expect(await status(refs)).toBe(401);
      expect(await status(refs, "Basic bm86bm8=")).toBe(401);
      expect(await status(refs, `Basic ${Buffer.from("u:p").toString("base64")}`)).toBe(200);
      expect(await status(refs, "Bearer t")).toBe(200);
      expect(await status("/../x", "Bearer t")).toBe(404);
    } finally {
      await secured.stop();
    }
  });

  it.each([
    "/nowhere.git/info/refs?service=git-upload-pack",
    "/%2e%2e%2fbare/info/refs?service=git-upload-pack",
    "/x.git/HEAD",
    "/",
    "/%zz",
  ])("finds nothing at %s", async (path) => {
    const response = await fetch(`${server.url}${path}`).catch(() => ({ status: 404 }));
    expect(response.status).toBe(404);
  });

  it("is not open beyond loopback", async () => {
    await expect(startGitServer({ dir: join(folder, "x"), host: "0.0.0.0" })).rejects.toThrow("not a loopback address");
  });
});
