import { describe, expect, it } from "vitest";
import { findGrowth, type Holdings } from "./holdings.ts";

const allowance = { heapBytes: 10, bufferBytes: 10, descriptors: 1, resources: 1 };
const heaps = (...values: number[]): Holdings[] =>
  values.map((heapBytes, index) => ({ passes: index, heapBytes, bufferBytes: 1, descriptors: 5, resources: 3 }));

describe("findGrowth()", () => {
  it.each<[string, Holdings[], string[]]>([
    ["warms up, and then stays", heaps(10, 50, 90, 100, 101, 100, 102, 100, 103), []],
    ["has something in flight now and then", heaps(100, 100, 100, 100, 180, 100, 190, 100, 100), []],
    ["grows all the time", heaps(100, 110, 120, 130, 140, 150, 160, 170, 180), ["heapBytes grew by 30, from 130"]],
    [
      "keeps Buffers",
      heaps(1, 1, 1, 1, 1, 1).map((one, at) => ({ ...one, bufferBytes: at * 10 })),
      ["bufferBytes grew by 20, from 20"],
    ],
    [
      "keeps files open",
      heaps(1, 1, 1, 1, 1, 1).map((one, at) => ({ ...one, descriptors: at })),
      ["descriptors grew by 2, from 2"],
    ],
    [
      "keeps timers",
      heaps(1, 1, 1, 1, 1, 1).map((one, at) => ({ ...one, resources: 2 * at })),
      ["resources grew by 4, from 4"],
    ],
  ])("tells what grew of one that %s", (_, measured, want) => {
    expect(findGrowth(measured, allowance)).toEqual(want);
  });
});
