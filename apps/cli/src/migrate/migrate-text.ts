import { kindOf } from "@eddy/api";
import { deepEqual, isObject, type Json } from "@eddy/core/json";
import { parseApiVersion, type KubeObject } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import { convertFields, UneditableError, type FieldConversion, type LineEdit } from "./convert-fields.ts";
import { findUpgrades, upgradeLine, type Upgrade } from "./find-upgrades.ts";
import { splitLines, type Lines } from "./line-editor.ts";
import type { TargetVersion } from "./target-versions.ts";

/** What becomes of a text. */
export interface MigratedText {
  text: string;
  /** `<line>: <what>`, lines from 1 and of the text as it was. */
  changes: readonly string[];
  warnings: readonly string[];
}

/**
 * A text with the wanted versions of Flux's kinds; every other byte is what it was, but for fields that the newer version has
 * elsewhere. An object whose fields cannot be moved keeps its version, with a warning. Pure.
 */
export function migrateText(text: string, target: TargetVersion): MigratedText {
  const { upgrades, warnings } = findUpgrades(text, target);
  const changes: { line: number; what: string }[] = [];
  let lines = splitLines(text);
  // From the end, so that the lines of what is still to be done stay where they are.
  for (const upgrade of upgrades.toReversed()) {
    const converted = migrateObject(lines, upgrade);
    const line = upgrade.line + 1;
    if (typeof converted === "string") {
      warnings.push(`${line}: ${upgrade.kind} ${upgrade.from} is left as it is: convert ${converted} by hand`);
      continue;
    }
    lines = converted.lines;
    changes.push({ line, what: `${upgrade.kind} ${upgrade.from} -> ${upgrade.to}` });
    for (const { field, to, edits } of converted.conversions)
      changes.push({
        line: (edits[0]?.start ?? upgrade.line) + 1,
        what: to === undefined ? `${field} removed: it has no effect` : `${field} -> ${to}`,
      });
  }
  const told = changes.toSorted((left, right) => left.line - right.line).map(({ line, what }) => `${line}: ${what}`);
  return { text: lines.join(""), changes: told, warnings };
}

/** The lines with this object in its new version, or the field for which that cannot be done. */
function migrateObject(lines: Lines, upgrade: Upgrade): { lines: Lines; conversions: FieldConversion[] } | string {
  const { object, line } = upgrade;
  const renamed = lines.with(line, upgradeLine(lines[line] ?? "", upgrade));
  if (!object || !isNewest(upgrade)) return { lines: renamed, conversions: [] };
  try {
    const conversions = convertFields(upgrade.kind, object, renamed);
    const edited = applyEdits(
      renamed,
      conversions.flatMap(({ edits }) => edits),
    );
    if (conversions.length > 0 && !meansTheSame(lines, edited)) return conversions[0]?.field ?? "its fields";
    return { lines: edited, conversions };
  } catch (error) {
    if (error instanceof UneditableError) return error.message;
    throw error;
  }
}

function isNewest({ group, kind, to }: Upgrade): boolean {
  return kindOf({ group, kind })?.storageVersion === to;
}

function applyEdits(lines: Lines, edits: readonly LineEdit[]): Lines {
  const edited = [...lines];
  for (const { start, end, lines: others } of edits.toSorted((left, right) => right.start - left.start))
    edited.splice(start, end - start, ...others);
  return edited;
}

/** Whether both texts hold the same objects, read in the kinds' current versions. */
function meansTheSame(before: Lines, after: Lines): boolean {
  try {
    const [left, right] = [before, after].map((lines) =>
      loadDocuments(lines.join("")).map(({ value }) => current(value)),
    );
    return deepEqual(left, right);
  } catch {
    return false;
  }
}

function current(value: Json): Json {
  if (Array.isArray(value)) return value.map(current);
  if (!isObject(value)) return value;
  const { apiVersion, kind } = value;
  const known =
    typeof apiVersion === "string" && typeof kind === "string"
      ? kindOf({ group: parseApiVersion(apiVersion).group, kind })
      : undefined;
  if (known) return withPatchData(known.decode(value as unknown as KubeObject) as unknown as Json);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, current(item ?? null)]));
}

// The text of a patch may be JSON or YAML: what it says counts. Fields without effect are dropped.
function withPatchData(value: Json): Json {
  if (Array.isArray(value)) return value.map(withPatchData);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !idle.has(key));
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === "patch" && typeof item === "string" ? dataOf(item) : withPatchData(item ?? null),
    ]),
  );
}

const idle = new Set(["validation", "gitImplementation", "accessFrom"]);

function dataOf(text: string): Json {
  return loadDocuments(text).map(({ value }) => value);
}
