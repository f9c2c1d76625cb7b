import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { EddyError } from "@eddy/core/errors";

/** The environment of every Git child here: nothing of the user's configuration counts. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    ...extra,
  };
}

/** Starts Git without a shell. */
export function startGit(
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn("git", ["-c", "safe.directory=*", ...args], { env: gitEnvironment(extra), stdio: "pipe", shell: false });
}

/**
 * Runs Git to its end and gives what it printed.
 * @throws EddyError GIT_SERVER_COMMAND with what Git said.
 */
export function runGit(
  args: readonly string[],
  input?: Uint8Array,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = startGit(args, extra);
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.stdin.on("error", () => {});
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else
        reject(
          new EddyError("GIT_SERVER_COMMAND", `run git ${args.join(" ")}: ${errors.trim() || `ended with ${code}`}`),
        );
    });
    child.stdin.end(input);
  });
}
