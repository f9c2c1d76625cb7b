import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { stopProgram } from "@eddy/conformance/stop-program";

/** One program of a peer, and how it is started. */
export interface Program {
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Where its output goes. */
  logFile: string;
}

/** What processes have used since they were started. */
export interface Usage {
  /** User and system time of all of them. */
  cpuSeconds: number;
  /** Resident memory of all of them now. */
  rssMiB: number;
}

/** The processes of one peer, measured together. */
export interface ProcessGroup {
  usage(): Usage;
  /** Throws when one of them has ended, naming its log. */
  assertAlive(): void;
  stop(): Promise<void>;
}

const ticksPerSecond = 100;

/** Starts the programs; they are measured from outside, by what the kernel says of them. Linux only. */
export function startPrograms(programs: readonly Program[]): ProcessGroup {
  const children = programs.map((program) => ({ program, child: start(program) }));
  return {
    usage: () => sum(children.map(({ child }) => usageOf(child.pid ?? 0))),
    assertAlive() {
      const dead = children.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (dead) throw new Error(`${dead.program.name} ended: see ${dead.program.logFile}`);
    },
    async stop() {
      await Promise.all(children.map(({ child }) => stopProgram(child)));
    },
  };
}

function start(program: Program): ChildProcess {
  const log = openSync(program.logFile, "w");
  const child = spawn(program.command, program.args, {
    stdio: ["ignore", log, log],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", ...program.env },
  });
  closeSync(log);
  return child;
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024,
  };
}

function sum(usages: readonly Usage[]): Usage {
  return usages.reduce(
    (total, usage) => ({ cpuSeconds: total.cpuSeconds + usage.cpuSeconds, rssMiB: total.rssMiB + usage.rssMiB }),
    {
      cpuSeconds: 0,
      rssMiB: 0,
    },
  );
}
