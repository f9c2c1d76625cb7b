import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer, type GitServer } from "@eddy/git-server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushChange, type PushChangeOptions } from "../index.ts";

const backend = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");
const author = { name: "Eddy", email: "e@example.org" };
let folder: string;
let server: GitServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-real-git-"));
  server = await startGitServer({ dir: folder });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const git = (repository: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "safe.directory=*", "-C", join(folder, `${repository}.git`), ...args], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();

function options(files: Record<string, string | null>): PushChangeOptions {
  return { branch: "main", plan: () => ({ files, message: "m", author }) };
}

/** A path of names that Git's order is hard on. */
const name = fc.constantFrom("a", "a.b", "a-", "a0", "A", "ä", "b c", "dir", "dir.x", "日本");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => steps.join("/"));

/** No file where another path has a folder. */
function withoutClashes(files: Record<string, string>): Record<string, string> {
  const paths = Object.keys(files);
  return Object.fromEntries(
    Object.entries(files).filter(([file]) => !paths.some((other) => other !== file && other.startsWith(`${file}/`))),
  );
}

it("makes the trees that git makes", async () => {
  let sequence = 0;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, fc.string(), { minKeys: 1, maxKeys: 8 }), fc.nat(), async (random, gone) => {
      const before = withoutClashes(random);
      const paths = Object.keys(before);
      const removed = paths[gone % paths.length] ?? "";
      const repository = `p${sequence++}`;
      const { url } = await server.createRepository(repository, before);
      const files: Record<string, string | null> = Object.fromEntries(paths.map((file) => [file, `${before[file]}!`]));
      files[removed] = null;
      files["zz/new"] = "1";
      await pushChange(url, options(files));
      const ours = git(repository, "rev-parse", "main^{tree}");
      await server.createRepository(`${repository}-git`, before);
      await server.commit(`${repository}-git`, { files, message: "m" });
      expect(ours).toBe(git(`${repository}-git`, "rev-parse", "main^{tree}"));
      git(repository, "fsck", "--strict");
    }),
    { numRuns: 5 },
  );
});

describe.skipIf(!existsSync(backend))("git http-backend", () => {
  /** A web server with Git's own CGI program. Source: RFC 3875. */
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const header = (key: string): string => (request.headers[key] as string | undefined) ?? "";
    const child = spawn(backend, [], {
      env: {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
        REQUEST_METHOD: request.method,
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: header("content-type"),
        CONTENT_LENGTH: header("content-length"),
        HTTP_CONTENT_ENCODING: header("content-encoding"),
        HTTP_GIT_PROTOCOL: header("git-protocol"),
        REMOTE_USER: "somebody",
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    request.pipe(child.stdin);
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on("data", (chunk: Buffer) => {
      if (head === undefined) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const headers = head
        .toString("latin1", 0, end)
        .split("\r\n")
        .map((line) => line.split(": ", 2) as [string, string]);
      const status = headers.find(([key]) => key === "Status")?.[1] ?? "200";
      response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([key]) => key !== "Status")));
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.stdout.on("end", () => response.end());
  }

  it("takes a push; without leave to push it says so", async () => {
    await server.createRepository("cgi", { "a.yaml": "a: 1\n" });
    const web = http.createServer(answer);
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/cgi.git`;
    try {
      const pushed = await pushChange(url, options({ "a.yaml": "a: 2\n", "b/c": "x" }));
      expect(git("cgi", "rev-parse", "main")).toBe(pushed?.commit);
      expect(git("cgi", "show", "main:a.yaml")).toBe("a: 2");
      git("cgi", "fsck", "--strict");
      git("cgi", "config", "http.receivepack", "false");
      await expect(pushChange(url, options({ "a.yaml": "a: 3\n" }))).rejects.toMatchObject({
        kind: "authentication",
        message: expect.stringContaining("authorization failed") as string,
      });
    } finally {
      web.closeAllConnections();
      web.close();
    }
  });
});
