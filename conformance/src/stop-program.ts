import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

const graceMs = 10_000;

/** Asks a program to end (SIGTERM), ends it after ten seconds, and resolves when it has. One that has ended already is left alone. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await closed;
  clearTimeout(timer);
}
