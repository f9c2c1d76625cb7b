/** What `.ci/run` does after the installation: each step's output as it comes, the ends of those that failed once more, then one line of counts over all of them. */
import { spawn } from "node:child_process";
import { root } from "./source-files.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  name: string;
  command: string[];
  /** Matches the runner's closing line; a step without one counts as a single test. */
  counts?: RegExp;
  /** At most so many minutes, and no more than are left; what has no time is skipped by the step itself, and says so. */
  minutes?: number;
}

/** The hour that CI has, less the installation and what a suite that has begun may still take. */
const wholeMinutes = 51;

// The fuzzers have a fixed seed here, so that a commit is judged by what it changed; other seeds are for people and nights.
const steps: readonly Step[] = [
  { name: "original programs", command: ["npm", "run", "upstream", "--"], minutes: 22 },
  { name: "tests", command: ["npm", "test"], counts: /^\s*Tests\s+(?=.*\d)(.*)$/gm },
  { name: "check", command: ["npm", "run", "check"], counts: /^check: (.*)$/gm },
  {
    name: "start",
    command: ["npm", "start", "--", "--exit-when-ready", "--output", "json", "--data-dir", ".cache/ci-data", "--fresh"],
  },
  { name: "build", command: ["npm", "run", "build"] },
  {
    name: "start of the built product",
    command: [
      process.execPath,
      "dist/apps/cli/bin/eddy.mjs",
      "up",
      "--exit-when-ready",
      "--output",
      "json",
      "--data-dir",
      ".cache/ci-built-data",
      "--fresh",
    ],
  },
  {
    name: "conformance",
    command: ["npm", "run", "conformance", "--", "--seed", "20261121", "--budget", "5"],
    minutes: 36,
    counts: /^(\d+ passed, \d+ failed, \d+ skipped)$/gm,
  },
];

function commandOf({ command, minutes }: Step): string[] {
  if (minutes === undefined) return command;
  const left = Math.floor(wholeMinutes - performance.now() / 60_000);
  return [...command, "--minutes", String(Math.max(0, Math.min(minutes, left)))];
}

function run(step: Step): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [program = "", ...args] = commandOf(step);
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ code: 1, output: String(error) }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The counts of a step. A non-zero exit without a named failure is a failure, and a run that closed with no count is too. */
function judge(step: Step, code: number, output: string): Counts {
  const single: Counts = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (!step.counts) return single;
  const line = [...output.matchAll(step.counts)].at(-1)?.[1];
  if (line === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const number = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const counts = { passed: number("passed"), failed: number("failed"), skipped: number("skipped") };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The end of what a failed step printed, where its runner says what failed. */
function endOf(output: string): string {
  return output.trimEnd().split("\n").slice(-40).join("\n");
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failedEnds: string[] = [];
for (const step of steps) {
  const startMs = performance.now();
  console.log(`\n=== ${step.name}: ${commandOf(step).join(" ")}`);
  const { code, output } = await run(step);
  const counts = judge(step, code, output);
  console.log(`=== ${step.name}: exit ${code} after ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  if (counts.failed > 0) failedEnds.push(`\n=== ${step.name} failed; it closed with\n${endOf(output)}`);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
console.log(failedEnds.join("\n"));
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
