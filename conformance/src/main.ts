/**
 * `npm run conformance [-- SUITE… --seed N --budget SECONDS --minutes N --filter TEXT --verbose]`: runs the suites, begins none
 * after so many minutes, and closes with `N passed, N failed, N skipped`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { suites } from "./suites.ts";
import { repositoryRoot } from "./upstream.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function folder(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** What went wrong in any suite, told again at the end, where one who reads only the end finds it. */
const failures: string[] = [];

function reporter(suite: string, counts: Counts, verbose: boolean): Report {
  const reasons = new Map<string, number>();
  return {
    pass(name) {
      counts.passed++;
      if (verbose) console.log(`  ✔ ${name}`);
    },
    fail(name, why) {
      counts.failed++;
      failures.push(`${suite}: ${name}: ${why}`);
      console.log(`  ✗ ${name}: ${why}`);
    },
    skip(name, why) {
      counts.skipped++;
      const seen = reasons.get(why) ?? 0;
      reasons.set(why, seen + 1);
      if (seen === 0 || verbose) console.log(`  - ${name} skipped: ${why}`);
    },
    note: (text) => console.log(`  ${text}`),
  };
}

async function runSuite(suite: Suite, options: SuiteOptions, verbose: boolean): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const startMs = performance.now();
  const report = reporter(suite.name, counts, verbose);
  console.log(`${suite.name}: ${suite.summary}`);
  try {
    await suite.run(report, options);
  } catch (error) {
    report.fail("the suite itself broke", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(
    `${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s\n`,
  );
  return counts;
}

/** The suite of this name and those that belong to it: `kustomize` is also `kustomize-fuzz`. */
function suitesOf(name: string): string[] {
  const found = Object.keys(suites).filter((suite) => suite === name || suite.startsWith(`${name}-`));
  if (found.length > 0) return found;
  throw new Error(`there is no suite "${name}"; there are ${Object.keys(suites).join(", ")}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    budget: { type: "string", default: "20" },
    minutes: { type: "string" },
    filter: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const names = positionals.length > 0 ? positionals.flatMap(suitesOf) : Object.keys(suites);
const options: SuiteOptions = {
  upstreamBin: folder(join(repositoryRoot, ".cache/upstream/bin")),
  corpora: folder(join(repositoryRoot, "../shared/corpora")),
  cacheDir: join(repositoryRoot, ".cache"),
  seed: values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed),
  budgetMs: Number(values.budget) * 1_000,
  filter: values.filter,
};
console.log(`conformance: seed ${options.seed}, ${values.budget} s for each fuzzer`);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const name of names) {
  const load = suites[name];
  if (!load) continue;
  if (values.minutes !== undefined && performance.now() > Number(values.minutes) * 60_000) {
    console.log(`${name}: skipped, ${values.minutes} minutes are over\n`);
    total.skipped++;
    continue;
  }
  const counts = await runSuite(await load(), options, values.verbose);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
if (failures.length > 0) console.log(`What failed:\n${failures.map((failure) => `  ✗ ${failure}`).join("\n")}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
