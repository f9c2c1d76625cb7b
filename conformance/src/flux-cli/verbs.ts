import type { Report, SuiteOptions } from "../suite.ts";
import { prepareCreated } from "./created-cases.ts";
import { runEddy, runFlux, type Printed } from "./run-both.ts";
import { verbCases, type VerbCase } from "./verb-cases.ts";
import { prepareVerbs, verbNamespace } from "./verb-world.ts";
import type { CliWorld } from "./world.ts";

/** Verbs over kinds, and what looks at them: the same output, the same words on stderr and the same exit code. */
export async function compareVerbs(world: CliWorld, report: Report, { filter }: SuiteOptions): Promise<void> {
  await prepareVerbs(world.kube);
  prepareCreated(world);
  for (const testCase of verbCases) {
    if (filter !== undefined && !testCase.words.includes(filter)) continue;
    const words = testCase.words.split(" ");
    const line = words.includes("-n") ? words : [...words, "-n", verbNamespace];
    const theirs = await runFlux(line, world.place);
    const ours = await runEddy(line, world.place);
    tell(testCase, textOf(theirs, testCase.compare), textOf(ours, testCase.compare), report);
  }
}

function tell({ words, differs, order, added }: VerbCase, theirs: string, ours: string, report: Report): void {
  if (theirs === ours) {
    if (differs === undefined && order === undefined) report.pass(words);
    else report.fail(words, "does not differ any more: compare it");
  } else if (differs !== undefined) report.skip(words, differs);
  else if (order !== undefined && sortedLines(theirs) === sortedLines(added ? ours.replaceAll(added, "") : ours))
    report.pass(words);
  else report.fail(words, `theirs\n${theirs}ours\n${ours}`);
}

/** Lines of tables, whose columns may be as wide as others of the same block are. */
function sortedLines(text: string): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s+/g, " ").trimEnd());
  return lines.toSorted().join("\n");
}

function textOf({ code, stdout, stderr }: Printed, compare: VerbCase["compare"]): string {
  // Eddy says what to do next below an error.
  const said = stderr.replaceAll(/^ {2}.*\n/gm, "");
  return `exit ${code}\n${stdout}${compare === "both" ? said : ""}`;
}
