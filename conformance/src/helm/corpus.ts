import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One rendering of the corpus, and what upstream made of it. */
export interface HelmCase {
  name: string;
  /** The unpacked chart's folder. */
  folder: string;
  /** The text of `-f`. */
  values: string | undefined;
  flags: readonly string[];
  state: "ok" | "random" | "error";
  /** What Helm 4 printed; undefined where it refuses, or where only the digest is kept. */
  helm4: Expected | undefined;
  helm3: Expected | undefined;
  /** The first line that Helm 4 refuses with. */
  error: string;
}

/** A text, or the first 20 hex digits of its SHA-256. */
export type Expected = { text: Buffer } | { sha256: string };

/** Lists every case; charts are unpacked into the cache when they are first asked for. */
export function helmCases(corpora: string, cacheDir: string): HelmCase[] {
  const corpus = join(corpora, "helm");
  const [, ...lines] = readFileSync(join(corpus, "open.tsv"), "utf8").trimEnd().split("\n");
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const [chart = "", group = "", values = "-", flags = "[]", state = "", helm4 = "", helm3 = "", error = ""] =
      line.split("\t");
    const key = `${chart} ${group}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return {
      name: count === 0 ? key : `${key} ${count + 1}`,
      folder: join(cacheDir, "helm-corpus", chart),
      values: values === "-" ? undefined : gunzipSync(readFileSync(join(corpus, "values", `${values}.gz`))).toString(),
      flags: JSON.parse(flags) as string[],
      state: state as HelmCase["state"],
      helm4: expected(corpus, helm4),
      helm3: expected(corpus, helm3),
      error,
    };
  });
}

/** Unpacks a case's chart, once. Returns its folder. */
export function unpackChart(corpora: string, one: HelmCase): string {
  const root = join(one.folder, "chart");
  if (existsSync(root)) return root;
  const name = one.folder.slice(one.folder.lastIndexOf("/") + 1);
  const partial = `${one.folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  execFileSync("tar", ["-xzf", join(corpora, "helm/charts", `${name}.tgz`), "-C", partial]);
  if (existsSync(one.folder)) rmSync(partial, { recursive: true });
  else renameSync(partial, one.folder);
  return root;
}

function expected(corpus: string, sha256: string): Expected | undefined {
  if (sha256 === "") return undefined;
  const file = join(corpus, "expected", `${sha256}.yaml.gz`);
  return existsSync(file) ? { text: gunzipSync(readFileSync(file)) } : { sha256 };
}
