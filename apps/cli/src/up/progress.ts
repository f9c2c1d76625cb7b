import type { CliStream } from "../command/context.ts";
import { neutralise } from "../output/terminal-text.ts";
import type { StatusLines } from "../output/status-lines.ts";
import type { Narration } from "./narrate.ts";

/** What is known once everything is ready. Milliseconds count from the start of the process. */
export interface ReadyReport {
  controlPlaneReadyMs: number;
  /** When the first objects had been applied; null when this start had nothing to apply. */
  firstAppliedMs: number | null;
  readyMs: number;
  rssMiB: number;
  kubeconfig: string;
  repositoryUrl: string;
}

/** How `eddy up` tells what it does: to a person in lines, to a program in JSON. */
export interface Progress {
  starting(what: string): void;
  started(what: string, afterMs: number): void;
  ready(report: ReadyReport, guide: string): void;
  happened(narration: Narration): void;
  stopping(): void;
}

/** Lines with marks on stderr while it starts; what happens afterwards goes to stdout. */
export function textProgress(status: StatusLines, stdout: CliStream): Progress {
  let ready = false;
  return {
    starting: (what) => status.action(what),
    started: (what, afterMs) => status.success(`${what} (${seconds(afterMs)})`),
    ready(report, guide) {
      ready = true;
      status.success(`everything is ready after ${seconds(report.readyMs)}`);
      stdout.write(`\n${guide}\n`);
    },
    happened(narration) {
      if (ready) stdout.write(`${formatNarration(narration)}\n`);
      else if (narration.happening === "failed") status.failure(`${narration.object} ${narration.text}`);
    },
    stopping: () => status.action("stopping"),
  };
}

/** One JSON object a line on stdout: the report when all is ready, then, unless the process ends there, each happening. */
export function jsonProgress(stdout: CliStream, options: { onlyReport: boolean }): Progress {
  const write = (value: unknown): void => void stdout.write(`${JSON.stringify(value)}\n`);
  return {
    starting: () => {},
    started: () => {},
    ready: (report) => write(report),
    happened(narration) {
      if (!options.onlyReport) write(narration);
    },
    stopping: () => {},
  };
}

/** `12:04:05.123  applied  Kustomization/flux-system/staging  ConfigMap/staging/web created`, in local time. */
export function formatNarration({ at, happening, object, text }: Narration): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return neutralise(
    `${time}.${String(date.getMilliseconds()).padStart(3, "0")}  ${happening.padEnd(7)}  ${object}  ${text}`,
  );
}

function seconds(durationMs: number): string {
  return durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(2)} s`;
}
