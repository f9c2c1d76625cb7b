import type { Json } from "@eddy/core/json";
import { createColors } from "picocolors";
import { typeNameOf } from "./compare-values.ts";
import type { Detail, Difference } from "./difference.ts";
import { lineChanges } from "./line-changes.ts";
import { readableEntries, readableItem, readableValue } from "./readable-yaml.ts";
import { arrangeBlocks } from "./text-blocks.ts";

/** How differences are printed. */
export interface FormatDifferencesOptions {
  colour: boolean;
  /** Columns of the terminal; 80 where there is none. */
  width: number;
}

interface Style extends FormatDifferencesOptions {
  heading(text: string): string;
  old(text: string): string;
  now(text: string): string;
}

/**
 * Differences for a reader: each place, and below it what went, came or changed. Starts and ends with an empty line.
 * Source of the form: homeport/dyff 1.10.2 `HumanReport`, as `flux diff` prints it.
 */
export function formatDifferences(differences: readonly Difference[], options: FormatDifferencesOptions): string {
  const colours = createColors(options.colour);
  // Line by line: what is put beside each other must not run into the next column.
  const byLine = (paint: (text: string) => string) => (text: string) => text.replace(/[^\n]+/g, paint);
  const style: Style = {
    ...options,
    heading: byLine(colours.yellow),
    old: byLine(colours.red),
    now: byLine(colours.green),
  };
  const texts = differences.map(({ path, details }) => {
    const place = path.length === 0 ? "(root level)" : path.join(".");
    const blocks = details.map((detail) => formatDetail(detail, style));
    return `\n${colours.bold(place)}\n${arrangeBlocks(blocks, { indent: 0, width: options.width })}`;
  });
  return `${texts.join("")}\n`;
}

function formatDetail(detail: Detail, style: Style): string {
  switch (detail.kind) {
    case "modified":
      return formatModified(detail.from, detail.to, style);
    case "reordered":
      return formatReordered(detail.from, detail.to, style);
    case "removed":
    case "added": {
      const [mark, paint, indent] = detail.kind === "added" ? ["+", style.now, 2] : ["-", style.old, 0];
      const count = detail.entries.values.length;
      const what = detail.entries.of === "map" ? plural(count, "map entry", "map entries") : listEntries(count);
      const text = arrangeBlocks([paint(readableEntries(detail.entries))], { indent, width: style.width });
      return `${style.heading(`${mark} ${what} ${detail.kind}:\n`)}${text}`;
    }
  }
}

function formatModified(from: Json, to: Json, style: Style): string {
  if (typeof from === "string" && typeof to === "string") return formatText(from, to, style);
  const [before, after] = [typeNameOf(from), typeNameOf(to)];
  const what = before === after ? "value change" : `type change from ${before} to ${after}`;
  return `${style.heading(`± ${what}\n`)}${replaced(readableValue(from), readableValue(to), style)}`;
}

function formatText(from: string, to: string, style: Style): string {
  if (trimSpace(from) === trimSpace(to)) {
    const blocks = [style.old(prefixed("- ", showSpace(from))), style.now(prefixed("+ ", showSpace(to)))];
    return `${style.heading("± whitespace only change\n")}${arrangeBlocks(blocks, { indent: 0, width: style.width })}`;
  }
  if (!from.includes("\n") && !to.includes("\n"))
    return `${style.heading("± value change\n")}${replaced(from, to, style)}`;
  const changes = lineChanges(from, to);
  const count = (kind: "removed" | "added"): number => changes.filter((change) => change.kind === kind).length;
  const counts = `${plural(count("added"), "insert")}, ${plural(count("removed"), "deletion")}`;
  const lines = changes.map(({ kind, lines: changed }) => {
    const [mark, paint] = kind === "added" ? ["+ ", style.now] : ["- ", style.old];
    const text = changed.join("").replace(/\n$/, "");
    return paint(`${mark}${text.replaceAll("\n", `\n${mark}`)}\n`);
  });
  return `${style.heading(`± value change in multiline text (${counts})\n`)}${lines.join("")}\n`;
}

function formatReordered(from: readonly Json[], to: readonly Json[], style: Style): string {
  const [before, after] = [from, to].map((items) => items.map(readableItem));
  const inLine = [before?.join(", ") ?? "", after?.join(", ") ?? ""] as const;
  const heading = style.heading("⇆ order changed\n");
  if (Math.max(...inLine.map((text) => text.length)) < style.width / 2)
    return `${heading}${style.old(`- ${inLine[0]}\n`)}${style.now(`+ ${inLine[1]}\n`)}`;
  const columns = [style.old(before?.join("\n") ?? ""), style.now(after?.join("\n") ?? "")];
  return heading + arrangeBlocks(columns, { indent: 2, width: Number.POSITIVE_INFINITY, separator: " " });
}

function replaced(from: string, to: string, style: Style): string {
  return `${style.old(prefixed("- ", from))}${style.now(prefixed("+ ", to))}`;
}

function prefixed(mark: string, text: string): string {
  return `${mark}${text.replaceAll("\n", `\n${" ".repeat(mark.length)}`)}\n`;
}

function trimSpace(text: string): string {
  return text.replace(/^[ \n]+|[ \n]+$/g, "");
}

function showSpace(text: string): string {
  return text.replaceAll("\n", "↵\n").replaceAll(" ", "·");
}

const numbers = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

function plural(count: number, one: string, many = `${one}s`): string {
  return `${numbers[count] ?? String(count)} ${count === 1 ? one : many}`;
}

function listEntries(count: number): string {
  return plural(count, "list entry", "list entries");
}
