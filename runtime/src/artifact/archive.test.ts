import { assert, asyncProperty, dictionary, stringMatching, uint8Array } from "fast-check";
import { crc32, gunzipSync, gzipSync } from "node:zlib";
import { encodeTarHeader } from "@eddy/core/tar";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { combineCrc32 } from "./crc32.ts";
import { createTreePacker } from "./pack-tree.ts";
import { defaultArtifactLimits, unpackTree } from "./unpack-tree.ts";

/** A tree that knows identities, as Git's does. */
function identified(files: Record<string, string>, reads: string[] = []): FileTree {
  const tree = memoryTree(files);
  return {
    ...tree,
    read: (path) => (reads.push(path), tree.read(path)),
    identityOf: (path) => (tree.kindOf(path) === "file" ? files[path] : undefined),
    isExecutable: (path) => path.endsWith(".sh"),
  };
}

/** A tar of raw entries, for what our own writer would never write. */
function tarOf(...entries: { path: string; content?: string; type?: string; size?: number }[]): Buffer {
  const blocks = entries.flatMap(({ path, content = "", type = "0", size }) => {
    const head = encodeTarHeader({ path: "x", kind: "file", executable: false, size: size ?? content.length });
    head.fill(0, 0, 100).write(path, 0, "latin1");
    head.write(type, 156);
    head.fill(" ", 148, 156);
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    return [head, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe("packing", () => {
  it("writes headers as Flux normalises them", async () => {
    const archive = gunzipSync(await createTreePacker().pack(identified({ "b.yaml": "b", "a/run.sh": "#!" })));
    const heads = [0, 512, 1024, 2048].map((at) => archive.subarray(at, at + 512));
    expect(heads.map((head) => head.toString("latin1", 0, 100).replace(/\0.*/s, ""))).toEqual([
      ".",
      "a",
      "a/run.sh",
      "b.yaml",
    ]);
    expect(heads.map((head) => head.toString("latin1", 100, 107))).toEqual([
      "0000750",
      "0000750",
      "0000700",
      "0000600",
    ]);
    expect(heads.map((head) => head.toString("latin1", 156, 157))).toEqual(["5", "5", "0", "0"]);
    expect(heads.map((head) => head.toString("latin1", 136, 147))).toEqual(
      Array.from({ length: 4 }, () => "00000000000"),
    );
    expect(archive.length).toBe(3072 + 1024 - 512 + 512);
  });

  it("reads and compresses only what changed, and gives the same bytes as a fresh packer", async () => {
    const packer = createTreePacker();
    await packer.pack(identified({ "a/x": "1", "b/y": "2" }));
    const reads: string[] = [];
    const next = await packer.pack(identified({ "a/x": "1", "b/y": "3" }, reads));
    expect(reads).toEqual(["b/y"]);
    expect(next.equals(await createTreePacker().pack(identified({ "a/x": "1", "b/y": "3" })))).toBe(true);
  });

  it("brings back what it packed", async () => {
    const name = stringMatching(/^[a-zé]{1,60}$/);
    await assert(
      asyncProperty(dictionary(name, uint8Array({ maxLength: 2000 }), { maxKeys: 8 }), async (files) => {
        const deep = Object.fromEntries(
          Object.entries(files).map(([path, content]) => [`${"deep/".repeat(path.length)}${path}`, content]),
        );
        const tree = await unpackTree(await createTreePacker().pack(memoryTree(deep)));
        for (const [path, content] of Object.entries(deep))
          expect(Buffer.from(tree.read(path) ?? [1]).equals(content)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("combines checksums", () => {
    const [first, second] = [Buffer.from("hello "), Buffer.alloc(70_000, "world")];
    expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(crc32(Buffer.concat([first, second])));
  });
});

describe("unpacking", () => {
  it.each([
    ["a path that climbs", tarOf({ path: "../../etc/x" }), "refused the path"],
    ["a path that climbs from inside", tarOf({ path: "a/../../x" }), "refused the path"],
    ["an absolute path", tarOf({ path: "/etc/x" }), "refused the path"],
    ["a drive", tarOf({ path: "C:x" }), "refused the path"],
    ["a backslash", tarOf({ path: "a\\x" }), "refused the path"],
    ["a file where a folder is", tarOf({ path: "a/b" }, { path: "a" }), "is a file and a folder"],
    ["a folder below a file", tarOf({ path: "a" }, { path: "a/b" }), "is a file and a folder"],
    ["an entry cut off", tarOf({ path: "a", size: 10_000 }), "cut off"],
    ["not gzip", Buffer.from("hello"), "unpack artifact"],
    ["gzip cut off", tarOf({ path: "a" }).subarray(0, 30), "unpack artifact"],
  ])("refuses %s", async (_, archive, want) => {
    await expect(unpackTree(archive)).rejects.toThrow(want);
  });

  it.each([
    ["compressed bytes", { maxBytes: 10 }, "at most 10"],
    ["unpacked bytes", { maxUnpackedBytes: 100 }, "more than 100 bytes"],
    ["entries", { maxEntries: 1 }, "more than 1 entries"],
  ])("keeps to its limit of %s", async (_, limits, want) => {
    const archive = tarOf({ path: "a" }, { path: "b" });
    await expect(unpackTree(archive, { ...defaultArtifactLimits, ...limits })).rejects.toThrow(want);
  });

  it("stops a bomb when it has only begun", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(unpackTree(bomb)).rejects.toThrow("more than 200 times its size");
  });

  it("drops links and devices", async () => {
    const tree = await unpackTree(
      tarOf(
        { path: "link", type: "2" },
        { path: "hard", type: "1" },
        { path: "device", type: "3" },
        { path: "./a/", type: "5" },
        { path: "a/b", content: "x" },
      ),
    );
    expect(tree.list("")).toEqual(["a"]);
    expect(tree.list("a")).toEqual(["b"]);
  });

  it("refuses or reads any bytes, never more", async () => {
    await assert(
      asyncProperty(uint8Array({ minLength: 0, maxLength: 1500 }), async (bytes) => {
        const outcome = await unpackTree(gzipSync(bytes)).then(
          () => "read",
          (error: Error) => error.name,
        );
        return outcome === "read" || outcome === "EddyError";
      }),
      { numRuns: 100 },
    );
  });
});
