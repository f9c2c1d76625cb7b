import { execFile } from "node:child_process";
import { PassThrough } from "node:stream";
import { runCli } from "@eddy/cli";
import { systemClock } from "@eddy/core/clock";

/** What a command line printed, and how it ended. */
export interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where both commands run. */
export interface CommandPlace {
  /** The original program. */
  flux: string;
  kubeconfig: string;
  /** Working directory of both. */
  dir: string;
}

/** Runs the words with flux; both streams are pipes. */
export async function runFlux(words: readonly string[], place: CommandPlace, stdin = ""): Promise<Printed> {
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECONFIG: place.kubeconfig, HOME: place.dir };
    const child = execFile(
      place.flux,
      [...words],
      { cwd: place.dir, env, timeout: 120_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

/** Runs the words with Eddy's command line, in this process; paths are the working directory's. */
export async function runEddy(words: readonly string[], place: CommandPlace, stdin = ""): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const input = new PassThrough();
  input.end(stdin);
  const code = await runCli(words, {
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    stdin: input,
    env: { KUBECONFIG: place.kubeconfig, HOME: place.dir },
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return { code, ...printed };
}
