import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { messageOf } from "@eddy/core/errors";
import { childEnvironment } from "./child-environment.ts";
import { GitError } from "./errors.ts";
import { sshTarget } from "./ssh-command.ts";

/** How host keys are asked for. */
export interface ScanHostKeysOptions {
  /** Default 30,000. */
  timeoutMs?: number;
  /** Default `ssh-keyscan` from PATH. */
  program?: string;
  signal?: AbortSignal;
}

const maxBytes = 65_536;

/**
 * The keys that the host of an `ssh://` URL shows now, as lines of `known_hosts`. Nothing proves them: whoever asks takes the network's
 * word for it, once.
 * @throws GitError unreachable when the host shows none, `unsafe` for a host that would be read as an option
 */
export async function scanHostKeys(url: URL, options: ScanHostKeysOptions = {}): Promise<string> {
  const { host } = sshTarget(url);
  const port = url.port === "" ? "22" : url.port;
  const { timeoutMs = 30_000, program = "ssh-keyscan", signal } = options;
  const failed = `SSH key scan for host ${host}:${port} failed`;
  const seconds = String(Math.max(1, Math.round(timeoutMs / 1000)));
  const output = await new Promise<string>((resolve, reject) => {
    const settings = {
      env: childEnvironment(tmpdir()),
      timeout: timeoutMs + 1_000,
      maxBuffer: maxBytes,
      ...(signal ? { signal } : {}),
    };
    execFile(program, ["-T", seconds, "-p", port, "--", host], settings, (error, stdout) => {
      // It reports failure although one kind of key was shown.
      if (error && stdout.trim() === "")
        reject(new GitError("unreachable", `${failed}, error: ${explain(error)}`, { cause: error }));
      else resolve(stdout);
    });
  });
  const lines = output.split("\n").filter((line) => /^\S+ (?:ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+$/.test(line));
  if (lines.length === 0) throw new GitError("unreachable", `${failed}, error: the host showed no key`);
  return lines.sort().join("\n");
}

function explain(error: Error & { code?: unknown }): string {
  if (error.code === "ENOENT") return "there is no ssh-keyscan on this machine: install OpenSSH";
  return typeof error.code === "number" ? "the host showed no key" : messageOf(error);
}
