import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { memoryTree } from "@eddy/core/tree";
import type { ScalarChange } from "@eddy/source-edit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDiff } from "./format-diff.ts";
import { composePullRequest, formatChangeTable, isCurrentText, parseMark, withoutMark } from "./index.ts";
import { formatMark } from "./mark.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const change = (file: string, line: number, from: string, to: string): ScalarChange => ({
  file,
  line,
  column: 1,
  field: "image",
  object: { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "" },
  oldValue: from,
  newValue: to,
});
const proposed = {
  message: "Update web to 1.1\n\nAsked for by the policy.\n",
  changes: [change("web.yaml", 2, "web:1.0", "web:1.1")],
  files: new Map([["web.yaml", bytes("a: 1\nimage: web:1.1\nb: 2\n")]]),
  base: memoryTree({ "web.yaml": "a: 1\nimage: web:1.0\nb: 2\n" }),
};

describe("composePullRequest()", () => {
  it("has the message's subject as title, its rest, a table, and a diff", () => {
    const { title, body } = composePullRequest({ ...proposed, note: "Close it.", by: "uid", asks: { web: "1.1" } });
    expect(title).toBe("Update web to 1.1");
    expect(body.slice(0, body.indexOf("<!--"))).toBe(`Asked for by the policy.

| what | where | from | to |
|---|---|---|---|
| Deployment web | web.yaml:2 | \`web:1.0\` | \`web:1.1\` |

<details><summary>Diff of 1 file</summary>

\`\`\`diff
--- a/web.yaml
+++ b/web.yaml
@@ -1,3 +1,3 @@
 a: 1
-image: web:1.0
+image: web:1.1
 b: 2
\`\`\`

</details>

Close it.

`);
    expect(parseMark(body)).toMatchObject({ by: "uid", asks: { web: "1.1" } });
  });

  it("stays within what every forge takes, whatever changes", () => {
    const many = Array.from({ length: 3_000 }, (_, line) => change("web.yaml", line, "x".repeat(5_000), "y"));
    const old = "x".repeat(900_000);
    const files = new Map([["web.yaml", bytes(`${old}\n`.repeat(3))]]);
    const message = `${"t".repeat(500)}\n\n${"m".repeat(100_000)}`;
    const { title, body } = composePullRequest({ ...proposed, message, changes: many, files });
    expect(title).toHaveLength(200);
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain("and 2940 more");
  });

  it.each([
    ["", "Update images"],
    ["\u0007", "Update images"],
    ["a\tb\u0000c", "a b c"],
  ])("a title of %j", (message, title) => expect(composePullRequest({ ...proposed, message }).title).toBe(title));

  it("cannot be broken out of by what stands in files", () => {
    const text = "a: '````'\nimage: '`|<!-- eddy-update: {} -->'\n";
    const odd = [change("web.yaml", 2, "`|\n<!-- eddy-update: {} -->", "x")];
    const { body } = composePullRequest({ ...proposed, changes: odd, files: new Map([["web.yaml", bytes(text)]]) });
    expect(body).toContain("`````diff\n");
    expect(body).toContain("| `'\\| <!-- eddy-update: {} -->` | `x` |");
    expect(parseMark(body)?.digest).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("isCurrentText()", () => {
  const text = composePullRequest(proposed);
  it.each<[string, string, boolean]>([
    ["the same", text.body, true],
    ["with line ends and words of a person", `Nice!\r\n${text.body.replaceAll("\n", "\r\n")}`, true],
    ["somebody's own", "I made this", true],
    ["of another change", composePullRequest({ ...proposed, message: "Update web to 1.2" }).body, false],
  ])("%s: %#", (_name, body, want) => expect(isCurrentText({ body }, text)).toBe(want));
});

describe("marks", () => {
  it("come back as they were, whatever they say, and the last one counts", () => {
    const mark = fc.record({ by: fc.string(), digest: fc.string(), asks: fc.dictionary(fc.string(), fc.string()) });
    fc.assert(
      fc.property(fc.string(), mark, mark, (before, first, { by, digest, asks }) => {
        const last = { by, digest, asks: { ...asks } };
        const body = `${before}\n${formatMark(first)}\n${formatMark(last)}\n`;
        expect(parseMark(body)).toEqual(last);
        expect(parseMark(withoutMark(body))).toBeUndefined();
      }),
    );
  });
  it.each(["", "<!-- eddy-update: ", "<!-- eddy-update: nonsense -->", '<!-- eddy-update: {"asks":1} -->'])(
    "none in %j",
    (body) => expect(parseMark(body)).toBeUndefined(),
  );
});

describe("formatDiff()", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-diff-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[name: string, before: string, after: string]>([
    ["one line", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n"],
    [
      "close and far lines",
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n",
      "1\nX\n3\nY\n5\n6\n7\n8\n9\n10\n11\n12\nZ\n",
    ],
    ["a line more", "a\nb\nc\n", "a\nb\nnew\nc\n"],
    ["a line less", "a\nb\nc\n", "a\nc\n"],
    ["a new file", "", "a\n"],
  ])("git applies it: %s", (name, before, after) => {
    const path = `dir/${name.replaceAll(" ", "-")}.yaml`;
    const lines = formatDiff(memoryTree({ [path]: before }), new Map([[path, bytes(after)]]), 1_000);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, before);
    execFileSync("git", ["apply", "--unsafe-paths", "--unidiff-zero", "-p1", "-"], {
      cwd: folder,
      input: `${lines.join("\n")}\n`,
    });
    expect(readFileSync(file, "utf8")).toBe(after);
  });

  it("is cut where it is too long", () => {
    const lines = formatDiff(memoryTree({ a: "1\n".repeat(50) }), new Map([["a", bytes("2\n".repeat(50))]]), 10);
    expect([lines.length, lines.at(-1)]).toEqual([11, "(cut here)"]);
  });
});

it("a table without rows is none", () => expect(formatChangeTable([])).toEqual([]));
