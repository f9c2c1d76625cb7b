import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@eddy/core/digest";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { compareVersions, parseVersion } from "@eddy/core/semver";
import { dump, load } from "@eddy/goyaml";
import { formatMetadata, loadChartArchive } from "@eddy/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { runHelm } from "../../helm/release-ports.ts";

const flags = {
  url: flag.text("url of chart repository"),
  merge: flag.text("merge the generated index into the given index"),
  json: flag.boolean("output in JSON format"),
};

/** `helm repo index`: an index.yaml of the packages in a folder and in the folders below it. Source: Helm `pkg/repo/v1/index.go`. */
export const helmRepoIndexCommand: Command = defineCommand({
  path: ["helm", "repo", "index"],
  summary: "Generate an index file given a directory containing packaged charts",
  args: [{ name: "dir", required: true }],
  flags,
  examples: [["Make a folder a repository", "helm repo index ./dist --url https://charts.example.com"]],
  run({ args: [folder = "."], flags: { url, merge, json } }, context) {
    return runHelm(context, "", async () => {
      const created = new Date(context.clock.now()).toISOString();
      const entries = merge ? entriesOf(merge) : {};
      for (const file of packagesIn(folder)) add(entries, folder, file, { url: url ?? "", created });
      for (const versions of Object.values(entries)) versions.sort(newestFirst);
      const index: JsonObject = { apiVersion: "v1", entries, generated: created };
      const text = json ? JSON.stringify(index, undefined, 2) : dump(index);
      writeFileSync(join(folder, "index.yaml"), text);
    });
  },
});

type Entries = Record<string, JsonObject[]>;

function entriesOf(file: string): Entries {
  if (!existsSync(file)) return {};
  const index: Json = load(readFileSync(file, "utf8"), { file });
  return (isObject(index) && isObject(index["entries"]) ? index["entries"] : {}) as Entries;
}

function packagesIn(folder: string): string[] {
  const isFolder = (name: string): boolean => statSync(join(folder, name)).isDirectory();
  const names = readdirSync(folder).sort();
  const inside = names.filter(isFolder).flatMap((name) =>
    readdirSync(join(folder, name))
      .sort()
      .map((file) => `${name}/${file}`),
  );
  return [...names, ...inside].filter((name) => name.endsWith(".tgz"));
}

function add(entries: Entries, folder: string, file: string, { url, created }: { url: string; created: string }): void {
  const archive = readFileSync(join(folder, file));
  const { metadata } = loadChartArchive(archive);
  const versions = (entries[metadata.name] ??= []);
  if (versions.some(({ version }) => version === metadata.version)) return;
  const fields = load(formatMetadata(metadata)) as JsonObject;
  versions.push({
    ...fields,
    created,
    digest: sha256(archive),
    urls: [url === "" ? file : `${url.replace(/\/$/, "")}/${file}`],
  });
}

function newestFirst(left: JsonObject, right: JsonObject): number {
  return compareVersions(parseVersion(String(right["version"])), parseVersion(String(left["version"])));
}
