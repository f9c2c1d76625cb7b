import { sha256 } from "@eddy/core/digest";
import type { FileTree } from "@eddy/core/tree";
import type { ScalarChange } from "@eddy/source-edit";
import { changeRows, formatChangeTable } from "./change-table.ts";
import { formatDiff } from "./format-diff.ts";
import { formatMark, parseMark } from "./mark.ts";

/** A change that people are asked about. */
export interface ProposedChange {
  /** The commit's: its first line is the title. */
  readonly message: string;
  readonly changes: readonly ScalarChange[];
  /** Files that change, whole, and what they are where the change is to go. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly base: FileTree;
  /** Markdown, below everything: who asks, and what may be done. */
  readonly note?: string;
  /** See the mark. */
  readonly by?: string;
  readonly asks?: Readonly<Record<string, string>>;
}

/** How it is put to them. */
export interface PullRequestText {
  readonly title: string;
  /** Markdown with the mark at its end; 60,000 characters at most, less than any forge takes. */
  readonly body: string;
}

const maxTitle = 200;
const maxMessage = 8_000;
const maxRows = 60;
const maxDiffLines = 400;
const maxDiffChars = 16_000;

/** Title and text: the message, what changes from what to what, and the diff. Pure, and the same for the same change. */
export function composePullRequest(proposed: ProposedChange): PullRequestText {
  const { message, changes, note, by = "", asks = {} } = proposed;
  const [subject = "", ...rest] = message.trim().split("\n");
  const title = printable(subject).trim().slice(0, maxTitle) || "Update images";
  const shown = changes.slice(0, maxRows);
  const more = changes.length > shown.length ? ["", `and ${changes.length - shown.length} more`] : [];
  const paragraphs = [
    rest.join("\n").trim().slice(0, maxMessage),
    [...formatChangeTable(changeRows(shown)), ...more].join("\n"),
    diffOf(proposed),
    note ?? "",
  ];
  const text = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  const digest = sha256(JSON.stringify([title, text, asks])).slice(0, 16);
  return { title, body: `${text}\n\n${formatMark({ by, asks, digest })}\n` };
}

function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\0-\x1f\x7f]/g, " ");
}

function diffOf({ base, files }: ProposedChange): string {
  if (files.size === 0) return "";
  const whole = formatDiff(base, files, maxDiffLines).join("\n");
  const text = whole.length > maxDiffChars ? `${whole.slice(0, maxDiffChars)}\n(cut here)` : whole;
  const longestRun = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const count = `${files.size} ${files.size === 1 ? "file" : "files"}`;
  return `<details><summary>Diff of ${count}</summary>\n\n${fence}diff\n${text}\n${fence}\n\n</details>`;
}

/**
 * Whether a pull request says this already. One without a mark is somebody's own: it is left as it is, and so are title and text that
 * people have changed, until there is news. Pure.
 */
export function isCurrentText(open: { readonly body: string }, { body }: PullRequestText): boolean {
  const mark = parseMark(open.body);
  return mark === undefined || mark.digest === parseMark(body)?.digest;
}
