import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stopProgram } from "./stop-program.ts";

/** What one of Flux's controllers is started with. */
export interface FluxControllerOptions {
  kubeconfig: string;
  /** Its own: home, temporary files, and what it prints, in the file `log`. Made where it is missing. */
  folder: string;
  /** Besides those that keep it quiet and off well-known ports. */
  flags?: readonly string[];
  /** The namespace that it takes for its own; default `default`. */
  namespace?: string;
}

/** A controller that runs. */
export interface FluxController {
  /** Whether it has ended by itself. */
  hasEnded(): boolean;
  stop(): Promise<void>;
  /** At once: nothing more is done. */
  kill(): Promise<void>;
}

/** Starts one of Flux's controllers; it is not ready yet. */
export function startFluxController(
  program: string,
  { kubeconfig, folder, flags = [], namespace = "default" }: FluxControllerOptions,
): FluxController {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "kubeconfig");
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  const log = openSync(join(folder, "log"), "w");
  const quiet = ["--events-addr=", "--metrics-addr=0", "--health-addr=0", "--log-level=error"];
  const child = spawn(program, [...quiet, ...flags], {
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      TMPDIR: folder,
      TUF_ROOT: folder,
      KUBECONFIG: path,
      RUNTIME_NAMESPACE: namespace,
    },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = once(child, "exit");
  return {
    hasEnded: () => child.exitCode !== null,
    stop: () => stopProgram(child),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
