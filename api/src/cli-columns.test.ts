import { expect, test } from "vitest";
import { shortenRevisions } from "./cli-columns.ts";

const sha1 = "696f056df216eea4f9401adbee0ff744d4df390f";
const sha256 = `${sha1}${sha1.slice(0, 24)}`;
const cases = [
  { text: "", want: "" },
  { text: `main@sha1:${sha1}`, want: "main@sha1:696f056d" },
  {
    text: `stored artifact for revision 'main@sha1:${sha1}'`,
    want: "stored artifact for revision 'main@sha1:696f056d'",
  },
  { text: `sha256:${sha256} and ${sha1}`, want: "sha256:696f056d and 696f056d" },
  { text: sha1.slice(0, 39), want: sha1.slice(0, 39) },
  { text: `x${sha1}`, want: `x${sha1}` },
];

test.each(cases)("$text", ({ text, want }) => {
  expect(shortenRevisions(text)).toBe(want);
});
