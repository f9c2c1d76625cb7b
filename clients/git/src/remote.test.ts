import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@eddy/core/clock";
import { startGitServer, type GitServer, type GitServerOptions } from "@eddy/git-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openRepository, type GitReference, type GitRemote, type OpenRepositoryOptions } from "./index.ts";

let folder: string;
let server: GitServer;
let sequence = 0;
const closing: (() => unknown)[] = [];
const main: GitReference = { kind: "branch", name: "main" };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-git-test-"));
  server = await startGitServer({ dir: join(folder, "open") });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(url: string, options?: OpenRepositoryOptions): GitRemote {
  const remote = openRepository(url, options);
  closing.push(() => remote.close());
  return remote;
}

async function serve(options: Omit<GitServerOptions, "dir">): Promise<GitServer> {
  const started = await startGitServer({ dir: join(folder, `server-${sequence++}`), ...options });
  closing.push(() => started.stop());
  return started;
}

async function listen(handler: http.RequestListener): Promise<string> {
  const plain = http.createServer(handler);
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    plain.closeAllConnections();
    plain.close();
  });
  return `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
}

const name = (): string => `r${sequence++}`;

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}

async function fetchMain(remote: GitRemote, submodules = false): ReturnType<GitRemote["fetch"]> {
  return remote.fetch(await remote.resolve(main), { submodules });
}

describe("over HTTP", () => {
  it("gives the commit and its files", async () => {
    const repository = await server.createRepository(
      name(),
      { "a/b.txt": "hello", "run.sh": { content: "#!", executable: true }, link: { link: "/etc/passwd" } },
      { message: "Subject\n\nBody", date: 1_700_000_000_000 },
    );
    const commit = await fetchMain(open(repository.url));
    expect(commit).toMatchObject({
      sha: repository.commit,
      revision: `main@sha1:${repository.commit}`,
      message: "Subject\n\nBody",
      author: { name: "Eddy", email: "eddy@example.org", when: 1_700_000_000_000, offset: "+0000" },
      parents: [],
      signature: undefined,
      tag: undefined,
    });
    const { tree } = commit;
    expect(tree.list("")).toEqual(["a", "link", "run.sh"]);
    expect(["", "a", "a/b.txt", "link", "none", "a/b.txt/c"].map((path) => tree.kindOf(path))).toEqual([
      "directory",
      "directory",
      "file",
      "symlink",
      undefined,
      undefined,
    ]);
    expect(text(tree.read("a/b.txt"))).toBe("hello");
    expect(tree.identityOf?.("a/b.txt")).toBe("b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
    expect(["link", "a/b.txt", "none"].map((path) => tree.readLink?.(path))).toEqual([
      "/etc/passwd",
      undefined,
      undefined,
    ]);
    expect([tree.read("link"), tree.isExecutable?.("run.sh"), tree.isExecutable?.("a/b.txt")]).toEqual([
      undefined,
      true,
      false,
    ]);
  });

  it("asks once for the capabilities, then one request for each poll, and fetches only what is new", async () => {
    const counted = await serve({});
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, number) => [
        `d${number % 10}/${number}.txt`,
        `file ${number} ${"x".repeat(number)}`,
      ]),
    );
    const { url } = await counted.createRepository("r", files);
    const remote = open(url);
    const first = await fetchMain(remote);
    await counted.commit("r", { files: { "d1/1.txt": "changed", "d1/11.txt": null }, message: "two" });
    const second = await fetchMain(remote);
    expect(text(second.tree.read("d1/1.txt"))).toBe("changed");
    expect(second.tree.kindOf("d1/11.txt")).toBeUndefined();
    expect(text(second.tree.read("d2/2.txt"))).toBe(files["d2/2.txt"]);
    expect(text(first.tree.read("d1/1.txt"))).toBe(files["d1/1.txt"]);
    await fetchMain(remote);
    expect(counted.requests()).toEqual({
      "GET git-upload-pack": 1,
      "POST git-upload-pack/ls-refs": 3,
      "POST git-upload-pack/pack": 2,
    });
  });

  it("answers polls that come together with one request, and never with an older answer", async () => {
    const counted = await serve({});
    const { url } = await counted.createRepository("r", { a: "1" });
    const remote = open(url);
    await remote.resolve(main);
    const first = remote.resolve(main);
    const others = Array.from({ length: 20 }, () => remote.resolve(main));
    await Promise.all([first, ...others]);
    expect(counted.requests()["POST git-upload-pack/ls-refs"]).toBe(3);
  });

  it("shares what is here among remotes of one URL", async () => {
    const counted = await serve({});
    const { url } = await counted.createRepository("r", { a: "1" });
    const [left, right] = [open(url), open(url)];
    await fetchMain(left);
    expect(text((await fetchMain(right)).tree.read("a"))).toBe("1");
    expect(counted.requests()["POST git-upload-pack/pack"]).toBe(1);
  });

  it("keeps packs across restarts in a cache folder, and does without them when they are damaged", async () => {
    const counted = await serve({});
    const { url } = await counted.createRepository("r", { a: "1", b: "2" });
    const fetchWith = async (cacheDir: string): Promise<string | undefined> => {
      const remote = openRepository(`${url}/`.replace(/\/$/, "/".repeat(sequence++ % 2)), { cacheDir });
      try {
        return text((await fetchMain(remote)).tree.read("b"));
      } finally {
        remote.close();
      }
    };
    const cacheDir = join(folder, `cache-${sequence}`);
    expect(await fetchWith(cacheDir)).toBe("2");
    const moved = `${cacheDir}-moved`;
    execFileSync("cp", ["-r", cacheDir, moved]);
    const packs = (): number => counted.requests()["POST git-upload-pack/pack"] ?? 0;
    const before = packs();
    sequence++;
    expect(await fetchWith(moved)).toBe("2");
    expect(packs()).toBe(before);
    const damaged = `${cacheDir}-damaged`;
    execFileSync("cp", ["-r", cacheDir, damaged]);
    for (const entry of readdirSync(damaged, { recursive: true, encoding: "utf8" })) {
      if (entry.endsWith(".pack")) writeFileSync(join(damaged, entry), Buffer.alloc(400, 0x91));
    }
    sequence++;
    expect(await fetchWith(damaged)).toBe("2");
    expect(packs()).toBe(before + 1);
  });

  it.each<[string, OpenRepositoryOptions["limits"] & object, string]>([
    ["pack", { maxPackBytes: 100 }, "more than 100 bytes"],
    ["object", { maxObjectBytes: 1000 }, "at most 1000 are allowed"],
    ["number of objects", { maxObjects: 2 }, "at most 2 are allowed"],
  ])("keeps to the limit of one %s", async (_, limits, want) => {
    const { url } = await server.createRepository(name(), {
      a: "1".repeat(5000),
      b: `${Math.PI}${Math.E}`.repeat(50) + name(),
    });
    await expect(fetchMain(open(url, { limits }))).rejects.toThrow(want);
  });

  it("gives up on a server that hangs, and goes on with the next", async () => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<void>();
    const url = await listen(() => asked.resolve());
    const resolving = open(`${url}/x.git`, { timeoutMs: 100, clock }).resolve(main);
    const refused = resolving.catch((error: unknown) => error);
    await asked.promise;
    clock.advance(100);
    expect(await refused).toMatchObject({ kind: "timeout", message: "context deadline exceeded (100ms)" });
  });

  it.each<[string, number, string, string, string]>([
    ["500", 500, "text/html", "<b>no</b>", `status code: 500`],
    ["429", 429, "text/plain", "slow down", "status code: 429: slow down"],
    ["403", 403, "text/plain", "not you\nsecond line", "authorization failed: not you"],
    ["a page instead of a repository", 200, "text/html", "<html>", 'the server answers with "text/html"'],
    [
      "a cut advertisement",
      200,
      "application/x-git-upload-pack-advertisement",
      "001e# service=git-upl",
      "in the middle of a packet",
    ],
  ])("tells of %s", async (_, status, type, body, want) => {
    const url = await listen((_request, response) => response.writeHead(status, { "content-type": type }).end(body));
    await expect(open(`${url}/x.git`).resolve(main)).rejects.toThrow(want);
  });

  it("tells of a server that is not there", async () => {
    await expect(open("http://127.0.0.1:1/x.git").resolve(main)).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
  });
});

describe("credentials", () => {
  it("are sent as basic or bearer, and refused ones are told", async () => {
    const secured = await serve({ credentials: { username: "u", password: "secret-p", bearerToken: "secret-t" } });
    const { url } = await secured.createRepository("r", { a: "1" });
    const withUser = url.replace("http://", "http://u:secret-p@");
    for (const [address, auth] of [
      [url, { username: "u", password: "secret-p" }],
      [url, { bearerToken: "secret-t" }],
      [withUser, {}],
    ] as const) {
      expect((await open(address, { auth }).resolve(main)).commit).toHaveLength(40);
    }
    for (const auth of [{}, { username: "u", password: "other-p" }, { bearerToken: "other-t" }]) {
      await expect(open(url, { auth }).resolve(main)).rejects.toMatchObject({
        kind: "authentication",
        message: "authentication required: authentication required",
      });
    }
  });

  it("decide who shares what was fetched: nobody else, and the same one also with a newer token", async () => {
    const secured = await serve({ credentials: { username: "u", password: "secret-p", bearerToken: "secret-t" } });
    const { url, commit = "" } = await secured.createRepository("r", { a: "1" });
    const app = open(url, { auth: { username: "u", password: "secret-p", principal: "app 7" } });
    await fetchMain(app);
    const known = { commit, revision: `main@sha1:${commit}` };
    const renewed = { auth: { bearerToken: "secret-t", principal: "app 7" } };
    expect(text((await open(url, renewed).fetch(known)).tree.read("a"))).toBe("1");
    expect(secured.requests()["POST git-upload-pack/pack"]).toBe(1);
    const { tree } = await open(url, { auth: { bearerToken: "secret-t" } }).fetch(known);
    expect([text(tree.read("a")), secured.requests()["POST git-upload-pack/pack"]]).toEqual(["1", 2]);
    await expect(open(url).fetch(known)).rejects.toMatchObject({ kind: "authentication" });
    await expect(open(url, { ...renewed, proxy: { address: "http://127.0.0.1:1" } }).fetch(known)).rejects.toThrow(
      "connect",
    );
  });

  it("are not sent to another host after a redirect, and the rest of the conversation goes there", async () => {
    const { url } = await server.createRepository(name(), { a: "1" });
    const seen: (string | undefined)[] = [];
    const elsewhere = await listen((request, response) => {
      seen.push(request.headers.authorization);
      const target = new URL(request.url ?? "/", server.url);
      request.pipe(
        http.request(
          target,
          { method: request.method, headers: { ...request.headers, host: target.host } },
          (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
          },
        ),
      );
    });
    const first: (string | undefined)[] = [];
    const redirecting = await listen((request, response) => {
      first.push(request.headers.authorization);
      response
        .writeHead(302, {
          location:
            elsewhere.replace("127.0.0.1", "localhost") +
            new URL(request.url ?? "/", server.url).pathname +
            "?service=git-upload-pack",
        })
        .end();
    });
    const remote = open(redirecting + new URL(url).pathname, { auth: { username: "u", password: "p" } });
    expect(text((await fetchMain(remote)).tree.read("a"))).toBe("1");
    expect(first).toEqual([`Basic ${Buffer.from("u:p").toString("base64")}`]);
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  it("a repository that moved back is found again", async () => {
    const { url } = await server.createRepository(name(), { a: "1" });
    let gone = false;
    const elsewhere = await listen((request, response) => {
      if (gone) return response.writeHead(410).end();
      const target = new URL(request.url ?? "/", server.url);
      return request.pipe(
        http.request(
          target,
          { method: request.method, headers: { ...request.headers, host: target.host } },
          (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
          },
        ),
      );
    });
    const first = await listen((request, response) => {
      response.writeHead(307, { location: `${gone ? server.url : elsewhere}${request.url}` }).end();
    });
    const remote = open(first + new URL(url).pathname);
    await remote.resolve(main);
    gone = true;
    await expect(remote.resolve(main)).rejects.toThrow("status code: 410");
    expect((await remote.resolve(main)).commit).toHaveLength(40);
  });

  it("are not carried in a circle: redirects end", async () => {
    const url: string = await listen((request, response) =>
      response.writeHead(302, { location: request.url ?? "/" }).end(),
    );
    await expect(open(`${url}/x.git`).resolve(main)).rejects.toThrow("more than 5");
  });

  it("do not travel in a refused configuration", () => {
    expect(() => openRepository("git@example.org:a/b.git")).toThrow("failed to parse url");
    expect(() => openRepository("ftp://u:p@example.org/x")).toThrow("failed to parse url 'ftp://example.org/x'");
    const hidden = "failed to parse url 'https://example.org:99999/x'";
    expect(() => openRepository("https://u:p@example.org:99999/x")).toThrow(hidden);
    expect(() => openRepository("https://u:a/b@c@example.org:99999/x")).toThrow(hidden);
    expect(() => openRepository("https://example.org/x", { auth: { password: "p" } })).toThrow(
      "'password' requires 'username'",
    );
    expect(() => openRepository("https://example.org/x", { proxy: { address: "socks5://example.org:1080" } })).toThrow(
      'scheme "socks5" is not supported',
    );
  });
});

describe("proxies", () => {
  it("are used for plain HTTP, with their own credentials", async () => {
    const { url } = await server.createRepository(name(), { a: "1" });
    const asked: string[] = [];
    const proxy = await listen((request, response) => {
      asked.push(`${request.url?.slice(0, 7)} ${request.headers["proxy-authorization"]}`);
      const target = new URL(request.url ?? "");
      request.pipe(
        http.request(target, { method: request.method, headers: request.headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    await open(url, { proxy: { address: proxy, username: "u", password: "p" } }).resolve(main);
    expect(asked).toEqual(Array.from({ length: 2 }, () => `http:// Basic ${Buffer.from("u:p").toString("base64")}`));
  });
});

describe("TLS", () => {
  const dir = mkdtempSync(join(tmpdir(), "eddy-git-tls-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const certificateTool = "openssl";
  const openssl = (...args: string[]): void => void execFileSync(certificateTool, args, { cwd: dir, stdio: "pipe" });
  const pem = (file: string): string => execFileSync("cat", [join(dir, file)], { encoding: "utf8" });
  let tls: GitServer;
  let url: string;

  beforeAll(async () => {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test-ca");
    for (const who of ["server", "client"]) {
      openssl("req", ...key, "-keyout", `${who}.key`, "-out", `${who}.csr`, "-subj", `/CN=${who}`);
      writeFileSync(join(dir, "ext"), "subjectAltName=IP:127.0.0.1");
      openssl(
        "x509",
        "-req",
        "-in",
        `${who}.csr`,
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        `${who}.crt`,
        "-days",
        "2",
        "-extfile",
        "ext",
      );
    }
    tls = await startGitServer({
      dir: join(folder, "tls"),
      tls: { cert: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") },
    });
    ({ url } = await tls.createRepository("r", { a: "1" }));
  });
  afterAll(() => tls.stop());

  it("trusts the given authority and shows the client certificate, also through a proxy", async () => {
    const auth = { caCert: pem("ca.crt"), clientCert: pem("client.crt"), clientKey: pem("client.key") };
    expect(text((await fetchMain(open(url, { auth }))).tree.read("a"))).toBe("1");
    const connects: string[] = [];
    const proxy = http.createServer();
    proxy.on("connect", (request, socket) => {
      connects.push(request.url ?? "");
      const [host = "", port = ""] = (request.url ?? "").split(":");
      const target = net.connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
      target.on("error", () => socket.destroy());
      socket.on("error", () => target.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    closing.push(() => proxy.close());
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    expect(text((await fetchMain(open(url, { auth, proxy: { address } }))).tree.read("a"))).toBe("1");
    expect(connects).toEqual([new URL(url).host]);
  });

  async function listenSecurely(handler: http.RequestListener): Promise<string> {
    const options = { cert: pem("server.crt"), key: pem("server.key"), ca: pem("ca.crt") };
    const secure = https.createServer({ ...options, requestCert: true, rejectUnauthorized: false }, handler);
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    closing.push(
      () => secure.close(),
      () => secure.closeAllConnections(),
    );
    return `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  }
  const certificateOf = (request: http.IncomingMessage): unknown =>
    (request.socket as TLSSocket).getPeerCertificate().subject?.CN;

  it("shows the client certificate to the first host of a redirect only", async () => {
    const seen: unknown[] = [];
    const elsewhere = await listenSecurely((request, response) => {
      seen.push(certificateOf(request));
      response.writeHead(410).end();
    });
    const first = await listenSecurely((request, response) => {
      seen.push(certificateOf(request));
      response.writeHead(302, { location: `${elsewhere}${request.url}` }).end();
    });
    const auth = { caCert: pem("ca.crt"), clientCert: pem("client.crt"), clientKey: pem("client.key") };
    await expect(open(`${first}/r.git`, { auth }).resolve(main)).rejects.toThrow("410");
    expect(seen).toEqual(["client", undefined]);
  });

  it("does not follow a redirect that leaves it", async () => {
    const asked: unknown[] = [];
    const plain = await listen((request, response) => {
      asked.push(request.url);
      response.writeHead(410).end();
    });
    const first = await listenSecurely((request, response) =>
      response.writeHead(302, { location: `${plain}${request.url}` }).end(),
    );
    const remote = open(`${first}/r.git`, { auth: { caCert: pem("ca.crt"), username: "u", password: "p" } });
    await expect(remote.resolve(main)).rejects.toThrow("refused to leave https for http");
    expect(asked).toEqual([]);
  });

  it("refuses a certificate that it does not know", async () => {
    await expect(open(url).resolve(main)).rejects.toMatchObject({ kind: "certificate" });
  });

  it("is refused without the client certificate", async () => {
    await expect(open(url, { auth: { caCert: pem("ca.crt") } }).resolve(main)).rejects.toMatchObject({
      kind: "unreachable",
    });
  });
});

describe("references", () => {
  it("of every kind are resolved", async () => {
    const repository = name();
    const { url, commit = "" } = await server.createRepository(repository, { a: "1" });
    const later = await server.commit(repository, { files: { a: "2" }, message: "later", date: Date.UTC(2030, 0, 1) });
    const tagObject = await server.tag(repository, "v1.1.0", { target: commit, message: "release\n" });
    await server.tag(repository, "1.1.0+build", { target: later });
    const remote = open(url);
    const resolve = async (reference: GitReference): Promise<string> => (await remote.resolve(reference)).revision;
    expect(await resolve({ kind: "tag", name: "v1.1.0" })).toBe(`v1.1.0@sha1:${commit}`);
    expect(await resolve({ kind: "name", name: "refs/heads/main" })).toBe(`refs/heads/main@sha1:${later}`);
    expect(await resolve({ kind: "name", name: "refs/tags/v1.1.0^{}" })).toBe(`refs/tags/v1.1.0^{}@sha1:${commit}`);
    expect(await resolve({ kind: "semver", range: "1.x" })).toBe(`1.1.0+build@sha1:${later}`);
    expect(await resolve({ kind: "commit", sha: commit })).toBe(`sha1:${commit}`);
    const tagged = await remote.fetch(await remote.resolve({ kind: "tag", name: "v1.1.0" }));
    expect(tagged.tag).toMatchObject({
      oid: tagObject,
      name: "v1.1.0",
      target: commit,
      message: "release\n",
      tagger: { name: "Eddy" },
    });
  });

  it.each<[GitReference, string]>([
    [{ kind: "branch", name: "dev" }, 'couldn\'t find remote ref "refs/heads/dev"'],
    [{ kind: "tag", name: "v9" }, 'couldn\'t find remote ref "refs/tags/v9"'],
    [{ kind: "name", name: "refs/pull/1/head" }, "unable to resolve ref 'refs/pull/1/head' to a specific commit"],
    [{ kind: "semver", range: ">1" }, "no match found for semver: >1"],
    [{ kind: "semver", range: "!" }, "semver parse error: improper constraint"],
    [{ kind: "branch", name: "/x" }, "cannot begin or end with a slash"],
    [{ kind: "branch", name: "a b" }, "is invalid"],
    [{ kind: "commit", sha: "abc" }, "want 40 hex digits"],
    [{ kind: "commit", sha: "1".repeat(40) }, "object not found"],
  ])("%j is refused", async (reference, want) => {
    const { url } = await server.createRepository(name(), { a: "1" });
    const remote = open(url);
    await expect(remote.resolve(reference).then((resolved) => remote.fetch(resolved))).rejects.toThrow(want);
  });

  it("of an empty repository are told apart", async () => {
    const { url } = await server.createRepository(name(), {});
    await expect(open(url).resolve(main)).rejects.toMatchObject({ kind: "empty", message: "git repository is empty" });
  });
});

describe("trees that are dangerous", () => {
  it.each([".git", "..", "GIT~1"])("with %s are refused", async (bad) => {
    const { url, path } = await server.createRepository(name(), { a: "1" });
    const git = (args: string[], input?: string): string =>
      execFileSync("git", ["-C", path, ...args], {
        input,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], HOME: folder },
      }).trim();
    const blob = git(["hash-object", "-w", "--stdin"], "x");
    const tree = Buffer.concat([Buffer.from(`100644 ${bad}\0`), Buffer.from(blob, "hex")]);
    const treeId = execFileSync("git", ["-C", path, "hash-object", "-t", "tree", "-w", "--literally", "--stdin"], {
      input: tree,
      encoding: "utf8",
    }).trim();
    const commit = git(["-c", "user.name=e", "-c", "user.email=e@e", "commit-tree", treeId, "-m", "bad"]);
    git(["update-ref", "refs/heads/main", commit]);
    await expect(fetchMain(open(url))).rejects.toMatchObject({ kind: "unsafe" });
  });
});

describe("submodules", () => {
  const link = async (url: string, path: string, commit?: string): Promise<{ outer: string }> => {
    const inner = await server.createRepository(name(), { "deep/x": "inner" });
    const outerName = name();
    const outer = await server.createRepository(outerName, {
      ".gitmodules": `[submodule "s"]\n\tpath = ${path}\n\turl = ${url.replace("INNER", new URL(inner.url).pathname.slice(1))}\n`,
      a: "1",
    });
    const importing = `commit refs/heads/main\ncommitter e <e@e> 1700000000 +0000\ndata 1\nx\nfrom refs/heads/main^0\nM 160000 ${commit ?? inner.commit} ${path}\n`;
    execFileSync("git", ["-C", outer.path, "fast-import", "--quiet"], { input: importing });
    return { outer: outer.url };
  };

  it("are fetched in place, by relative URLs too, and only when wanted", async () => {
    const { outer } = await link("../INNER", "lib/sub");
    const remote = open(outer);
    const without = await fetchMain(remote);
    expect([without.tree.kindOf("lib/sub"), without.tree.list("lib/sub")]).toEqual(["directory", []]);
    const { tree } = await fetchMain(remote, true);
    expect(text(tree.read("lib/sub/deep/x"))).toBe("inner");
    expect([tree.list("lib"), tree.list("lib/sub"), tree.kindOf("lib/sub")]).toEqual([["sub"], ["deep"], "directory"]);
  });

  it("are not taken from what somebody else was allowed to fetch", async () => {
    const secured = await serve({ credentials: { username: "u", password: "secret-p" } });
    const inner = await secured.createRepository("private", { a: "secret" });
    await fetchMain(open(inner.url, { auth: { username: "u", password: "secret-p" } }));
    const { outer } = await link(inner.url, "sub", inner.commit);
    await expect(fetchMain(open(outer), true)).rejects.toMatchObject({ kind: "authentication" });
  });

  it.each(["--upload-pack=touch /tmp/x", "/etc", "file:///etc", "../../../../etc", "ext::sh -c id"])(
    "with the url %s are refused",
    async (url) => {
      const { outer } = await link(url, "sub");
      await expect(fetchMain(open(outer), true)).rejects.toMatchObject({ kind: "unsafe" });
    },
  );
});

describe("over a child process", () => {
  it("reads a local folder, by path and file URL", async () => {
    const repository = name();
    const { path } = await server.createRepository(repository, { a: "1" });
    const remote = open(path);
    expect(text((await fetchMain(remote)).tree.read("a"))).toBe("1");
    await server.commit(repository, { files: { a: "2" }, message: "two" });
    expect(text((await fetchMain(remote)).tree.read("a"))).toBe("2");
    expect((await open(`file://${path}`).resolve(main)).commit).toHaveLength(40);
    const working = join(folder, name());
    execFileSync("git", ["clone", "--quiet", path, working], { stdio: "pipe" });
    expect((await open(working).resolve(main)).commit).toHaveLength(40);
    await expect(open(join(folder, "nowhere")).resolve(main)).rejects.toMatchObject({ kind: "not-found" });
  });

  /** A stand-in for `ssh` that writes down how it was called and runs the service here, or fails as `ssh` does. */
  function fakeSsh(behaviour: string): {
    program: string;
    calls: () => { args: string[]; environment: Record<string, string> }[];
  } {
    const id = sequence++;
    const program = join(folder, `ssh-${id}.cjs`);
    const log = join(folder, `ssh-${id}.log`);
    writeFileSync(log, "");
    writeFileSync(
      program,
      `#!${process.execPath}
const { appendFileSync } = require("node:fs"); const { spawn } = require("node:child_process");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, environment: process.env }) + "\\n");
${behaviour}
const [, service, path] = /^(\\S+) '(.*)'$/.exec(args.at(-1));
const env = { ...process.env }; if (${JSON.stringify(behaviour)}.includes("v0")) delete env.GIT_PROTOCOL;
spawn("git", ["-c", "safe.directory=*", service.slice(4), path], { stdio: "inherit", env }).on("exit", (code) => process.exit(code));
`,
      { mode: 0o700 },
    );
    const calls = (): { args: string[]; environment: Record<string, string> }[] =>
      execFileSync("cat", [log], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as never);
    return { program, calls };
  }
  const auth = { identity: "PRIVATE KEY", knownHosts: "host key", identityPassphrase: "secret-phrase" };

  it.each(["", "// v0"])(
    "speaks to SSH with strict host keys and nothing secret in the arguments %s",
    async (behaviour) => {
      const repository = name();
      const { path } = await server.createRepository(repository, { a: "1" });
      const ssh = fakeSsh(behaviour);
      const remote = open(`ssh://deploy@example.org:2222${path}`, { auth, programs: { ssh: ssh.program } });
      expect(text((await fetchMain(remote)).tree.read("a"))).toBe("1");
      await server.commit(repository, { files: { b: "2" }, message: "two" });
      const second = await fetchMain(remote);
      expect([text(second.tree.read("a")), text(second.tree.read("b"))]).toEqual(["1", "2"]);
      const [call] = ssh.calls();
      expect(call?.args.slice(-7)).toEqual([
        "-p",
        "2222",
        "-l",
        "deploy",
        "--",
        "example.org",
        `git-upload-pack '${path}'`,
      ]);
      expect(call?.args).toContain("StrictHostKeyChecking=yes");
      expect(JSON.stringify(call)).not.toContain("secret-phrase");
      expect(JSON.stringify(call)).not.toContain("PRIVATE KEY");
      expect(
        Object.keys(call?.environment ?? {})
          .filter((key) => /^(GIT_|SSH_)/.test(key))
          .sort(),
      ).toEqual([
        "GIT_ADVICE",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_PROTOCOL",
        "GIT_TERMINAL_PROMPT",
        "SSH_ASKPASS",
        "SSH_ASKPASS_REQUIRE",
      ]);
      // One conversation lists and fetches; the next poll must not be answered by what that one remembers.
      expect(ssh.calls()).toHaveLength(behaviour === "" ? 2 : 4);
    },
  );

  it.each([
    ["Host key verification failed.", "host-key"],
    ["@@@\nWARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.", "host-key"],
    ["git@example.org: Permission denied (publickey).", "authentication"],
    ["ssh: Could not resolve hostname example.org: Name or service not known", "unreachable"],
    ["ssh: connect to host example.org port 22: Connection refused", "unreachable"],
    ["fatal: '/x' does not appear to be a git repository", "not-found"],
  ])("tells %j as %s", async (stderr, kind) => {
    const ssh = fakeSsh(`process.stderr.write(${JSON.stringify(stderr)}); process.exit(255);`);
    await expect(
      open("ssh://example.org/x", { auth, programs: { ssh: ssh.program } }).resolve(main),
    ).rejects.toMatchObject({ kind });
  });

  it("tells when a program is not there", async () => {
    const remote = open("ssh://example.org/x", { auth, programs: { ssh: join(folder, "no-such-ssh") } });
    await expect(remote.resolve(main)).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("ENOENT") as string,
    });
  });

  it("refuses SSH without a key or known hosts, and hosts that look like options", async () => {
    await expect(open("ssh://example.org/x", { auth: { knownHosts: "x" } }).resolve(main)).rejects.toThrow(
      "'identity' is required",
    );
    await expect(open("ssh://example.org/x", { auth: { identity: "x" } }).resolve(main)).rejects.toThrow(
      "'known_hosts' is required",
    );
    await expect(open("ssh://-oProxyCommand=id@example.org/x", { auth }).resolve(main)).rejects.toMatchObject({
      kind: "unsafe",
    });
  });
});
