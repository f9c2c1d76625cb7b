import type { Report, SuiteOptions } from "../suite.ts";
import { runEddy, runFlux, type Printed } from "./run-both.ts";
import { verbCases, type VerbCase } from "./verb-cases.ts";
import { prepareVerbs, verbNamespace } from "./verb-world.ts";
import type { CliWorld } from "./world.ts";

/** Verbs over kinds, and what looks at them: the same output, the same words on stderr and the same exit code. */
export async function compareVerbs(world: CliWorld, report: Report, { filter }: SuiteOptions): Promise<void> {
  await prepareVerbs(world.kube);
  for (const testCase of verbCases) {
    if (filter !== undefined && !testCase.words.includes(filter)) continue;
    const words = testCase.words.split(" ");
    const line = words.includes("-n") ? words : [...words, "-n", verbNamespace];
    const theirs = await runFlux(line, world.place);
    const ours = await runEddy(line, world.place);
    const problem = difference(theirs, ours, testCase);
    if (problem === undefined) report.pass(testCase.words);
    else report.fail(testCase.words, problem);
  }
}

function difference(theirs: Printed, ours: Printed, { compare, differs }: VerbCase): string | undefined {
  const [want, have] = [theirs, ours].map((each) => textOf(each, compare)) as [string, string];
  const isSame = want === have;
  if (differs !== undefined) return isSame ? "does not differ any more: compare it" : undefined;
  return isSame ? undefined : `theirs\n${want}ours\n${have}`;
}

function textOf({ code, stdout, stderr }: Printed, compare: VerbCase["compare"]): string {
  // Eddy says what to do next below an error.
  const said = stderr.replaceAll(/^ {2}.*\n/gm, "");
  return `exit ${code}\n${stdout}${compare === "both" ? said : ""}`;
}
