import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eddy/core/errors";
import type { HelmDialect } from "@eddy/helm";
import { randomChart, type RandomChart } from "./helm/random-chart.ts";
import { type Outcome, renderFolder } from "./helm/render-case.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const runFile = promisify(execFile);

async function upstream(program: string, folder: string, flags: readonly string[]): Promise<Outcome> {
  const words = ["template", "demo", join(folder, "chart"), "--namespace", "apps", ...flags];
  try {
    const { stdout } = await runFile(program, [...words, "-f", join(folder, "values.yaml")], {
      encoding: "buffer",
      maxBuffer: 1 << 26,
      timeout: 60_000,
    });
    return { text: stdout };
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString() ?? messageOf(error);
    return { refusal: said.split("\n").find((line) => line.startsWith("Error: ")) ?? said };
  }
}

function differenceOf(ours: Outcome, theirs: Outcome): string | undefined {
  if ("refusal" in theirs) {
    if (!("refusal" in ours)) return `upstream refuses: ${theirs.refusal}`;
    const [said] = ours.refusal.split("\n", 1);
    return said === theirs.refusal ? undefined : `refused with ${said}, upstream ${theirs.refusal}`;
  }
  if ("refusal" in ours) return `refused: ${ours.refusal.slice(0, 400)}`;
  if (ours.text.equals(theirs.text)) return undefined;
  const [left, right] = [ours.text.toString().split("\n"), theirs.text.toString().split("\n")];
  const line = left.findIndex((row, index) => row !== right[index]);
  const at = line < 0 ? left.length : line;
  return `line ${at + 1}: ${JSON.stringify(left[at])}, upstream ${JSON.stringify(right[at])}`;
}

function write(folder: string, { files, values }: RandomChart): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "chart", file)), { recursive: true });
    writeFileSync(join(folder, "chart", file), text);
  }
  writeFileSync(join(folder, "values.yaml"), values);
}

async function compare(
  report: Report,
  programs: Record<HelmDialect, string>,
  name: string,
  chart: RandomChart,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-helm-"));
  try {
    write(folder, chart);
    for (const dialect of ["helm4", "helm3"] as const) {
      const theirs = await upstream(programs[dialect], folder, chart.flags);
      const ours = renderFolder(
        { folder: join(folder, "chart"), values: chart.values, flags: chart.flags },
        dialect,
        1,
      );
      const difference = differenceOf(ours, theirs);
      const same = async (): Promise<boolean> => {
        const again = await upstream(programs[dialect], folder, chart.flags);
        return differenceOf(again, theirs) === undefined;
      };
      if (difference === undefined) report.pass(`${name} ${dialect}`);
      else if (!(await same())) report.skip(`${name} ${dialect}`, "upstream prints it in several ways");
      else report.fail(`${name} ${dialect}`, difference);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const helm4 = upstreamProgram(options, "helm");
  const helm3 = upstreamProgram(options, "helm3");
  if (helm4 === undefined || helm3 === undefined)
    return report.skip("helm-fuzz", "helm and helm3 are not built: npm run upstream");
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  for (let number = 0; Date.now() < until; number++) {
    const name = `${options.seed}/${number}`;
    if (options.filter !== undefined && name !== options.filter) continue;
    await compare(report, { helm4, helm3 }, name, randomChart(new Random(options.seed * 100_003 + number)));
  }
}

/** Random charts with sub-charts, values and flags, rendered by the real Helms and by ours. */
export const suite: Suite = {
  name: "helm-fuzz",
  summary: "random charts against the helm and helm3 binaries",
  run,
};
