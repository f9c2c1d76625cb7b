import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryTree } from "@eddy/core/tree";
import { loadDocuments } from "@eddy/goyaml";
import { planEdits } from "@eddy/source-edit";
import { type GoOracle, startGoOracle } from "./go-oracle.ts";
import { unpackCorpus } from "./kustomize/corpus.ts";
import { Random } from "./random.ts";
import { checkFile } from "./source-edit/check-edits.ts";
import { markedText, policies } from "./source-edit/marker-texts.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

const maxFileBytes = 256 * 1024;

/** Images of real files are set and put back, byte for byte; markers are set as upstream's setters set them. */
export const suite: Suite = {
  name: "source-edit",
  summary:
    "images and annotations of real files, there and back; markers beside image-automation-controller's own setters",
  async run(report: Report, options: SuiteOptions) {
    if (options.corpora === undefined) report.skip("corpora", "this clone has no shared corpora");
    else checkCorpora(report, unpackCorpus(options.corpora, options.cacheDir), options.filter ?? "");
    const oracle = startGoOracle("source-edit", options.cacheDir);
    if (typeof oracle === "string") return report.skip("markers", oracle);
    try {
      await compareTyped(oracle, report);
      await compareMarkers(oracle, report, options);
    } finally {
      await oracle.close();
    }
  },
};

function checkCorpora(report: Report, folder: string, filter: string): void {
  const count = { files: 0, edits: 0, refused: 0 };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!entry.isFile() || !/\.ya?ml$|\/Kustomization$/.test(path) || !path.includes(filter)) continue;
    const bytes = readFileSync(join(folder, path));
    if (bytes.length > maxFileBytes) continue;
    const verdicts = checkFile(path, bytes);
    if (verdicts.size > 0) count.files++;
    for (const [name, verdict] of verdicts) {
      count.edits++;
      if (verdict.kind === "wrong") report.fail(name, verdict.why);
      else if (verdict.kind === "refused") {
        count.refused++;
        report.note(`refused: ${name}: ${verdict.why}`);
      }
    }
    if (verdicts.size > 0) report.pass(path);
  }
  report.note(`${count.edits} edits in ${count.files} files; ${count.refused} refused`);
}

interface Answer {
  files: Record<string, string> | null;
  changes:
    | { file: string; kind: string; name: string; namespace: string; old: string; new: string; setter: string }[]
    | null;
  error?: string;
}

/** Plain values that are no text: upstream keeps their type, and writes a tag that nothing reads. */
const typed = ["1.9", "true", "2024-01-01", "~"];

async function compareTyped(oracle: GoOracle, report: Report): Promise<void> {
  for (const value of typed) {
    const name = `markers: ${value} before`;
    const text = `kind: X\nmetadata: {name: a}\ntag: ${value} # {"$imagepolicy": "apps:web:tag"}\n`;
    const theirs = await oracle.ask<Answer>({ files: { "x.yaml": text }, policies });
    const bytes = planEdits(memoryTree({ "x.yaml": text }), [{ kind: "markers", images: policies }]).files.get(
      "x.yaml",
    );
    const ours = new TextDecoder().decode(bytes);
    if (ours !== text.replace(value, "6.1.0")) report.fail(name, ours);
    else if (theirs.files?.["x.yaml"] === ours) report.fail(name, "does not differ any more: remove the case");
    else report.skip(name, `upstream writes ${theirs.files?.["x.yaml"]?.split("\n")[2] ?? "nothing"}`);
  }
}

async function compareMarkers(
  oracle: GoOracle,
  report: Report,
  { seed, budgetMs, filter = "" }: SuiteOptions,
): Promise<void> {
  report.note(`seed ${seed}`);
  const endMs = performance.now() + budgetMs;
  let sameBytes = 0;
  let changed = 0;
  for (let number = 0; performance.now() < endMs; number++) {
    const name = `markers ${seed}/${number}`;
    if (!name.includes(filter)) continue;
    const text = markedText(new Random(seed * 1_000_003 + number));
    const theirs = await oracle.ask<Answer>({ files: { "x.yaml": text }, policies });
    const plan = planEdits(memoryTree({ "x.yaml": text }), [{ kind: "markers", images: policies }]);
    const bytes = plan.files.get("x.yaml");
    const ours = bytes === undefined ? text : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const wanted = theirs.files?.["x.yaml"] ?? text;
    const problem =
      theirs.error ??
      differenceOf(plan.changes.map(shown), (theirs.changes ?? []).map(shownTheirs)) ??
      valuesDiffer(ours, wanted);
    if (problem === undefined) report.pass(name);
    else report.fail(name, `${problem}\n${text}`);
    if (bytes !== undefined) changed++;
    if (bytes !== undefined && ours === wanted) sameBytes++;
  }
  report.note(
    `${changed} texts changed; upstream prints ${sameBytes} of them with the same bytes, and writes the others anew`,
  );
}

function shown(change: ReturnType<typeof planEdits>["changes"][number]): string {
  const { object, oldValue, newValue, setter } = change;
  return [object.kind, object.namespace, object.name, setter, oldValue, newValue].join(" ");
}

function shownTheirs(change: NonNullable<Answer["changes"]>[number]): string {
  return [change.kind, change.namespace, change.name, change.setter, change.old, change.new].join(" ");
}

function differenceOf(ours: readonly string[], theirs: readonly string[]): string | undefined {
  const [left, right] = [ours, theirs].map((changes) => changes.toSorted().join("; "));
  return left === right ? undefined : `changes: ${left}; upstream: ${right}`;
}

function valuesDiffer(ours: string, theirs: string): string | undefined {
  const [left, right] = [ours, theirs].map((text) =>
    JSON.stringify((loadDocuments(text) as { value: unknown }[]).map(({ value }) => value)),
  );
  return left === right ? undefined : `values: ${left}; upstream: ${right}`;
}
