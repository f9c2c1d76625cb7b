import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryRoot } from "./upstream.ts";

/** A running Go program that answers one JSON line for each JSON line. */
export interface GoOracle {
  ask<Answer>(question: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * Builds a Go program of `conformance/<name>` into the cache folder and starts it.
 * Returns why not, as text, on a machine where it cannot be built.
 */
export function startGoOracle(name: string, cacheDir: string): GoOracle | string {
  const binary = join(cacheDir, `${name}-oracle`);
  mkdirSync(cacheDir, { recursive: true });
  const build = spawnSync("go", ["build", "-o", binary, "."], {
    cwd: join(repositoryRoot, "conformance", name),
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" },
  });
  if (build.error !== undefined) return `go is not installed: ${build.error.message}`;
  if (build.status !== 0) return `go build failed: ${build.stderr.slice(-500)}`;
  return new LineOracle(spawn(binary, { stdio: ["pipe", "pipe", "pipe"] }));
}

class LineOracle implements GoOracle {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.waiting.shift()?.resolve(line));
    child.on("exit", (code) => {
      for (const waiter of this.waiting.splice(0)) waiter.reject(new Error(`the Go program ended with code ${code}`));
    });
  }

  async ask<Answer>(question: unknown): Promise<Answer> {
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
    return JSON.parse(line) as Answer;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin.end();
    await ended;
  }
}
