import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryRoot } from "../upstream.ts";

const command = join(repositoryRoot, "apps/cli/bin/eddy.mjs");

/** What a finished command said. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `eddy` with these words to its end, as a person's shell would. */
export function runEddy(args: readonly string[], timeoutMs = 60_000): Promise<CommandResult> {
  return run(process.execPath, [command, ...args], { timeoutMs });
}

/** Runs a program to its end; never throws for its exit code. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = { cwd: options.cwd, timeout: options.timeoutMs ?? 60_000, env: environment(), maxBuffer: 1 << 26 };
    execFile(program, args, settings, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A running `eddy` whose lines are read one by one. */
export interface RunningEddy {
  /** The next line on stdout for which `test` gives a value; throws when the program ends first, with what it said. */
  line<T>(what: string, test: (line: string) => T | undefined, timeoutMs: number): Promise<T>;
  /** Sends SIGINT, as Ctrl-C does, and resolves with the exit code. */
  interrupt(): Promise<number | null>;
  kill(): void;
}

/** Starts `eddy` with these words. */
export function startEddy(args: readonly string[]): RunningEddy {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"], env: environment() });
  const lines: string[] = [];
  const errors: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    tell();
  });
  createInterface({ input: child.stderr }).on("line", (line) => void errors.push(line));
  child.on("close", tell);
  let read = 0;
  return {
    line: (what, test, timeoutMs) =>
      new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        const fail = (why: string): void => {
          finish();
          reject(
            new Error(
              `${why} waiting for ${what}; stdout: ${lines.slice(-20).join("\n")}; stderr: ${errors.slice(-20).join("\n")}`,
            ),
          );
        };
        const look = (): void => {
          while (read < lines.length) {
            const value = test(lines[read++] ?? "");
            if (value === undefined) continue;
            finish();
            resolve(value);
            return;
          }
          if (hasEnded(child)) fail(`eddy ended with ${child.exitCode ?? child.signalCode}`);
        };
        const timer = setTimeout(() => fail(`nothing within ${timeoutMs} ms`), timeoutMs);
        listeners.add(look);
        look();
      }),
    async interrupt() {
      if (!hasEnded(child)) {
        const closed = once(child, "close");
        child.kill("SIGINT");
        await closed;
      }
      return child.exitCode;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "/",
    NO_COLOR: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
    GIT_TERMINAL_PROMPT: "0",
  };
}
