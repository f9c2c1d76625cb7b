import { fieldEntries, getPath, type Node } from "@eddy/goyaml";
import { endOfField, indentOf, type Lines } from "./line-editor.ts";
import { patchLists } from "./convert-patches.ts";

/** A change of some lines: those from `start` to `end`, not including it, become others. Lines count from 0. */
export interface LineEdit {
  start: number;
  end: number;
  lines: readonly string[];
}

/** What becomes of a field that the newer version has elsewhere, or not at all; undefined where it cannot be told from the lines. */
export interface FieldConversion {
  /** As a person names it: `spec.valuesFile`. */
  field: string;
  /** Where it went; undefined: it had no effect and is removed. */
  to: string | undefined;
  edits: readonly LineEdit[];
}

/** A field whose lines can be edited: its key starts a line of a block mapping. */
export interface Field {
  key: string;
  value: Node;
  /** The line of the key, and the one behind the field. */
  start: number;
  end: number;
  indent: number;
}

/** The form of a field is one that is not edited: flow style, an anchor, several keys in a line. */
export class UneditableError extends Error {}

/**
 * How the fields of an object are written in the current version of its kind. Comments and everything else stay.
 * @throws UneditableError naming the field
 */
export function convertFields(kind: string, object: Node, lines: Lines): FieldConversion[] {
  const spec = getPath(object, ["spec"]);
  switch (kind) {
    case "GitRepository":
      return [...removal(spec, "gitImplementation", lines), ...removal(spec, "accessFrom", lines)];
    case "Bucket":
      return removal(spec, "accessFrom", lines);
    case "HelmChart":
      return valuesFile(spec, "spec", lines);
    case "Kustomization":
      return [...removal(spec, "validation", lines), ...patchLists(spec, "spec", lines)];
    case "HelmRelease": {
      const renderers = getPath(object, ["spec", "postRenderers"])?.content ?? [];
      return [
        ...valuesFile(getPath(object, ["spec", "chart", "spec"]), "spec.chart.spec", lines),
        ...renderers.flatMap((renderer, index) =>
          patchLists(getPath(renderer, ["kustomize"]), `spec.postRenderers[${index}].kustomize`, lines),
        ),
      ];
    }
    default:
      return [];
  }
}

/** A field of a mapping by its key, ready to be edited. @throws UneditableError */
export function findField(mapping: Node | undefined, key: string, lines: Lines): Field | undefined {
  if (mapping?.kind !== "mapping") return undefined;
  for (const [name, value] of fieldEntries(mapping)) {
    if (name.value !== key) continue;
    const start = name.line - 1;
    const line = lines[start] ?? "";
    const indent = indentOf(line);
    if (mapping.style.flow || indent !== name.column - 1 || value.kind === "alias" || value.anchor !== "")
      throw new UneditableError(key);
    return { key, value, start, end: endOfField(lines, start, indent), indent };
  }
  return undefined;
}

function removal(spec: Node | undefined, key: string, lines: Lines): FieldConversion[] {
  const field = findField(spec, key, lines);
  if (!field) return [];
  return [{ field: `spec.${key}`, to: undefined, edits: [{ start: field.start, end: field.end, lines: [] }] }];
}

/** The single values file in front of the values files. */
function valuesFile(holder: Node | undefined, path: string, lines: Lines): FieldConversion[] {
  const field = findField(holder, "valuesFile", lines);
  if (!field) return [];
  const { start, end, indent, value } = field;
  const line = lines[start] ?? "";
  const written =
    /^ *valuesFile:[ \t]+("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^#&*!|>"'\s][^#\r\n]*?)([ \t]*(?:[ \t]#[^\r\n]*)?\r?\n?)$/.exec(
      line,
    );
  if (end !== start + 1 || !written || value.value === "") throw new UneditableError(`${path}.valuesFile`);
  const [, text = "", rest = ""] = written;
  const list = findField(holder, "valuesFiles", lines);
  const told = { field: `${path}.valuesFile`, to: `${path}.valuesFiles` };
  if (!list) {
    const isSafe = /^["']/.test(text) || /^[\w./-]+$/.test(text);
    if (!isSafe) throw new UneditableError(told.field);
    return [{ ...told, edits: [{ start, end, lines: [`${" ".repeat(indent)}valuesFiles: [${text}]${rest}`] }] }];
  }
  const first = list.value.content[0];
  if (list.value.kind !== "sequence" || list.value.style.flow || !first) throw new UneditableError(told.field);
  const at = first.line - 1;
  const dash = `${" ".repeat(indentOf(lines[at] ?? ""))}- ${text}${rest}`;
  return [
    {
      ...told,
      edits: [
        { start, end, lines: [] },
        { start: at, end: at, lines: [dash] },
      ],
    },
  ];
}
