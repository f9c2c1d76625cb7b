import { isDeepStrictEqual } from "node:util";
import { messageOf } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";
import { compileHealthCheck, determineStatus, type ObjectStatus } from "@eddy/kstatus";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { randomChecks, randomStatusObject } from "./kstatus/random-status.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Answer extends ObjectStatus {
  error?: string;
}

async function compareStatus(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const object = randomStatusObject(random);
  const jobs = random.pick(["completed", "started"] as const);
  const theirs = await oracle.ask<Answer>({ object, jobs });
  const ours = determineStatus(object, { now: new Date(), jobs });
  const same = theirs.error === undefined ? isDeepStrictEqual(ours, theirs) : ours.status === "Unknown";
  if (same) report.pass(name);
  else report.fail(name, JSON.stringify({ object, jobs, ours, theirs }));
}

async function compareChecks(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const object = randomStatusObject(random);
  const checks = randomChecks(random);
  const theirs = await oracle.ask<Answer>({ object, checks });
  const ours = await answerChecks(checks, object);
  const same = (ours.error === undefined) === (theirs.error === undefined) && ours.status === theirs.status;
  if (same) report.pass(name);
  else report.fail(name, JSON.stringify({ object, checks, ours, theirs }));
}

async function answerChecks(checks: ReturnType<typeof randomChecks>, object: JsonObject): Promise<Answer> {
  try {
    return (await compileHealthCheck(checks))(object);
  } catch (error) {
    return { status: "Unknown", message: "", error: messageOf(error) };
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("kstatus", options.cacheDir);
  if (typeof oracle === "string") return report.skip("kstatus", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `kstatus ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      const random = new Random(options.seed * 100_003 + number);
      await (number % 3 === 0 ? compareChecks : compareStatus)(random, oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random objects of every kind that kstatus knows, and random health checks, read by Flux's Go modules and by ours. */
export const suite: Suite = {
  name: "kstatus",
  summary: "the status of objects against fluxcd/cli-utils, and Flux's Job reader and CEL health checks",
  run,
};
