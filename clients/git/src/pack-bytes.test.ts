import { describe, expect, it } from "vitest";
import { memoryBytes } from "./pack-bytes.ts";

describe("memoryBytes()", () => {
  it("holds no more than the pack: that of a small commit comes in a pool of many", () => {
    const pack = Buffer.concat([Buffer.from("PACK"), Buffer.from("of a small commit")]);
    expect(pack.buffer.byteLength).toBeGreaterThan(pack.length);
    const bytes = memoryBytes(pack);
    expect(bytes.read(0, bytes.length)).toEqual(pack);
    expect(bytes.read(0, bytes.length).buffer.byteLength).toBe(pack.length);
  });

  it.each([
    [0, 4, "PACK"],
    [4, 100, " and more"],
    [50, 1, ""],
  ])("reads from %d, %d bytes at most", (offset, length, want) => {
    expect(memoryBytes(Buffer.from("PACK and more")).read(offset, length).toString()).toBe(want);
  });
});
