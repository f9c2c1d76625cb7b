import { createInterface } from "node:readline/promises";
import { systemClock } from "@eddy/core/clock";
import type { CliIo } from "./command/context.ts";
import { runCli } from "./run-cli.ts";

/** Runs the program's command line and sets the exit code. The first Ctrl-C stops cleanly, a second one at once. */
export async function main(): Promise<void> {
  const stop = new AbortController();
  let stoppedAtMs: number | undefined;
  const onSignal = (): void => {
    // One Ctrl-C may arrive twice: from the terminal, and forwarded by the launcher.
    if (stoppedAtMs !== undefined && performance.now() - stoppedAtMs > 500) process.exit(130);
    stoppedAtMs ??= performance.now();
    stop.abort(new Error("interrupted"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // `eddy get all | head` closes the pipe: that is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const io: CliIo = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    clock: systemClock,
    signal: stop.signal,
    ...(process.stdin.isTTY ? { confirm } : {}),
  };
  // Timers of the clock do not keep the process alive, and a command may be waiting for nothing else.
  const alive = setInterval(() => {}, 60_000);
  process.exitCode = await runCli(process.argv.slice(2), io).finally(() => clearInterval(alive));
}

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question}? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
