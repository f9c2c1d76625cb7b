import { array, assert, asyncProperty, integer, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { readAdvertisement, readRefsV2 } from "./advertisement.ts";
import { createPacketReader, encodePacket, encodePackets, type PacketReader } from "./pkt-line.ts";

/** A reader over bytes that arrive in pieces of this size. */
function readerOf(bytes: Uint8Array, pieceBytes = 7, maxBytes = 1_000_000): PacketReader {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return createPacketReader(pieces(), { maxBytes });
}

describe("packets", () => {
  it("come back whatever the pieces are", async () => {
    await assert(
      asyncProperty(
        array(uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        integer({ min: 1, max: 50 }),
        async (payloads, pieceBytes) => {
          const reader = readerOf(Buffer.concat([...payloads.map(encodePacket), Buffer.from("0000")]), pieceBytes);
          for (const payload of payloads)
            expect(await reader.next()).toEqual({ kind: "data", data: Buffer.from(payload) });
          expect(await reader.next()).toEqual({ kind: "flush" });
          expect(await reader.next()).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    ["a length that is none", "zzzz", "not a packet length"],
    ["a length of 3", "0003", "not a packet length"],
    ["a length beyond the longest", "fff5", "not a packet length"],
    ["a cut packet", "0010abc", "in the middle of a packet"],
    ["a cut length", "00", "in the middle of a packet"],
  ])("refuses %s", async (_, text, want) => {
    await expect(readerOf(Buffer.from(text)).next()).rejects.toThrow(want);
  });

  it("stops at the limit", async () => {
    const reader = readerOf(Buffer.alloc(5000, "0009hello"), 500, 1000);
    const readAll = async (): Promise<void> => {
      while (await reader.next());
    };
    await expect(readAll()).rejects.toThrow("more than 1000 bytes");
  });

  it("never hang on any bytes", async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 400 }), async (bytes) => {
        const reader = readerOf(bytes);
        const outcome = await readAdvertisement(reader, { smartHttp: true }).then(
          () => "read",
          (error: Error) => error.name,
        );
        return outcome === "read" || outcome === "GitError";
      }),
    );
  });
});

const oid = (digit: string): string => digit.repeat(40);

describe("advertisements", () => {
  it("reads protocol v2, as HTTP frames it", async () => {
    const text = encodePackets([
      "# service=git-upload-pack\n",
      { special: "0000" },
      "version 2\n",
      "ls-refs=unborn\n",
      "fetch=shallow filter\n",
      { special: "0000" },
    ]);
    const read = await readAdvertisement(readerOf(text), { smartHttp: true });
    expect(read.version).toBe(2);
    expect([...read.capabilities]).toEqual([
      ["ls-refs", "unborn"],
      ["fetch", "shallow filter"],
    ]);
  });

  it("reads protocol v0 with peeled tags and symbolic refs", async () => {
    const text = encodePackets([
      `${oid("a")} HEAD\0shallow symref=HEAD:refs/heads/main side-band-64k\n`,
      `${oid("a")} refs/heads/main\n`,
      `${oid("b")} refs/tags/v1\n`,
      `${oid("a")} refs/tags/v1^{}\n`,
      { special: "0000" },
    ]);
    const read = await readAdvertisement(readerOf(text), { smartHttp: false });
    expect(read).toMatchObject({
      version: 0,
      refs: [
        { name: "HEAD", oid: oid("a"), target: "refs/heads/main" },
        { name: "refs/heads/main", oid: oid("a") },
        { name: "refs/tags/v1", oid: oid("b"), peeled: oid("a") },
      ],
    });
  });

  it("reads an empty repository", async () => {
    const text = encodePackets([`${oid("0")} capabilities^{}\0shallow\n`, { special: "0000" }]);
    expect(await readAdvertisement(readerOf(text), { smartHttp: false })).toMatchObject({ refs: [] });
  });

  it.each([
    ["ERR access denied or repository not exported", "authentication"],
    ["ERR repository not found", "not-found"],
    ["ERR Permission denied to you", "authentication"],
    ["ERR out of order", "rejected"],
  ])("tells %s as %s", async (line, kind) => {
    await expect(readAdvertisement(readerOf(encodePacket(`${line}\n`)), { smartHttp: false })).rejects.toMatchObject({
      kind,
    });
  });

  it("reads ls-refs, and refuses ids of another length", async () => {
    const text = encodePackets([
      `unborn HEAD symref-target:refs/heads/main\n`,
      `${oid("b")} refs/tags/v1 peeled:${oid("a")}\n`,
      { special: "0000" },
    ]);
    expect(await readRefsV2(readerOf(text))).toEqual([{ name: "refs/tags/v1", oid: oid("b"), peeled: oid("a") }]);
    await expect(readRefsV2(readerOf(encodePacket(`${"a".repeat(64)} HEAD\n`)))).rejects.toThrow("SHA-256");
  });
});
