import { parseRepositoryUrl, type RepositoryUrl } from "@eddy/kustomize";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

const prefixes = ["", "", "", "git::", "GIT::", "/", "./", "../"];
const schemes = [
  "",
  "",
  "https://",
  "https://",
  "http://",
  "ssh://",
  "file://",
  "HTTPS://",
  "Ssh://",
  "git://",
  "s3://",
];
const users = ["", "", "", "git@", "user-1@", "1x@", "a.b@", "user:pass@", "@"];
const hosts = [
  "github.com",
  "GitHub.com",
  "gitlab.example.org",
  "dev.azure.com",
  "host",
  "host:8080",
  "[::1]:22",
  "",
  "~",
];
const separators = ["/", "/", "/", ":", "//", "", ":/", "/:"];
const steps = [
  "org",
  "repo",
  "repo.git",
  "_git",
  "v3",
  "a",
  "b.git",
  "..",
  ".",
  "",
  "x y",
  "%2e",
  "base",
  ".github",
  "é",
];
const joints = ["/", "/", "/", "/", "//", "///"];
const keys = [
  "ref",
  "ref",
  "ref",
  "version",
  "timeout",
  "timeout",
  "submodules",
  "submodules",
  "Ref",
  "x",
  "?ref",
  "r%65f",
];
const values: Readonly<Record<string, readonly string[]>> = {
  timeout: ["61", "0", "-5", "+7", "61s", "1m30s", "1.5h", "x", "", "1 s", "500ms", "9".repeat(6), "0x10", "1_0"],
  submodules: ["0", "1", "t", "f", "F", "TRUE", "False", "fALSE", "no", "", "false "],
};
const texts = ["v1.0.0", "main", "a/b", "", "%2Fx", "a+b", "%zz", "a;b", "x=y", "é", "%c3%a9", "#frag", "a%20b", "a?b"];

function randomUrl(random: Random): string {
  const path = Array.from({ length: random.below(6) }, () => random.pick(joints) + random.pick(steps)).join("");
  const start = random.pick(random.chance(0.2) ? prefixes : [""]) + random.pick(schemes) + random.pick(users);
  return start + random.pick(hosts) + random.pick(separators) + path.replace(/^\//, "") + randomQuery(random);
}

function randomQuery(random: Random): string {
  if (random.chance(0.4)) return "";
  const pairs = Array.from({ length: random.below(4) }, () => {
    const key = random.pick(keys);
    return random.chance(0.1) ? key : `${key}=${random.pick(values[key] ?? texts)}`;
  });
  return `?${pairs.join("&")}`;
}

/** Asks both what a URL means. */
async function compare(url: string, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const theirs = JSON.stringify(inOrder(await oracle.ask<RepositoryUrl | null>(url)));
  const ours = JSON.stringify(inOrder(parseRepositoryUrl(url) ?? null));
  if (ours === theirs) report.pass(name);
  else report.fail(name, `${JSON.stringify(url)}\n  theirs ${theirs}\n  ours   ${ours}`);
}

function inOrder(parsed: RepositoryUrl | null): unknown {
  return parsed && [parsed.repository, parsed.path, parsed.ref, Math.trunc(parsed.timeoutMs), parsed.submodules];
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("repository-url", options.cacheDir);
  if (typeof oracle === "string") return report.skip("repository-url", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `repository-url ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compare(randomUrl(new Random(options.seed * 100_003 + number)), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random URLs, taken apart by kustomize's own parser and by ours. */
export const suite: Suite = { name: "repository-url", summary: "URLs of remote bases against kustomize's parser", run };
