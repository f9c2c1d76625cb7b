import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatImage } from "@eddy/core/image";
import { changeRows, formatChangeTable, type ChangeRow } from "@eddy/runtime/pull-request";
import type { CommandContext } from "../command/context.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import { type ReleaseResult, sentenceOf } from "./run-release.ts";

/** A release as it is told, whatever way it was made. */
export interface ReleaseReport {
  /** One line for people. */
  readonly sentence: string;
  /** What later steps may read, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly changes: readonly ChangeRow[];
}

/** A release that was made by a commit. */
export function reportOf(result: ReleaseResult): ReleaseReport {
  const { request, plan, branch, commit, digest, pullRequest } = result;
  return {
    sentence: sentenceOf(result),
    outputs: {
      image: formatImage(request.image),
      digest: digest ?? "",
      changed: String(plan.files.size > 0),
      commit: commit ?? "",
      branch,
      pr_url: pullRequest ?? "",
    },
    changes: changeRows(plan.changes),
  };
}

/** A table of what changed. */
export function markdownOf({ sentence, changes }: ReleaseReport): string {
  const table = formatChangeTable(changes);
  return [`### ${sentence}`, ...(table.length === 0 ? [] : ["", ...table]), ""].join("\n");
}

/** Tells the system in its own form: outputs, a summary, a card; nothing where it has none. */
export function reportResult(report: ReleaseReport, { system }: PipelineContext, { io }: CommandContext): void {
  const { env } = io;
  const outputs = Object.entries(report.outputs);
  if (system === "github") {
    append(env["GITHUB_OUTPUT"], outputs.map(([name, value]) => `${name}=${value}\n`).join(""));
    append(env["GITHUB_STEP_SUMMARY"], `${markdownOf(report)}\n`);
  } else if (system === "drone") writeCard(env["DRONE_CARD_PATH"], report, io);
  else if (system === "tekton") writeResults(env["EDDY_TEKTON_RESULTS"], outputs);
  const lines = outputs.map(([name, value]) => `EDDY_${name.toUpperCase()}=${value}\n`).join("");
  if (env["EDDY_OUTPUT_FILE"]) writeFileSync(env["EDDY_OUTPUT_FILE"], lines);
}

function append(path: string | undefined, text: string): void {
  if (path) appendFileSync(path, text);
}

function writeResults(folder: string | undefined, outputs: readonly (readonly [string, string])[]): void {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const [name, value] of outputs) writeFileSync(join(folder, name), value);
}

/** An Adaptive Card. Source: Drone 2.6, `drone.io/docs: cards`; flux1-keel-flagger.md 4.3. */
function writeCard(path: string | undefined, report: ReleaseReport, io: CommandContext["io"]): void {
  if (!path) return;
  const facts = Object.entries(report.outputs).map(([title, value]) => ({ title, value }));
  const text = { type: "TextBlock", text: report.sentence, wrap: true };
  const body = [text, { type: "FactSet", facts }];
  const data = {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.0",
    body,
  };
  const card = JSON.stringify({ schema: "https://adaptivecards.io/schemas/adaptive-card.json", data });
  const encoded = `\u001b]1338;${Buffer.from(card).toString("base64")}\u001b]0m`;
  if (path === "/dev/stdout") io.stdout.write(`${encoded}\n`);
  else if (path === "/dev/stderr") io.stderr.write(`${encoded}\n`);
  else writeFileSync(path, card);
}

/** An error as the system shows it at the step. */
export function reportError(message: string, { system }: PipelineContext, { io }: CommandContext): void {
  if (system !== "github") return;
  const escaped = message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  io.stdout.write(`::error title=eddy ci release::${escaped}\n`);
}
