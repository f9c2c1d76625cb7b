import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@eddy/core/clock";
import { digestOf } from "@eddy/core/digest";
import { memoryTree } from "@eddy/core/tree";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createArtifactServer, createArtifactStore } from "./index.ts";
import { planGarbage } from "./create-artifact-store.ts";

const owner = { kind: "GitRepository", namespace: "apps", name: "web" };
let storagePath: string;

beforeEach(() => {
  storagePath = mkdtempSync(join(tmpdir(), "eddy-artifacts-"));
});
afterEach(() => rmSync(storagePath, { recursive: true, force: true }));

function store(
  advertisedAddress = "source-controller.flux-system.svc.cluster.local.",
): ReturnType<typeof createArtifactStore> {
  return createArtifactStore({ storagePath, advertisedAddress, clock: fakeClock() });
}

describe("artifact store", () => {
  it("stores below the owner's folder and shares the tree", async () => {
    const tree = memoryTree({ "app.yaml": "a: 1\n" });
    const artifacts = store();
    const { artifact, stored } = await artifacts.put(owner, {
      revision: "main@sha1:abc",
      fileName: "abc.tar.gz",
      tree,
    });
    expect(stored).toBeUndefined();
    expect(artifact).toMatchObject({
      path: "gitrepository/apps/web/abc.tar.gz",
      url: "http://source-controller.flux-system.svc.cluster.local./gitrepository/apps/web/abc.tar.gz",
      revision: "main@sha1:abc",
      lastUpdateTime: "2026-01-01T00:00:00Z",
      digest: digestOf(readFileSync(join(storagePath, "gitrepository/apps/web/abc.tar.gz"))),
    });
    expect(await artifacts.tree(artifact)).toBe(tree);
    expect(await artifacts.verify(artifact)).toBe(true);
  });

  it("keeps a file as it is, and hands it out though the disk refuses", async () => {
    const artifacts = store();
    const file = { revision: "1.0.0", fileName: "podinfo-1.0.0.tgz", bytes: Buffer.from("chart") };
    const { artifact, stored } = await artifacts.putFile(owner, file);
    expect([stored, artifact.digest, artifact.size]).toEqual([undefined, digestOf("chart"), 5]);
    expect(readFileSync(join(storagePath, "gitrepository/apps/web/podinfo-1.0.0.tgz"), "utf8")).toBe("chart");
    expect(Buffer.from(await store().bytes(artifact)).toString()).toBe("chart");

    writeFileSync(join(storagePath, "gitrepository", "other"), "in the way");
    const refused = await artifacts.putFile({ ...owner, namespace: "other" }, { ...file, bytes: Buffer.from("next") });
    expect(refused.stored).toBeInstanceOf(Error);
    expect([artifacts.isUnstored(refused.artifact), await artifacts.verify(refused.artifact)]).toEqual([true, true]);
    expect(Buffer.from(await artifacts.bytes(refused.artifact)).toString()).toBe("next");
  });

  it("finds artifacts of an earlier process, and notices damage", async () => {
    const { artifact } = await store().put(owner, {
      revision: "r",
      fileName: "a.tar.gz",
      tree: memoryTree({ "a/b": "x" }),
    });
    const restarted = store("elsewhere:9090");
    expect(await restarted.verify(artifact)).toBe(true);
    expect(Buffer.from((await restarted.tree(artifact)).read("a/b") ?? []).toString()).toBe("x");
    expect(restarted.withCurrentUrl(artifact).url).toBe("http://elsewhere:9090/gitrepository/apps/web/a.tar.gz");
    writeFileSync(join(storagePath, artifact.path), "damaged");
    expect(await restarted.verify(artifact)).toBe(false);
    expect(await restarted.verify({ ...artifact, path: "../../etc/passwd" })).toBe(false);
  });

  it("keeps the tree when the disk refuses", async () => {
    writeFileSync(join(storagePath, "gitrepository"), "a file where a folder should be");
    const artifacts = store();
    const tree = memoryTree({ a: "1" });
    const { artifact, stored } = await artifacts.put(owner, { revision: "r", fileName: "a.tar.gz", tree });
    expect(stored?.message).toMatch(/EEXIST|ENOTDIR/);
    expect(await artifacts.tree(artifact)).toBe(tree);
    expect(await artifacts.verify(artifact)).toBe(true);
    expect(artifacts.isUnstored(artifact)).toBe(true);
    rmSync(join(storagePath, "gitrepository"));
    await artifacts.put(owner, { revision: "r", fileName: "a.tar.gz", tree });
    expect(artifacts.isUnstored(artifact)).toBe(false);
  });

  it.each(["../x.tar.gz", "a/b.tar.gz", "", ".hidden"])("refuses the file name %j", async (fileName) => {
    await expect(store().put(owner, { revision: "r", fileName, tree: memoryTree({}) })).rejects.toThrow(
      "cannot be part of a path",
    );
  });

  it("removes everything of an owner", async () => {
    const artifacts = store();
    const { artifact } = await artifacts.put(owner, {
      revision: "r",
      fileName: "a.tar.gz",
      tree: memoryTree({ a: "1" }),
    });
    expect(await artifacts.removeAll(owner)).toBe(1);
    expect(existsSync(join(storagePath, artifact.path))).toBe(false);
    expect(await artifacts.verify(artifact)).toBe(false);
  });

  it("links the latest artifact", async () => {
    const artifacts = store("host");
    const { artifact } = await artifacts.put(owner, {
      revision: "r",
      fileName: "a.tar.gz",
      tree: memoryTree({ a: "1" }),
    });
    expect(await artifacts.link(artifact, "latest.tar.gz")).toBe("http://host/gitrepository/apps/web/latest.tar.gz");
    expect(digestOf(readFileSync(join(storagePath, "gitrepository/apps/web/latest.tar.gz")))).toBe(artifact.digest);
  });
});

describe("planGarbage", () => {
  const file = (name: string, ageMs: number): { path: string; modifiedMs: number } => ({
    path: name,
    modifiedMs: 1_000_000 - ageMs,
  });
  const retention = { records: 2, ttlMs: 60_000 };
  it.each([
    ["nothing but the kept one", [file("keep", 999_000)], []],
    ["a young one before it stays", [file("keep", 0), file("old", 30_000)], []],
    ["an old one goes", [file("keep", 0), file("old", 61_000)], ["old"]],
    ["beyond the records the oldest go", [file("keep", 0), file("b", 10), file("c", 20)], ["c"]],
    ["the kept one stays even when it is the oldest", [file("keep", 90_000), file("b", 10)], []],
  ])("%s", (_, stored, want) =>
    expect(planGarbage(stored, "keep", retention, 1_000_000).map(({ path }) => path)).toEqual(want),
  );
});

describe("artifact server", () => {
  it("serves artifacts to another process, which proves them", async () => {
    const server = await createArtifactServer({ storagePath, port: 0, host: "127.0.0.1" });
    const elsewhere = mkdtempSync(join(tmpdir(), "eddy-consumer-"));
    try {
      const { artifact } = await store(`127.0.0.1:${server.port}`).put(owner, {
        revision: "r",
        fileName: "a.tar.gz",
        tree: memoryTree({ a: "1" }),
      });
      const consumer = createArtifactStore({ storagePath: elsewhere, advertisedAddress: "unused" });
      const [first, second] = await Promise.all([consumer.tree(artifact), consumer.tree(artifact)]);
      expect(Buffer.from(first.read("a") ?? []).toString()).toBe("1");
      expect(second).toBe(first);
      await expect(consumer.tree({ ...artifact, digest: `sha256:${"0".repeat(64)}` })).rejects.toThrow(
        "computed digest",
      );
      await expect(
        consumer.tree({ ...artifact, url: `${artifact.url}x`, digest: `sha256:${"1".repeat(64)}` }),
      ).rejects.toThrow("artifact not found");
      const base = `http://127.0.0.1:${server.port}`;
      expect((await fetch(`${base}/`)).status).toBe(200);
      expect((await fetch(`${base}/${artifact.path}`, { method: "HEAD" })).headers.get("content-length")).toBe(
        String(artifact.size),
      );
      expect((await fetch(`${base}/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
      mkdirSync(join(storagePath, ".git-cache/x"), { recursive: true });
      writeFileSync(join(storagePath, ".git-cache/x/pack"), "secret");
      for (const path of [".git-cache/x/pack", "%2egit-cache/x/pack", "gitrepository/../.git-cache/x/pack"])
        expect((await fetch(`${base}/${path}`)).status).toBe(404);
      expect((await fetch(`${base}/${artifact.path}`, { method: "POST" })).status).toBe(405);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
      await server.stop();
    }
  });
});
