import { formatObjectName } from "@eddy/core/object";
import { createColors } from "picocolors";
import { neutralise } from "../output/terminal-text.ts";
import { formatDifferences, type FormatDifferencesOptions } from "../difference/format-differences.ts";
import { isChange, type ObjectChange } from "./diff-preview.ts";

/** Changes as `flux diff kustomization` prints them. */
export function formatObjectChanges(changes: readonly ObjectChange[], options: FormatDifferencesOptions): string {
  const colours = createColors(options.colour);
  const paint = { created: colours.green, skipped: colours.yellow, deleted: colours.red };
  return changes
    .map((change) => {
      const name = formatObjectName(change.ref);
      switch (change.action) {
        case "drifted":
          return `► ${name} drifted\n${formatDifferences(change.differences, options)}`;
        case "changed below":
          return `📁 ${name} changed\n${formatObjectChanges(change.changes, options)}`;
        case "remote":
          return `${colours.yellow(`⚠️ ${name} skipped: diff not supported for remote clusters`)}\n`;
        default:
          return `${paint[change.action](`► ${name} ${change.action}`)}\n`;
      }
    })
    .join("");
}

/** Changes whose texts a terminal shows and does not obey. */
export function neutraliseChanges(changes: readonly ObjectChange[]): readonly ObjectChange[] {
  return mapTexts(changes, neutralise) as readonly ObjectChange[];
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapTexts(item, map)]));
}

/** Changes as data: `{ changed, changes: [{ object, action, differences?, changes? }] }`. */
export function changesToJson(changes: readonly ObjectChange[]): { changed: boolean; changes: object[] } {
  return {
    changed: changes.some(isChange),
    changes: changes.map(({ ref, action, ...rest }) => ({
      object: formatObjectName(ref),
      ...ref,
      action: action === "changed below" ? "changed" : action,
      ...("differences" in rest ? { differences: rest.differences.map(plainDifference) } : {}),
      ...("changes" in rest ? changesToJson(rest.changes) : {}),
    })),
  };
}

function plainDifference({ path, details }: { path: readonly string[]; details: readonly object[] }): object {
  return { path, details: details.map((detail) => plainDetail(detail as Record<string, unknown>)) };
}

function plainDetail({ entries, ...detail }: Record<string, unknown>): object {
  const set = entries as { of: "map" | "list"; values: readonly unknown[] } | undefined;
  if (!set) return detail;
  return { ...detail, entries: set.of === "map" ? Object.fromEntries(set.values as [string, unknown][]) : set.values };
}
