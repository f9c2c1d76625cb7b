import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import type { ResolveRef } from "@eddy/merge";
import { loadKubernetesSchemas } from "./kubernetes-openapi.ts";
import { compareHistory } from "./merge/ownership.ts";
import { compareJsonPatch, compareMergePatch } from "./merge/patches.ts";
import { compareStrategicMerge } from "./merge/strategic.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

type Compare = (random: Random, oracle: GoOracle, report: Report, name: string) => Promise<void>;

interface Part {
  name: string;
  /** Of the budget. */
  share: number;
  compare: Compare;
}

function partsOf(resolveRef: ResolveRef): Part[] {
  return [
    { name: "ownership", share: 0.5, compare: (...args) => compareHistory(...args) },
    { name: "strategic", share: 0.3, compare: (...args) => compareStrategicMerge(...args, resolveRef) },
    { name: "jsonpatch", share: 0.1, compare: compareJsonPatch },
    { name: "mergepatch", share: 0.1, compare: compareMergePatch },
  ];
}

async function runPart(
  part: Part,
  oracle: GoOracle,
  report: Report,
  { seed, budgetMs, filter }: SuiteOptions,
): Promise<void> {
  const until = Date.now() + budgetMs * part.share;
  for (let number = 0; Date.now() < until; number++) {
    const name = `${part.name} ${seed}/${number}`;
    if (filter !== undefined && !name.includes(filter)) continue;
    await part.compare(new Random(seed * 100_003 + number), oracle, report, name);
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const schemas = loadKubernetesSchemas("apis__apps__v1_openapi.json");
  const services = loadKubernetesSchemas("api__v1_openapi.json");
  if (typeof schemas === "string" || typeof services === "string") return report.skip("merge", String(schemas));
  const oracle = startGoOracle("merge", options.cacheDir);
  if (typeof oracle === "string") return report.skip("merge", oracle);
  report.note(`seed ${options.seed}`);
  try {
    for (const part of partsOf((ref) => schemas(ref) ?? services(ref))) await runPart(part, oracle, report, options);
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
