import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer, type GitServer, type Push } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  listNewCommits,
  openRepository,
  pushChange,
  type CommitDraft,
  type GitCommit,
  type PushChangeOptions,
} from "../index.ts";

const auth = { username: "u", password: "secret-p" };
const author = { name: "Eddy", email: "e@example.org" };
let folder: string;
let server: GitServer;
let url: string;
let path: string;
let repository: string;
let sequence = 0;
const pushes: Push[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-push-test-"));
  server = await startGitServer({ dir: join(folder, "git"), credentials: auth, onPush: (push) => pushes.push(push) });
  await server.createRepository("template", {
    a: "1",
    "run.sh": { content: "#!", executable: true },
    gone: "x",
    "deep/er/old": "1",
    "deep.txt": "1",
    deep0: "1",
    link: { link: "a" },
  });
});
beforeEach(() => {
  repository = `r${sequence++}`;
  path = join(folder, "git", `${repository}.git`);
  url = `${server.url}/${repository}.git`;
  cpSync(join(folder, "git", "template.git"), path, { recursive: true });
  pushes.length = 0;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function draft(files: CommitDraft["files"], message = "by Eddy"): CommitDraft {
  return { files, message, author };
}

function options(files: CommitDraft["files"], more: Partial<PushChangeOptions> = {}): PushChangeOptions {
  return { auth, branch: "main", plan: () => draft(files), ...more };
}

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "safe.directory=*", "-C", path, ...args], { encoding: "utf8", stdio: "pipe" });

async function contentOf(branch: string): Promise<Record<string, string>> {
  const remote = openRepository(url, { auth });
  try {
    const { tree } = await remote.fetch(await remote.resolve({ kind: "branch", name: branch }));
    const read = (file: string): string =>
      `${tree.isExecutable?.(file) ? "x " : ""}${Buffer.from(tree.read(file) ?? []).toString()}`;
    const files = (tree.list("") ?? []).filter((file) => tree.kindOf(file) === "file");
    return Object.fromEntries(files.map((file) => [file, read(file)]));
  } finally {
    remote.close();
  }
}

function hook(name: string, script: string): void {
  writeFileSync(join(path, "hooks", name), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
}

describe("what is pushed", () => {
  it("changes, adds and deletes files, keeps modes and neighbours, and real Git finds nothing to blame", async () => {
    const files = {
      a: "2",
      "a.b/c": "new",
      "a0/b": "new",
      gone: null,
      "run.sh": "#!/bin/sh",
      "deep/er/old": null,
      "ä/ö": "ü",
    };
    const pushed = await pushChange(url, options(files));
    expect(await contentOf("main")).toEqual({ a: "2", "deep.txt": "1", deep0: "1", "run.sh": "x #!/bin/sh" });
    expect(pushes).toMatchObject([{ refs: [{ name: "refs/heads/main", new: pushed?.commit }] }]);
    expect(pushed).toMatchObject({ revision: `main@sha1:${pushed?.commit}`, refs: ["refs/heads/main"], attempts: 1 });
    git("fsck", "--strict", "--full");
    expect(git("ls-tree", "-r", "--name-only", "-z", "main").split("\0").sort()).toEqual(
      ["", "a", "a.b/c", "a0/b", "deep.txt", "deep0", "link", "run.sh", "ä/ö"].sort(),
    );
    expect(git("log", "-1", "--format=%an|%ae|%cn|%ce|%B", "main").trim()).toBe(
      "Eddy|e@example.org|Eddy|e@example.org|by Eddy",
    );
  });

  it("makes a branch from another one, and goes on from it", async () => {
    const update = { branch: "eddy/update", from: { kind: "branch", name: "main" } } as const;
    await pushChange(url, options({ a: "2" }, update));
    await pushChange(url, options({ gone: "3" }, update));
    expect(await contentOf("eddy/update")).toMatchObject({ a: "2", gone: "3" });
    expect((await contentOf("main"))["a"]).toBe("1");
  });

  it("makes the first commit of an empty repository", async () => {
    ({ url, path } = await server.createRepository(`r${sequence++}`, {}));
    await pushChange(url, options({ a: "2" }, { from: { kind: "branch", name: "main" } }));
    expect(await contentOf("main")).toEqual({ a: "2" });
    git("fsck", "--strict");
  });

  it("is nothing when nothing changes, and nobody is told", async () => {
    expect(await pushChange(url, options({ a: "1" }))).toBeUndefined();
    expect(await pushChange(url, { ...options({}), plan: () => undefined })).toBeUndefined();
    expect(pushes).toEqual([]);
    expect(server.requests()["GET git-receive-pack"] ?? 0).toBeLessThan(10);
  });

  it("can take everything away", async () => {
    const everything = ["a", "run.sh", "gone", "deep/er/old", "deep.txt", "deep0"];
    const gone = Object.fromEntries(everything.map((file) => [file, null]));
    await pushChange(url, options(gone));
    expect(git("ls-tree", "-r", "--name-only", "main").trim()).toBe("link");
  });

  it("carries a signature of exactly its payload", async () => {
    const signed: Uint8Array[] = [];
    const sign = (payload: Uint8Array): Promise<string> => {
      signed.push(payload);
      return Promise.resolve("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
    };
    await pushChange(url, options({ a: "2" }, { sign }));
    const remote = openRepository(url, { auth });
    const commit = await remote.fetch(await remote.resolve({ kind: "branch", name: "main" }));
    remote.close();
    expect(commit.signature).toBe("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
    expect(Buffer.from(commit.payload).equals(signed[0] ?? Buffer.alloc(0))).toBe(true);
  });
});

describe.each(["folder", "file", "ssh"])("over %s", (kind) => {
  it("the same is pushed", async () => {
    const program = join(folder, `ssh-${sequence++}.cjs`);
    const script = `const [, service, path] = /^(\\S+) '(.*)'$/.exec(process.argv.at(-1));
require("node:child_process").spawn("git", ["-c", "safe.directory=*", service.slice(4), path], { stdio: "inherit" }).on("exit", (code) => process.exit(code));`;
    writeFileSync(program, `#!${process.execPath}\n${script}\n`, { mode: 0o700 });
    hook("post-receive", `sleep 0.2; echo done > ${join(path, "told")}`);
    const address = { folder: path, file: `file://${path}`, ssh: `ssh://git@example.org${path}` }[kind] ?? "";
    const ssh = { auth: { identity: "KEY", knownHosts: "host" }, programs: { ssh: program } };
    const pushed = await pushChange(address, options({ a: "2" }, kind === "ssh" ? ssh : { auth: {} }));
    expect(git("rev-parse", "main").trim()).toBe(pushed?.commit);
    expect(readFileSync(join(path, "told"), "utf8")).toBe("done\n");
    git("fsck", "--strict");
  });
});

describe("when others push too", () => {
  const append = (line: string) => (base: GitCommit | undefined) =>
    draft({ a: `${Buffer.from(base?.tree.read("a") ?? []).toString()}${line}` });

  it("the change is planned again on the new head", async () => {
    const bases: (string | undefined)[] = [];
    const pushed = await pushChange(url, {
      ...options({}),
      plan: async (base) => {
        bases.push(base?.sha);
        if (bases.length === 1) await server.commit(repository, { files: { a: "theirs " }, message: "theirs" });
        return append("ours")(base);
      },
    });
    expect(bases).toHaveLength(2);
    expect(pushed?.attempts).toBe(2);
    expect((await contentOf("main"))["a"]).toBe("theirs ours");
    expect(git("rev-list", "--count", "main").trim()).toBe("3");
  });

  it("writers at once lose nothing and write nothing twice", async () => {
    const lines = ["a", "b", "c"];
    await Promise.all(lines.map((line) => pushChange(url, { ...options({}), plan: append(line), maxAttempts: 20 })));
    expect(Array.from((await contentOf("main"))["a"] ?? "").sort()).toEqual(["1", "a", "b", "c"]);
    expect(git("rev-list", "--count", "main").trim()).toBe("4");
  });

  it("gives up when the branch never stands still", async () => {
    let count = 0;
    const plan = async (base: GitCommit | undefined): Promise<CommitDraft> => {
      await server.commit(repository, { files: { a: `theirs ${count++}` }, message: "theirs" });
      return append("ours")(base);
    };
    const restless = pushChange(url, { ...options({}), plan, maxAttempts: 3 });
    await expect(restless).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("moved 3 times") as string,
    });
    expect(count).toBe(3);
  });
});

describe("what is refused", () => {
  it("by a hook, in its words, without force", async () => {
    hook("pre-receive", "echo 'error: GH006: signed commits only' >&2\nexit 1");
    await expect(pushChange(url, options({ a: "2" }))).rejects.toMatchObject({
      kind: "rejected",
      message:
        "failed to push to remote: command error on refs/heads/main: pre-receive hook declined: error: GH006: signed commits only",
    });
    expect((await contentOf("main"))["a"]).toBe("1");
  });

  it("paths that lead elsewhere", async () => {
    const paths: [path: string, reason: string][] = [
      ["link", '"link" is a symbolic link'],
      ["link/x", '"link" is a symbolic link'],
      ["a/x", '"a" is a file'],
      ["deep", '"deep" is a folder'],
      ["../x", "it is no path in a tree"],
      [".git/config", "it is no path in a tree"],
      ["", "it is no path in a tree"],
    ];
    for (const [file, reason] of paths) {
      const message = `write ${JSON.stringify(file)}: ${reason}`;
      await expect(pushChange(url, options({ [file]: "x" }))).rejects.toMatchObject({ kind: "unsafe", message });
    }
  });

  it("branches with names that no ref has", async () => {
    for (const branch of ["a b", "a..b", "a.lock", "-x/../y", "x~1"]) {
      await expect(pushChange(url, options({ a: "2" }, { branch }))).rejects.toMatchObject({ kind: "configuration" });
    }
  });

  it("a branch that is not there and has nothing to start from", async () => {
    await expect(pushChange(url, options({ a: "2" }, { branch: "none" }))).rejects.toMatchObject({
      kind: "ref-not-found",
    });
  });

  it("by a server that lets read only", async () => {
    const readOnly = http.createServer((request, response) => {
      if (request.url?.includes("git-receive-pack")) return void response.writeHead(403).end("read only");
      const target = http.request(`${url}${(request.url ?? "").replace("/r.git", "")}`, {
        method: request.method,
        headers: request.headers,
      });
      target.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)));
      request.pipe(target);
    });
    const base = await listening(readOnly);
    await expect(pushChange(base, options({ a: "2" }))).rejects.toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("authorization failed") as string,
    });
    readOnly.closeAllConnections();
    readOnly.close();
  });

  it("without showing a password", async () => {
    const wrong = pushChange(url.replace("http://", "http://u:wrong-password@"), options({ a: "2" }, { auth: {} }));
    await expect(wrong).rejects.toMatchObject({
      kind: "authentication",
      message: expect.not.stringContaining("wrong-password") as string,
    });
  });
});

function listening(handler: http.Server): Promise<string> {
  return new Promise((resolve) =>
    handler.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(handler.address() as AddressInfo).port}/r.git`)),
  );
}

it("a push whose answer is lost is not made again", async () => {
  const lossy = http.createServer((request, response) => {
    const target = http.request(`${url}${(request.url ?? "").replace("/r.git", "")}`, {
      method: request.method,
      headers: request.headers,
    });
    const isPush = request.method === "POST" && (request.url ?? "").endsWith("git-receive-pack");
    target.on("response", (answer) => {
      if (isPush) answer.resume().on("end", () => response.destroy());
      else answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    request.pipe(target);
  });
  const pushed = await pushChange(await listening(lossy), options({ a: "2" }));
  expect(git("rev-parse", "main").trim()).toBe(pushed?.commit);
  expect(git("rev-list", "--count", "main").trim()).toBe("2");
  lossy.closeAllConnections();
  lossy.close();
});

describe("another ref", () => {
  const other = "refs/heads/main:refs/heads/other";

  it("gets the commit too, follows, and is never moved back", async () => {
    const first = await pushChange(url, options({ a: "2" }, { refspec: other }));
    expect(first?.refs).toEqual(["refs/heads/main", "refs/heads/other"]);
    await server.commit(repository, { files: { b: "theirs" }, message: "theirs" });
    await server.commit(repository, { files: { b: "theirs again" }, message: "theirs" });
    const second = await pushChange(url, options({ a: "3" }, { refspec: other }));
    expect(git("rev-parse", "other").trim()).toBe(second?.commit);
    await server.commit(repository, { files: { x: "y" }, branch: "other", message: "elsewhere" });
    const third = pushChange(url, options({ a: "4" }, { refspec: other }));
    await expect(third).rejects.toMatchObject({
      kind: "rejected",
      message: "failed to push to remote: non-fast-forward update: refs/heads/other",
    });
    expect((await contentOf("main"))["a"]).toBe("3");
  });

  it("and the branch move together or not at all", async () => {
    hook("update", '[ "$1" != refs/heads/other ] || { echo "other is closed" >&2; exit 1; }');
    const refused = pushChange(url, options({ a: "2" }, { refspec: other }));
    await expect(refused).rejects.toThrow("command error on refs/heads/other: hook declined: other is closed");
    expect((await contentOf("main"))["a"]).toBe("1");
  });

  it("is neither taken away nor forced", async () => {
    const wrong = [
      ":refs/heads/x",
      "+refs/heads/main:refs/heads/x",
      "refs/heads/x:refs/heads/y",
      "a:b:c",
      "refs/heads/*:x",
    ];
    for (const refspec of wrong) {
      const pushed = pushChange(url, options({ a: "2" }, { refspec }));
      await expect(pushed).rejects.toMatchObject({ kind: "configuration" });
    }
  });
});

describe("push options", () => {
  const pushOptions = { "ci.skip": "", topic: "images" };

  it("reach the hooks", async () => {
    git("config", "receive.advertisePushOptions", "true");
    hook("pre-receive", `env | grep ^GIT_PUSH_OPTION_ | sort > ${join(path, "options")}`);
    await pushChange(url, options({ a: "2" }, { pushOptions }));
    expect(readFileSync(join(path, "options"), "utf8")).toBe(
      "GIT_PUSH_OPTION_0=ci.skip=\nGIT_PUSH_OPTION_1=topic=images\nGIT_PUSH_OPTION_COUNT=2\n",
    );
  });

  it("are not dropped in silence", async () => {
    await expect(pushChange(url, options({ a: "2" }, { pushOptions }))).rejects.toMatchObject({ kind: "unsupported" });
  });
});

describe("a branch that is made anew", () => {
  const update = { branch: "update", from: { kind: "branch", name: "main" } } as const;
  const anew = { ...update, replaces: () => true };

  it("has one commit on what its base has become", async () => {
    await pushChange(url, options({ a: "2" }, anew));
    await server.commit(repository, { files: { b: "theirs" }, message: "theirs" });
    const pushed = await pushChange(url, options({ a: "3" }, anew));
    expect(await contentOf("update")).toMatchObject({ a: "3", b: "theirs" });
    expect(git("rev-parse", "update", "update~1").trim().split("\n")).toEqual([
      pushed?.commit,
      git("rev-parse", "main").trim(),
    ]);
    git("fsck", "--strict");
  });

  it("is gone on with where the caller says so, and the caller sees both", async () => {
    const first = await pushChange(url, options({ a: "2" }, update));
    const seen: string[] = [];
    const replaces = (head: GitCommit, base: GitCommit): boolean => seen.push(head.sha, base.sha) === 0;
    const second = await pushChange(url, options({ gone: "3" }, { ...update, replaces }));
    expect(seen).toEqual([first?.commit, git("rev-parse", "main").trim()]);
    expect(second?.base).toBe(first?.commit);
  });

  it("keeps what somebody pushed at that moment: the caller is asked again", async () => {
    await pushChange(url, options({ a: "2" }, anew));
    const heads: string[] = [];
    const pushed = await pushChange(url, {
      ...options({}, anew),
      replaces: (head) => heads.push(head.sha) === 1,
      plan: async () => {
        if (heads.length === 1)
          await server.commit(repository, { files: { b: "theirs" }, branch: "update", message: "theirs" });
        return draft({ a: "3" });
      },
    });
    expect(pushed?.base).toBe(heads[1]);
    expect(await contentOf("update")).toMatchObject({ a: "3", b: "theirs" });
  });

  it("is left where the server forbids it, in its words", async () => {
    await pushChange(url, options({ a: "2" }, anew));
    git("config", "receive.denyNonFastForwards", "true");
    const before = git("rev-parse", "update");
    await expect(pushChange(url, options({ a: "3" }, anew))).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("command error on refs/heads/update: non-fast-forward") as string,
    });
    expect(git("rev-parse", "update")).toBe(before);
  });

  it("is told by its commits: those that the base has not", async () => {
    const first = await pushChange(url, options({ a: "2" }, update));
    const sha = await server.commit(repository, { files: { b: "x" }, branch: "update", message: "theirs" });
    await server.commit(repository, { files: { c: "main" }, message: "elsewhere" });
    const range = { of: sha, beyond: git("rev-parse", "main").trim() };
    const commits = (await listNewCommits(url, range, { auth })) ?? [];
    expect(new Map(commits.map((commit) => [commit.sha, commit.author.email]))).toEqual(
      new Map([
        [sha, "eddy@example.org"],
        [first?.commit, "e@example.org"],
      ]),
    );
    expect(await listNewCommits(url, { of: sha, beyond: sha }, { auth })).toEqual([]);
  });
});
