import { assert, asyncProperty, integer, property, uint8Array } from "fast-check";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildPackIndex, type PackedObject } from "./build-pack-index.ts";
import { applyDelta } from "./delta.ts";
import { isSafeName, objectId, parseCommit, parseTag, parseTree, type GitObject } from "./object.ts";
import { createObjectCache } from "./object-cache.ts";
import { createObjectStore } from "./object-store.ts";
import { memoryBytes } from "./pack-bytes.ts";
import { createPackIndex, decodePackIndex } from "./pack-index.ts";

const limits = { maxObjects: 1000, maxObjectBytes: 1_000_000 };

interface Written {
  type: number;
  /** What stands between head and data: a distance or an id. */
  link?: Buffer;
  data: Buffer;
  /** A size that is not the data's. */
  claim?: number;
}

/** The head of an entry: type and size. */
function headOf(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}

function entryBytes({ type, link = Buffer.alloc(0), data, claim = data.length }: Written): Buffer {
  return Buffer.concat([headOf(type, claim), link, deflateSync(data)]);
}

function packOf(...entries: Written[]): Buffer {
  const head = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
  head.writeUInt32BE(entries.length, 8);
  return sealed(Buffer.concat([head, ...entries.map(entryBytes)]));
}

function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

/** A delta that copies `keep` bytes of the base and appends `added`. */
function deltaOf(base: Buffer, keep: number, added: Buffer): Buffer {
  const size = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
  const copy = keep === 0 ? [] : [0x90 | 0x20, keep & 255, keep >> 8];
  return Buffer.from([
    ...size(base.length),
    ...size(keep + added.length),
    ...copy,
    ...(added.length === 0 ? [] : [added.length, ...added]),
  ]);
}

const blob = (text: string): Written => ({ type: 3, data: Buffer.from(text) });
const idOf = (text: string): string => objectId("blob", Buffer.from(text));

function index(pack: Buffer, base?: GitObject & { oid: string }): Promise<PackedObject[]> {
  return buildPackIndex(memoryBytes(pack), { limits, readBase: (oid) => (oid === base?.oid ? base : undefined) });
}

describe("packs", () => {
  it("gives plain objects, offset deltas, ref deltas before their base, and chains", async () => {
    const base = Buffer.from("hello world");
    const first = entryBytes(blob("hello world")).length;
    const offsetDelta: Written = { type: 6, link: Buffer.from([first]), data: deltaOf(base, 5, Buffer.from("!")) };
    const chained: Written = {
      type: 7,
      link: Buffer.from(idOf("hello!"), "hex"),
      data: deltaOf(Buffer.from("hello!"), 4, Buffer.from("p")),
    };
    const pack = packOf(blob("hello world"), offsetDelta, chained);
    const found = await index(pack);
    expect(found.map(({ oid }) => oid).sort()).toEqual([idOf("hello world"), idOf("hello!"), idOf("hellp")].sort());

    const store = createObjectStore({ cache: createObjectCache(0), maxObjectBytes: 1000 });
    store.add({ bytes: memoryBytes(pack), index: decodePackIndex(createPackIndex(found).encode()), trusted: false });
    expect(store.read(idOf("hellp"))?.data.toString()).toBe("hellp");
    expect(store.read(idOf("absent"))).toBeUndefined();
  });

  it("resolves a thin pack against a base outside", async () => {
    const data = Buffer.from("outside");
    const pack = packOf({
      type: 7,
      link: Buffer.from(idOf("outside"), "hex"),
      data: deltaOf(data, 3, Buffer.from("er")),
    });
    expect(await index(pack, { oid: idOf("outside"), type: "blob", data })).toMatchObject([{ oid: idOf("outer") }]);
    await expect(index(pack)).rejects.toThrow("is missing");
  });

  it.each<[string, Buffer, string]>([
    ["no pack", Buffer.from("hello"), "not a pack"],
    ["another version", sealed(Buffer.from("PACK\0\0\0\x03\0\0\0\0", "latin1")), "not a pack"],
    ["a wrong checksum", Buffer.concat([packOf(blob("a")).subarray(0, -1), Buffer.from([0])]), "checksum"],
    [
      "bytes after the last entry",
      sealed(Buffer.concat([packOf(blob("a")).subarray(0, -20), Buffer.from("x")])),
      "after the last entry",
    ],
    [
      "fewer entries than promised",
      sealed(Buffer.concat([Buffer.from("PACK\0\0\0\x02\0\0\0\x02", "latin1"), entryBytes(blob("a"))])),
      "read pack",
    ],
    ["an unknown type", packOf({ type: 5, data: Buffer.from("x") }), "unknown type"],
    ["a size too small", packOf({ ...blob("hello"), claim: 3 }), "does not inflate to its 3 bytes"],
    ["a size too large", packOf({ ...blob("hello"), claim: 30 }), "does not inflate to its 30 bytes"],
    ["an object beyond the limit", packOf({ ...blob("x"), claim: 2_000_000 }), "at most 1000000"],
    [
      "a base before the pack",
      packOf({ type: 6, link: Buffer.from([100]), data: Buffer.from([1, 1]) }),
      "outside the pack",
    ],
    ["a delta on itself", packOf({ type: 6, link: Buffer.from([0]), data: Buffer.from([1, 1]) }), "outside the pack"],
    ["too many objects", sealed(Buffer.from("PACK\0\0\0\x02\xff\xff\xff\xff", "latin1")), "at most 1000"],
  ])("refuses %s", async (_, pack, want) => {
    await expect(index(pack)).rejects.toThrow(want);
  });

  it("refuses two deltas that are each other's base", async () => {
    const link = (text: string): Buffer => Buffer.from(idOf(text), "hex");
    const data = deltaOf(Buffer.from("a"), 1, Buffer.alloc(0));
    await expect(index(packOf({ type: 7, link: link("a"), data }, { type: 7, link: link("b"), data }))).rejects.toThrow(
      "is missing",
    );
  });

  it("refuses or reads any damage, and never runs away", async () => {
    const pack = packOf(blob("hello world"), blob("another"), {
      type: 6,
      link: Buffer.from([16]),
      data: deltaOf(Buffer.from("another"), 2, Buffer.from("x")),
    });
    await assert(
      asyncProperty(integer({ min: 12, max: pack.length - 21 }), integer({ min: 0, max: 255 }), async (at, value) => {
        const damaged = Buffer.from(pack.subarray(0, -20));
        damaged[at] = value;
        const outcome = await index(sealed(damaged)).then(
          () => "read",
          (error: Error) => error.name,
        );
        return outcome === "read" || outcome === "GitError";
      }),
      { numRuns: 300 },
    );
  });

  it("proves objects again that come from disk", () => {
    const pack = packOf(blob("hello"));
    const store = createObjectStore({ cache: createObjectCache(1000), maxObjectBytes: 1000 });
    store.add({
      bytes: memoryBytes(pack),
      index: createPackIndex([{ oid: idOf("other"), offset: 12 }]),
      trusted: false,
    });
    expect(() => store.read(idOf("other"))).toThrow("the cached pack is damaged");
  });
});

describe("deltas", () => {
  it.each([
    ["of another base", Buffer.from([9, 1, 1, 0x61]), "made for a base of 9"],
    ["that copy beyond the base", Buffer.from([4, 8, 0x90, 8]), "out of bounds"],
    ["that insert beyond themselves", Buffer.from([4, 8, 8, 0x61]), "out of bounds"],
    ["with the reserved instruction", Buffer.from([4, 1, 0]), "out of bounds"],
    ["that give too little", Buffer.from([4, 8, 1, 0x61]), "gives 1 bytes, promised 8"],
    ["with sizes cut off", Buffer.from([0x84]), "cut off"],
    ["of an enormous result", Buffer.from([4, 0xff, 0xff, 0xff, 0x7f]), "at most 100"],
  ])("are refused %s", (_, delta, want) => expect(() => applyDelta(Buffer.from("base"), delta, 100)).toThrow(want));

  it("never reach outside, whatever they are", () => {
    assert(
      property(uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          return applyDelta(Buffer.from("base"), Buffer.concat([Buffer.from([4]), bytes]), 1000).length <= 1000;
        } catch (error) {
          return (error as Error).name === "GitError";
        }
      }),
    );
  });
});

const entry = (mode: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 1)]);

describe("objects", () => {
  it.each([
    ".git",
    ".GIT",
    ".Git ",
    ".git.",
    "git~1",
    "GIT~1",
    ".g\u200cit",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    ".git::$INDEX_ALLOCATION",
  ])("refuse the name %j in a tree", (name) => {
    expect(isSafeName(name)).toBe(false);
    expect(() => parseTree("x", entry("100644", name))).toThrow("refused the name");
  });

  it.each([".gitignore", ".gitmodules", "git", "...", ".github", "a b", "é"])("allow the name %j", (name) =>
    expect(isSafeName(name)).toBe(true),
  );

  it("reads every kind of entry, and refuses others", () => {
    const tree = Buffer.concat([
      entry("100644", "a"),
      entry("100755", "b"),
      entry("120000", "c"),
      entry("40000", "d"),
      entry("160000", "e"),
    ]);
    expect(parseTree("x", tree).map(({ kind }) => kind)).toEqual([
      "file",
      "executable",
      "symlink",
      "directory",
      "submodule",
    ]);
    expect(() => parseTree("x", entry("100000", "a"))).toThrow("unknown mode");
    expect(() => parseTree("x", tree.subarray(0, -1))).toThrow("cut off");
  });

  it("reads a signed commit and gives what was signed", () => {
    const before = `tree ${"a".repeat(40)}\nparent ${"b".repeat(40)}\nparent ${"c".repeat(40)}\nauthor A U Thor <a@example.org> 1700000000 +0200\ncommitter C <c@example.org> 1700000001 -0330\n`;
    const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n";
    const commit = parseCommit(Buffer.from(`${before}${signature}\nSubject\n\nBody\n`));
    expect(commit).toMatchObject({
      tree: "a".repeat(40),
      parents: ["b".repeat(40), "c".repeat(40)],
      author: { name: "A U Thor", email: "a@example.org", when: 1_700_000_000_000, offset: "+0200" },
      message: "Subject\n\nBody\n",
      signature: "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
    });
    expect(Buffer.from(commit.payload).toString()).toBe(`${before}\nSubject\n\nBody\n`);
  });

  it("reads a signed tag and gives what was signed", () => {
    const signed = `object ${"a".repeat(40)}\ntype commit\ntag v1\ntagger T <t@example.org> 1700000000 +0000\n\nRelease\n`;
    const signature = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n";
    const tag = parseTag("d", Buffer.from(signed + signature));
    expect(tag).toMatchObject({ name: "v1", target: "a".repeat(40), message: "Release\n", signature });
    expect(Buffer.from(tag.payload).toString()).toBe(signed);
  });

  it("reads odd identities of old commits", () => {
    expect(parseCommit(Buffer.from(`tree ${"a".repeat(40)}\nauthor nobody\ncommitter <> 12\n\n`))).toMatchObject({
      author: { name: "nobody", when: 0 },
      committer: { name: "", email: "", when: 12_000 },
    });
  });
});
