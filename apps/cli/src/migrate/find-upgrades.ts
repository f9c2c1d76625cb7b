import { contentOf, getField, parseDocuments, type Node } from "@eddy/goyaml";
import { splitLines, type Lines } from "./line-editor.ts";
import type { TargetVersion } from "./target-versions.ts";

/** An apiVersion that is to be another. */
export interface Upgrade {
  /** From 0. */
  line: number;
  group: string;
  kind: string;
  from: string;
  to: string;
  /** The object, where the file is YAML; templates and texts within texts are found by their lines. */
  object?: Node;
}

/** What was found in a file, and what was said about it. */
export interface FoundUpgrades {
  upgrades: Upgrade[];
  /** `<line>: <what>`. */
  warnings: string[];
}

/**
 * The apiVersions of Flux's kinds in a text that are not the wanted ones, by their lines: of every document, of objects in lists
 * and in other objects, and of whatever looks like one, `apiVersion: …` with `kind: …` below it, in patches and templates.
 * Source of the latter: fluxcd/flux2 2.9.5 cmd/flux/migrate.go.
 */
export function findUpgrades(text: string, target: TargetVersion): FoundUpgrades {
  const lines = splitLines(text);
  const found = new Map<number, Upgrade>();
  const warnings: string[] = [];
  for (const upgrade of upgradesOfLines(lines, target, warnings)) found.set(upgrade.line, upgrade);
  for (const upgrade of upgradesOfNodes(text, target)) found.set(upgrade.line, upgrade);
  return { upgrades: [...found.values()].sort((left, right) => left.line - right.line), warnings };
}

/** The line with the new version in place of the old one. */
export function upgradeLine(line: string, { from, to }: Pick<Upgrade, "from" | "to">): string {
  const at = line.indexOf(`/${from}`, line.indexOf("apiVersion"));
  return at < 0 ? line : `${line.slice(0, at)}/${to}${line.slice(at + 1 + from.length)}`;
}

function* upgradesOfLines(lines: Lines, target: TargetVersion, warnings: string[]): Generator<Upgrade> {
  for (const [line, text] of lines.entries()) {
    const apiVersion = valueBehind(text, "apiVersion: ");
    if (apiVersion === undefined) continue;
    if (apiVersion.split("/").length > 2) {
      warnings.push(`${line + 1}: unexpected GroupVersion string: ${apiVersion}`);
      continue;
    }
    const kind = valueBehind(lines[line + 1] ?? "", "kind: ");
    const upgrade = kind === undefined ? undefined : upgradeOf(apiVersion, kind, line, target);
    if (upgrade) yield upgrade;
  }
}

function valueBehind(line: string, prefix: string): string | undefined {
  const at = line.indexOf(prefix);
  const word =
    at < 0
      ? undefined
      : line
          .slice(at + prefix.length)
          .trim()
          .split(" ")[0];
  return word?.replace(/^(["'])(.*)\1$/, "$2");
}

function upgradeOf(apiVersion: string, kind: string, line: number, target: TargetVersion): Upgrade | undefined {
  const [group = "", from] = apiVersion.split("/");
  const to = from === undefined ? undefined : target(group, kind);
  return from === undefined || to === undefined || to === from ? undefined : { line, group, kind, from, to };
}

// What is not YAML has lines all the same.
function upgradesOfNodes(text: string, target: TargetVersion): Upgrade[] {
  let documents: Node[];
  try {
    documents = parseDocuments(text);
  } catch {
    return [];
  }
  const upgrades: Upgrade[] = [];
  const lineOf = lineFinder(text);
  const visit = (node: Node): void => {
    const [version, kind] = [getOwnScalar(node, "apiVersion"), getOwnScalar(node, "kind")];
    const upgrade = version && kind ? upgradeOf(version.value, kind.value, lineOf(version), target) : undefined;
    if (upgrade) upgrades.push({ ...upgrade, object: node });
    for (const child of node.content) visit(child);
  };
  for (const document of documents) visit(contentOf(document));
  return upgrades;
}

/** Lines as this file has them, from 0: YAML also ends one at a lone carriage return and at three characters beyond ASCII. */
function lineFinder(text: string): (node: Node) => number {
  if (!/\r(?!\n)|[\u0085\u2028\u2029]/.test(text)) return (node) => node.line - 1;
  const starts = [0];
  let line = 0;
  for (const match of text.matchAll(/\r\n|[\n\r\u0085\u2028\u2029]/g)) {
    if (match[0].endsWith("\n")) line++;
    starts.push(line);
  }
  return (node) => starts[node.line - 1] ?? line;
}

function getOwnScalar(node: Node, key: string): Node | undefined {
  const field = node.kind === "mapping" ? getField(node, key) : undefined;
  return field?.kind === "scalar" ? field : undefined;
}
