import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { delay, systemClock } from "@eddy/core/clock";
import { stopProgram } from "../stop-program.ts";

/** A real nats-server on a free port of loopback. */
export interface NatsServer {
  /** `127.0.0.1:<port>`. */
  host: string;
  stop(): Promise<void>;
}

const triesMs = 50;
const maxTries = 200;

/**
 * Starts the program with a configuration file, and resolves when it listens.
 * @param folder of its own: holds the configuration and what it writes
 * @throws with the end of its log, when it ends before
 */
export async function startNatsServer(program: string, folder: string, config: string): Promise<NatsServer> {
  mkdirSync(folder, { recursive: true });
  const [file, log] = [join(folder, "server.conf"), join(folder, "server.log")];
  writeFileSync(file, config);
  // Port -1 is a free one, which it writes down when it listens.
  const words = ["-c", file, "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", folder, "-l", log];
  const child = spawn(program, words, { stdio: "ignore" });
  for (let tries = 0; tries < maxTries; tries++) {
    const host = listening(folder, child);
    if (host !== undefined) return { host, stop: () => stopProgram(child) };
    if (child.exitCode !== null) break;
    await delay(systemClock, triesMs);
  }
  await stopProgram(child);
  throw new Error(`nats-server does not start: ${readFileSync(log, "utf8").slice(-500)}`);
}

function listening(folder: string, child: ChildProcess): string | undefined {
  const name = readdirSync(folder).find((each) => each === `nats-server_${child.pid}.ports`);
  const text = name === undefined ? "" : readFileSync(join(folder, name), "utf8");
  return /"(?:nats|tls):\/\/(127\.0\.0\.1:\d+)"/.exec(text)?.[1];
}
