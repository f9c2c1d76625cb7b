import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FileTree } from "@eddy/core/tree";
import { diskTree } from "@eddy/files";

/** One build of the corpus, and what upstream made of it. */
export interface CorpusCase {
  name: string;
  tree: FileTree;
  path: string;
  loadRestrictor: "root" | "none";
  order: "legacy" | "none";
  /** The text, or the first 20 hex digits of its SHA-256; undefined where upstream refuses. */
  expected: { text: string } | { sha256: string } | undefined;
  /** The beginning of what upstream refuses with, "" where it does not. */
  refusal: string;
}

/** Unpacks the repositories of the corpus into the cache, once, and lists every case in both orders. */
export function corpusCases(corpora: string, cacheDir: string): CorpusCase[] {
  const corpus = join(corpora, "kustomize");
  return [...smallCases(join(corpus, "cases")), ...repositoryCases(corpus, unpackCorpus(corpora, cacheDir))];
}

/** The folder with the corpus's repositories, unpacked into the cache once. */
export function unpackCorpus(corpora: string, cacheDir: string): string {
  const corpus = join(corpora, "kustomize");
  const target = join(cacheDir, "kustomize-corpus");
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  for (const archive of readdirSync(join(corpus, "repos"))) {
    execFileSync("tar", ["-xzf", join(corpus, "repos", archive), "-C", partial]);
  }
  if (existsSync(target)) rmSync(partial, { recursive: true });
  else renameSync(partial, target);
  return target;
}

interface CaseMeta {
  path: string;
  load: string;
  reorder: string;
}

function smallCases(folder: string): CorpusCase[] {
  return readdirSync(folder).map((name) => {
    const meta = JSON.parse(readFileSync(join(folder, name, "meta.json"), "utf8")) as CaseMeta;
    return {
      name: `cases/${name}`,
      tree: diskTree(join(folder, name, "in")),
      path: meta.path === "." ? "" : meta.path,
      loadRestrictor: meta.load === "LoadRestrictionsNone" ? "none" : "root",
      order: meta.reorder === "none" ? "none" : "legacy",
      expected: { text: readFileSync(join(folder, name, "expected.yaml"), "utf8") },
      refusal: "",
    };
  });
}

function repositoryCases(corpus: string, folder: string): CorpusCase[] {
  const tree = diskTree(folder);
  const [, ...lines] = readFileSync(join(corpus, "open.tsv"), "utf8").trimEnd().split("\n");
  return lines.flatMap((line): CorpusCase[] => {
    const [directory = "", flags = "", state = "", expected = "", fifo = "", refusal = ""] = line.split("\t");
    const unrestricted = flags.includes("LoadRestrictionsNone");
    const command: CorpusCase = {
      name: directory,
      tree,
      path: directory,
      loadRestrictor: unrestricted ? "none" : "root",
      order: "legacy",
      expected: state === "ok" ? expectedText(corpus, expected) : undefined,
      refusal,
    };
    if (state !== "ok") return [command];
    const sha256 = fifo === "=" ? expected : fifo;
    return [
      command,
      { ...command, name: `${directory} (fifo)`, loadRestrictor: "none", order: "none", expected: { sha256 } },
    ];
  });
}

function expectedText(corpus: string, sha256: string): CorpusCase["expected"] {
  const file = join(corpus, "expected", `${sha256}.yaml.gz`);
  return existsSync(file) ? { text: gunzipSync(readFileSync(file)).toString() } : { sha256 };
}
