import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer, type GitServer, type Push } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRepository, pushCommit, type PushCommitOptions } from "./index.ts";

const auth = { username: "u", password: "secret-p" };
let folder: string;
let server: GitServer;
let url: string;
let path: string;
let sequence = 0;
const pushes: Push[] = [];
const options: PushCommitOptions = {
  auth,
  branch: "main",
  files: { a: "2" },
  message: "by Eddy",
  author: { name: "Eddy", email: "e@example.org" },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-push-test-"));
  server = await startGitServer({ dir: join(folder, "git"), credentials: auth, onPush: (push) => pushes.push(push) });
});
beforeEach(async () => {
  ({ url, path } = await server.createRepository(`r${sequence++}`, {
    a: "1",
    "run.sh": { content: "#!", executable: true },
    gone: "x",
  }));
  pushes.length = 0;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function contentOf(branch: string): Promise<Record<string, string>> {
  const remote = openRepository(url, { auth });
  try {
    const { tree } = await remote.fetch(await remote.resolve({ kind: "branch", name: branch }));
    const read = (file: string): string =>
      `${tree.isExecutable?.(file) ? "x " : ""}${Buffer.from(tree.read(file) ?? []).toString()}`;
    return Object.fromEntries((tree.list("") ?? []).map((file) => [file, read(file)]));
  } finally {
    remote.close();
  }
}

describe("pushCommit", () => {
  it("changes, adds and deletes files, keeps modes, and the server tells", async () => {
    const commit = await pushCommit(url, {
      ...options,
      files: { a: "2", b: "new", gone: null, "run.sh": "#!/bin/sh" },
    });
    expect(await contentOf("main")).toEqual({ a: "2", b: "new", "run.sh": "x #!/bin/sh" });
    expect(pushes).toMatchObject([{ refs: [{ name: "refs/heads/main", new: commit }] }]);
  });

  it("makes a branch from another one", async () => {
    await pushCommit(url, { ...options, branch: "eddy/update", from: "main" });
    expect((await contentOf("eddy/update"))["a"]).toBe("2");
    expect((await contentOf("main"))["a"]).toBe("1");
  });

  it("makes the first commit of an empty repository", async () => {
    ({ url } = await server.createRepository(`r${sequence++}`, {}));
    await pushCommit(url, options);
    expect(await contentOf("main")).toEqual({ a: "2" });
  });

  it("does nothing when nothing changes", async () => {
    expect(await pushCommit(url, { ...options, files: { a: "1" } })).toBeUndefined();
    expect(pushes).toEqual([]);
  });

  it("is refused by a hook, without force", async () => {
    writeFileSync(join(path, "hooks", "pre-receive"), "#!/bin/sh\necho 'signed commits only' >&2\nexit 1\n", {
      mode: 0o700,
    });
    await expect(pushCommit(url, options)).rejects.toMatchObject({ kind: "rejected" });
    expect((await contentOf("main"))["a"]).toBe("1");
  });

  it("shows no password, neither in errors nor in arguments", async () => {
    const program = join(folder, "git.cjs");
    const log = join(folder, "git.log");
    const { PATH = "" } = process.env;
    writeFileSync(
      program,
      `#!${process.execPath}\nrequire("node:fs").appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(" ") + "\\n");
process.exitCode = require("node:child_process").spawnSync("git", process.argv.slice(2), { stdio: "inherit", env: { ...process.env, PATH: ${JSON.stringify(PATH)} } }).status;\n`,
      { mode: 0o700 },
    );
    await pushCommit(url, { ...options, programs: { git: program } });
    expect(readFileSync(log, "utf8")).toContain("push --quiet");
    expect(readFileSync(log, "utf8")).not.toContain("secret-p");
    const wrong = pushCommit(url.replace("http://", "http://u:wrong-password@"), { ...options, auth: {} });
    await expect(wrong).rejects.toMatchObject({
      kind: "authentication",
      message: expect.not.stringContaining("wrong-password") as string,
    });
  });
});
