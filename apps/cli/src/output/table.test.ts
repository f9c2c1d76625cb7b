import { describe, expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { formatTable } from "./table.ts";

describe("formatTable", () => {
  test("pads every cell and ends it with a tab, the header with a space, as Flux does", () => {
    const rows = [
      ["podinfo", "main@sha1:696f056d", "False", "True", "Fetched revision: main@sha1:696f056d"],
      ["podinfo-shard1", "", "False", "True", "ok"],
    ];
    expect(formatTable(["Name", "Revision", "Suspended", "Ready", "Message"], rows)).toBe(
      [
        "NAME          \tREVISION          \tSUSPENDED\tREADY\tMESSAGE                              \n",
        "podinfo       \tmain@sha1:696f056d\tFalse    \tTrue \tFetched revision: main@sha1:696f056d\t\n",
        "podinfo-shard1\t                  \tFalse    \tTrue \tok                                  \t\n",
      ].join(""),
    );
  });

  const cases = [
    { name: "nothing at all", header: [], rows: [], want: "" },
    { name: "no header", header: [], rows: [["a", "b"]], want: "a\tb\t\n" },
    { name: "header alone", header: ["Last seen"], rows: [], want: "LAST SEEN \n" },
    { name: "a cell of two lines", header: [], rows: [["x", "one\ntwo", "y"]], want: "x\tone\ty\t\n  \ttwo\t  \t\n" },
    { name: "wide characters", header: [], rows: [["日本"], ["abc"]], want: "日本\t\nabc \t\n" },
    { name: "an escape sequence is written out", header: [], rows: [["\u001b[31mred"]], want: "\\x1b[31mred\t\n" },
  ];
  test.each(cases)("$name", ({ header, rows, want }) => {
    expect(formatTable(header, rows)).toBe(want);
  });
});

test.each([
  ["", 0],
  ["plain", 5],
  ["héllo", 5],
  ["e\u0301", 1],
  ["日本語", 6],
  ["✔", 1],
  ["🚀", 2],
])("displayWidth of %j is %i", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});
