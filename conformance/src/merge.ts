import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { compareHistory } from "./merge/ownership.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

type Part = {
  name: string;
  share: number;
  run(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void>;
};

const parts: readonly Part[] = [
  {
    name: "ownership",
    share: 0.6,
    run: (random, oracle, report, name) => compareHistory(random, oracle, 25, report, name),
  },
];

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("merge", options.cacheDir);
  if (typeof oracle === "string") return report.skip("merge", oracle);
  report.note(`seed ${options.seed}`);
  try {
    for (const part of parts) {
      const until = Date.now() + options.budgetMs * part.share;
      for (let number = 0; Date.now() < until; number++) {
        const name = `${part.name} ${options.seed}/${number}`;
        if (options.filter !== undefined && !name.includes(options.filter)) continue;
        await part.run(new Random(options.seed * 100_003 + number), oracle, report, name);
      }
    }
  } finally {
    await oracle.close();
  }
}

/** Random writes by several managers, and random patches, answered by the API server's own Go libraries and by ours. */
export const suite: Suite = {
  name: "merge",
  summary:
    "field ownership, strategic merge, merge patch and JSON patch against apimachinery and structured-merge-diff",
  run,
};
