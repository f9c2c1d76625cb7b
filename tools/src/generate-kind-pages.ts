/**
 * `node tools/src/generate-kind-pages.ts [--check]`: writes a reference page per kind into `docs/kinds`, from the kinds'
 * definitions. With `--check` it writes nothing, names the pages that are not what it would write, and exits with 1.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kinds, type JsonSchema, type Kind } from "@eddy/api";
import { root } from "./source-files.ts";

const folder = join(root, "docs/kinds");
const notice = "<!-- Written by tools/src/generate-kind-pages.ts from the definitions in api/: do not edit. -->";

const pages = new Map([["README.md", indexPage()], ...kinds.map((kind) => [pageName(kind), kindPage(kind)] as const)]);
const stale = [...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name);
const orphans = existsSync(folder) ? readdirSync(folder).filter((name) => !pages.has(name)) : [];

if (process.argv.includes("--check")) {
  for (const name of [...stale, ...orphans])
    console.log(`docs/kinds/${name} is not what the kinds say: run node tools/src/generate-kind-pages.ts`);
  process.exitCode = stale.length + orphans.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of orphans) rmSync(join(folder, name));
  for (const name of stale) writeFileSync(join(folder, name), pages.get(name) ?? "");
}

function read(name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function pageName(kind: Kind): string {
  return `${kind.kind.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "-").toLowerCase()}.md`;
}

function indexPage(): string {
  const rows = kinds.map(
    (kind) => `| [${kind.kind}](${pageName(kind)}) | \`${kind.group}/${kind.storageVersion}\` | ${kind.description} |`,
  );
  return lines([notice, "", "# Kinds", "", "| Kind | API | |", "|---|---|---|", ...rows]);
}

function kindPage(kind: Kind): string {
  const version = kind.versions.find((candidate) => candidate.storage) ?? kind.versions[0];
  const others = kind.versions.filter((candidate) => !candidate.storage).map((candidate) => `\`${candidate.name}\``);
  return lines([
    notice,
    "",
    `# ${kind.kind}`,
    "",
    kind.description,
    "",
    "| | |",
    "|---|---|",
    `| API version | \`${kind.group}/${kind.storageVersion}\`${others.length === 0 ? "" : `; also served: ${others.join(", ")}`} |`,
    `| Names | \`${kind.plural}\`, \`${kind.singular}\`${kind.shortNames.map((name) => `, \`${name}\``).join("")} |`,
    `| Categories | ${kind.categories.map((name) => `\`${name}\``).join(", ")} |`,
    `| Scope | ${kind.scope} |`,
    ...(kind.finalizer === undefined ? [] : [`| Finalizer | \`${kind.finalizer}\` |`]),
    `| Columns | ${(version?.printerColumns ?? []).map((column) => column.name).join(", ")} |`,
    "",
    ...Object.entries(version?.members ?? {}).flatMap(([name, schema]) => memberSection(name, schema)),
    ...notesSection(kind),
    ...commandSection(kind),
  ]);
}

function notesSection({ olderVersions, differences }: Kind): string[] {
  const bullets = (notes: readonly string[]): string[] => notes.map((note) => `- ${note}`);
  return [
    ...(olderVersions === undefined ? [] : ["## Older versions", "", ...bullets(olderVersions), ""]),
    ...(differences === undefined ? [] : ["## What differs from Flux", ""]),
    ...(differences?.length === 0 ? ["Nothing that is known.", ""] : []),
    ...(differences === undefined || differences.length === 0 ? [] : [...bullets(differences), ""]),
  ];
}

function memberSection(name: string, schema: JsonSchema): string[] {
  return [
    `## ${name}`,
    "",
    schema.description ?? "",
    "",
    "| Field | Type | | Description |",
    "|---|---|---|---|",
    ...fieldRows(schema, name),
    "",
    ...(schema["x-kubernetes-validations"] ?? []).flatMap((rule) => [
      `Refused otherwise: ${rule.message} (\`${rule.rule}\`)`,
      "",
    ]),
  ];
}

function fieldRows(schema: JsonSchema, path: string): string[] {
  const item = schema.type === "array" ? schema.items : undefined;
  if (item) return fieldRows(item, `${path}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const isRequired = schema.required?.includes(name) === true;
    const field = `${path}.${name}`;
    const row = `| \`${field}\` | ${typeText(member)} | ${constraintText(member, isRequired)} | ${cell(member.description ?? "")} |`;
    return [row, ...fieldRows(member, field)];
  });
}

function typeText(schema: JsonSchema): string {
  if (schema.type === "array") return `list of ${typeText(schema.items ?? {})}`;
  if (schema.additionalProperties) return `map of ${typeText(schema.additionalProperties)}`;
  if (schema.format === "date-time") return "time";
  return schema.type ?? "any value";
}

function constraintText(schema: JsonSchema, isRequired: boolean): string {
  const {
    enum: words,
    pattern,
    minLength,
    maxLength,
    minimum,
  } = schema.items?.enum ? { ...schema, enum: schema.items.enum } : schema;
  const parts = [
    ...(isRequired ? ["**required**"] : []),
    ...(schema.default === undefined ? [] : [`default \`${JSON.stringify(schema.default)}\``]),
    ...(words === undefined ? [] : [`one of ${words.map((word) => `\`${word}\``).join(", ")}`]),
    ...(pattern === undefined ? [] : [`\`${pattern}\``]),
    ...(minLength === undefined && maxLength === undefined
      ? []
      : [`length ${minLength ?? 0} to ${maxLength ?? "any"}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(schema["x-kubernetes-validations"] ?? []).map((rule) => rule.message),
  ];
  return cell([...new Set(parts)].join("; "));
}

function commandSection(kind: Kind): string[] {
  const { path, pluralPath, create, reconcilable, suspendable, sourceOf, inventoryOf } = kind.cli;
  const name = path.join(" ");
  const commands = [
    `eddy get ${pluralPath.join(" ")} [NAME] [-A] [-o json|yaml|wide|name]`,
    ...(create === undefined ? [] : create.examples.map(([, words]) => `eddy create ${words}`)),
    ...(reconcilable ? [`eddy reconcile ${name} NAME${sourceOf ? " [--with-source]" : ""}`] : []),
    ...(suspendable ? [`eddy suspend ${name} NAME`, `eddy resume ${name} NAME`] : []),
    `eddy export ${name} NAME`,
    `eddy delete ${name} NAME`,
    ...(inventoryOf ? [`eddy tree ${name} NAME`] : []),
    `eddy events --for ${kind.kind}/NAME`,
  ];
  return ["## Commands", "", "```sh", ...commands, "```"];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n").trimEnd()}\n`;
}
