import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitRepository } from "@eddy/api";
import { createTokenCache, type CloudLogin } from "@eddy/cloud";
import { fakeClock } from "@eddy/core/clock";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { GitError } from "@eddy/git";
import { describe, expect, it } from "vitest";
import { authFromSecret, isEncrypted } from "./auth-from-secret.ts";
import { contentChanged, observedContent } from "./content-changed.ts";
import { rootedPath } from "../trees/rooted-path.ts";
import { createRemotePool } from "./remote-pool.ts";
import { shortMessage } from "./words.ts";
import { providerLogin } from "./provider-login.ts";
import { gitFailure, referenceOf } from "./resolve-revision.ts";
import { placedTree, sparseTree } from "../trees/tree-views.ts";

describe("referenceOf", () => {
  const sha = "a".repeat(40);
  it.each([
    [undefined, { kind: "branch", name: "master" }],
    [{}, { kind: "branch", name: "master" }],
    [{ branch: "dev" }, { kind: "branch", name: "dev" }],
    [
      { branch: "dev", tag: "v1" },
      { kind: "tag", name: "v1" },
    ],
    [
      { branch: "dev", tag: "v1", semver: "1.x" },
      { kind: "semver", range: "1.x" },
    ],
    [
      { semver: "1.x", name: "refs/x" },
      { kind: "name", name: "refs/x" },
    ],
    [
      { name: "refs/x", commit: sha },
      { kind: "commit", sha },
    ],
    [
      { branch: "dev", commit: sha },
      { kind: "commit", sha, branch: "dev" },
    ],
  ])("%j is %j", (ref, want) => expect(referenceOf(ref)).toEqual(want));
});

describe("authFromSecret", () => {
  const keyTool = "ssh-keygen";
  const https = new URL("https://example.org/x");
  const ssh = new URL("ssh://example.org/x");
  it.each<[string, URL, Record<string, string>, object]>([
    ["basic", https, { username: "u", password: "p" }, { username: "u", password: "p" }],
    ["bearer before basic", https, { bearerToken: "t", username: "u", password: "p" }, { bearerToken: "t" }],
    ["the new name of the authority before the old", https, { "ca.crt": "new", caFile: "old" }, { caCert: "new" }],
    ["the old name", https, { caFile: "old" }, { caCert: "old" }],
    ["a client certificate", https, { "tls.crt": "c", "tls.key": "k" }, { clientCert: "c", clientKey: "k" }],
    [
      "a key",
      ssh,
      { identity: "i", known_hosts: "h", password: "p" },
      { identity: "i", knownHosts: "h", identityPassphrase: "p" },
    ],
  ])("reads %s", (_, url, data, want) => expect(authFromSecret(url, data, "ns/s")).toEqual(want));

  it("completes a user of the URL, and refuses a password without one", () => {
    expect(authFromSecret(new URL("https://u@example.org/x"), { password: "p" }, "ns/s")).toEqual({ password: "p" });
    expect(() => authFromSecret(https, { password: "p" }, "ns/s")).toThrow(
      "invalid 'https' auth option: 'password' requires 'username' to be set",
    );
  });

  it("tells encrypted keys by their own words", () => {
    const folder = mkdtempSync(join(tmpdir(), "eddy-keys-"));
    const generate = (name: string, ...args: string[]): string => {
      execFileSync(keyTool, ["-q", "-f", join(folder, name), ...args]);
      return readFileSync(join(folder, name), "utf8");
    };
    try {
      const rsa = ["-t", "rsa", "-b", "1024", "-m", "PEM"];
      expect(isEncrypted(generate("a", "-t", "ed25519", "-N", ""))).toBe(false);
      const encrypted = generate("b", "-t", "ed25519", "-N", "a phrase");
      expect(isEncrypted(encrypted)).toBe(true);
      expect(isEncrypted(generate("c", ...rsa, "-N", ""))).toBe(false);
      expect(isEncrypted(generate("d", ...rsa, "-N", "a phrase"))).toBe(true);
      expect(() => authFromSecret(ssh, { identity: encrypted, known_hosts: "h" }, "ns/s")).toThrow(
        "SSH identity key is encrypted but no 'password' field was provided in the secret 'ns/s'",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("contentChanged", () => {
  const artifact = { path: "p", url: "u", revision: "r", digest: "d", lastUpdateTime: "t" };
  const spec = { url: "https://example.org/x", interval: "1m" };
  const include = [{ repository: { name: "other" } }];
  const object = (more: object, status: object): GitRepository => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "x" },
    spec: { ...spec, ...more },
    status,
  });
  it.each<[string, object, object, (typeof artifact)[], boolean]>([
    ["nothing configured", {}, {}, [], false],
    ["ignore set", { ignore: "x" }, {}, [], true],
    ["ignore emptied", { ignore: "" }, { observedIgnore: "x" }, [], true],
    ["ignore as observed", { ignore: "x" }, { observedIgnore: "x" }, [], false],
    ["submodules off, spelled out", { recurseSubmodules: false }, {}, [], false],
    ["submodules on", { recurseSubmodules: true }, {}, [], true],
    ["another sparse folder", { sparseCheckout: ["a"] }, { observedSparseCheckout: ["b"] }, [], true],
    ["no sparse folder any more", {}, { observedSparseCheckout: ["b"] }, [], true],
    [
      "an include as observed",
      { include },
      { observedInclude: include, includedArtifacts: [artifact] },
      [artifact],
      false,
    ],
    [
      "an include with a new artifact",
      { include },
      { observedInclude: include, includedArtifacts: [artifact] },
      [{ ...artifact, digest: "e" }],
      true,
    ],
  ])("%s: %j against %j", (_, more, status, includes, want) =>
    expect(contentChanged(object(more, status), includes)).toBe(want),
  );

  it("is false after what was observed is recorded", () => {
    const changed = object({ ignore: "x", include, sparseCheckout: ["a"], recurseSubmodules: true }, {});
    expect(contentChanged({ ...changed, status: observedContent(changed, [artifact]) as never }, [artifact])).toBe(
      false,
    );
  });
});

describe("messages", () => {
  it.each([
    ["Subject\n\nBody", "Subject"],
    ["x".repeat(50), "x".repeat(50)],
    ["ü".repeat(51), `${"ü".repeat(50)}...`],
    ["", ""],
  ])("shorten %j", (message, want) => expect(shortMessage(message)).toBe(want));

  it("never show the password of a URL", () => {
    const { message } = gitFailure(
      new GitError("unreachable", "no route"),
      "unable to clone",
      "https://u:secret@example.org/x",
    );
    expect(message).toBe(
      "failed to checkout and determine revision: unable to clone 'https://u:*****@example.org/x': no route",
    );
  });
});

describe("paths of includes", () => {
  it.each([
    ["a/b", "a/b"],
    ["/a/./b/", "a/b"],
    ["../../etc", "etc"],
    ["a/../../b", "b"],
    ["..", ""],
  ])("%s stays inside as %s", (path, want) => expect(rootedPath(path)).toBe(want));
});

function everything(tree: FileTree, path = ""): string[] {
  return (tree.list(path) ?? []).flatMap((name) => {
    const child = path === "" ? name : `${path}/${name}`;
    return tree.kindOf(child) === "directory"
      ? everything(tree, child)
      : [`${child}=${Buffer.from(tree.read(child) ?? []).toString()}`];
  });
}

describe("views of trees", () => {
  const tree = memoryTree({ "a/b/x": "1", "a/c/y": "2", "d/z": "3", root: "4" });
  it.each([
    [["a/b"], ["a/b/x=1"]],
    [
      ["a/b", "d"],
      ["a/b/x=1", "d/z=3"],
    ],
    [["a"], ["a/b/x=1", "a/c/y=2"]],
    [
      ["a/b/x", "root"],
      ["a/b/x=1", "root=4"],
    ],
    [[""], ["a/b/x=1", "a/c/y=2", "d/z=3", "root=4"]],
  ])("sparse %j", (folders, want) => expect(everything(sparseTree(tree, folders))).toEqual(want));

  it("placed", () => {
    const other = memoryTree({ "lib/k": "5", lib2: "6" });
    const placed = placedTree(tree, [
      { at: "vendor/lib", tree: other, from: "lib" },
      { at: "a/file", tree: other, from: "lib2" },
    ]);
    expect(everything(placed)).toEqual(["a/b/x=1", "a/c/y=2", "a/file=6", "d/z=3", "root=4", "vendor/lib/k=5"]);
    expect([placed.kindOf("vendor"), placed.kindOf("a/file"), placed.kindOf("vendor/none")]).toEqual([
      "directory",
      "file",
      undefined,
    ]);
  });
});

describe("remotes", () => {
  it("are shared by equal settings and parted by others", () => {
    const pool = createRemotePool({});
    const url = "https://example.org/x";
    const first = pool.open("ns/a", url, { auth: { username: "u", password: "p" } });
    expect(pool.open("ns/b", url, { auth: { username: "u", password: "p" } })).toBe(first);
    expect(pool.open("ns/a", url, { auth: { username: "u", password: "p" } })).toBe(first);
    expect(pool.open("ns/c", url, { auth: { username: "u", password: "other" } })).not.toBe(first);
    pool.release("ns/a");
    expect(pool.open("ns/d", url, { auth: { username: "u", password: "p" } })).toBe(first);
    pool.release("ns/b");
    pool.release("ns/d");
    expect(pool.open("ns/e", url, { auth: { username: "u", password: "p" } })).not.toBe(first);
    pool.close();
  });
});

describe("providerLogin", () => {
  const url = new URL("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo");
  const object = {
    metadata: { name: "app", namespace: "apps" },
    spec: { provider: "aws", serviceAccountName: "reader", url: url.href, interval: "1m" },
  } as unknown as GitRepository;

  it("signs for CodeCommit with the region of the address, and with the same signature while it counts", async () => {
    const clock = fakeClock(Date.parse("2026-11-21T15:00:00Z"));
    const asked: unknown[] = [];
    const login = {
      async aws(options: unknown) {
        asked.push(options);
        return { accessKeyId: "AK", secretAccessKey: "SK" };
      },
    } as unknown as CloudLogin;
    const ports = { login, clock, codeCommit: createTokenCache({ clock }) };
    const context = { url, data: {}, proxy: undefined };
    const first = await providerLogin(object, context, ports);
    expect(first).toEqual({
      principal: expect.any(String),
      username: "AK",
      password: expect.stringMatching(/^20261121T150000Z[0-9a-f]{64}$/),
    });
    expect(asked).toEqual([{ region: "eu-west-1", serviceAccount: { namespace: "apps", name: "reader" } }]);
    clock.advance(600_000);
    expect(await providerLogin(object, context, ports)).toEqual(first);
    clock.advance(200_000);
    const second = await providerLogin(object, context, ports);
    expect(second).not.toEqual(first);
    expect(second?.principal).toBe(first?.principal);
    const elsewhere = { ...context, url: new URL("https://git.example/x") };
    await expect(providerLogin(object, elsewhere, ports)).rejects.toThrow(
      "invalid AWS CodeCommit Git URL: git.example",
    );
  });
});
