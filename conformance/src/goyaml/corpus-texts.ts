import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A YAML text of the corpora. */
export interface CorpusText {
  name: string;
  text: string;
}

const yamlName = /\.(ya?ml|json)$/;

/** Every YAML text of the corpora: files of kustomizations, values, charts without templates, and outputs; streams are cut at `---`. */
export function* corpusTexts(corpora: string): Generator<CorpusText> {
  const seen = new Set<string>();
  for (const { name, text } of files(corpora)) {
    for (const [index, section] of text.split(/^---\s*$/m).entries()) {
      // A comment line keeps apart what differs in nothing else.
      const digest = createHash("sha1")
        .update(section.replaceAll(/^# Source: .*$/gm, ""))
        .digest("base64");
      if (section.trim() === "" || seen.has(digest)) continue;
      seen.add(digest);
      yield { name: `${name}#${index}`, text: section };
    }
  }
}

function* files(corpora: string): Generator<CorpusText> {
  const kustomize = join(corpora, "kustomize");
  for (const archive of readdirSync(join(kustomize, "repos"))) yield* archived(join(kustomize, "repos"), archive);
  yield* folder(join(kustomize, "cases"));
  yield* zipped(join(kustomize, "expected"));
  yield* archivedCharts(join(corpora, "helm", "charts"));
  yield* zipped(join(corpora, "helm", "values"));
  yield* zipped(join(corpora, "helm", "expected"));
}

function* archivedCharts(charts: string): Generator<CorpusText> {
  for (const archive of readdirSync(charts)) {
    for (const file of archived(charts, archive)) if (!file.name.includes("/templates/")) yield file;
  }
}

function* folder(path: string): Generator<CorpusText> {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && yamlName.test(file))
      yield { name: file.slice(path.length + 1), text: readFileSync(file, "utf8") };
  }
}

function* zipped(path: string): Generator<CorpusText> {
  for (const name of readdirSync(path)) yield { name, text: gunzipSync(readFileSync(join(path, name))).toString() };
}

/** The YAML files of a gzipped tar. */
function* archived(path: string, archive: string): Generator<CorpusText> {
  const bytes = gunzipSync(readFileSync(join(path, archive)));
  for (let offset = 0; offset + 512 <= bytes.length;) {
    const field = (from: number, length: number): string =>
      bytes.toString("utf8", offset + from, offset + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const name = [field(345, 155), field(0, 100)].filter((part) => part !== "").join("/");
    if (/[0\0]/.test(field(156, 1) || "0") && yamlName.test(name)) {
      yield { name: `${archive}/${name}`, text: bytes.toString("utf8", offset + 512, offset + 512 + size) };
    }
    offset += 512 + Math.ceil(size / 512) * 512;
  }
}
