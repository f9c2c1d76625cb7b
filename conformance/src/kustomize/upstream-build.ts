import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eddy/core/errors";

const runFile = promisify(execFile);

/** What a build gives: a text, or the words of a refusal. */
export type Outcome = { text: string } | { refusal: string };

/** Writes files below a folder and has the real kustomize build one of its directories. */
export async function runUpstream(
  program: string,
  folder: string,
  files: Readonly<Record<string, string>>,
  path: string,
  order: "legacy" | "none",
): Promise<Outcome> {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  try {
    const flags = order === "legacy" ? [] : ["--reorder", order];
    const { stdout } = await runFile(program, ["build", ...flags, join(folder, path)], {
      maxBuffer: 1 << 26,
      timeout: 30_000,
    });
    return { text: stdout };
  } catch (error) {
    return { refusal: (error as { stderr?: string }).stderr ?? messageOf(error) };
  }
}
