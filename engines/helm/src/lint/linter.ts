import { messageOf } from "@eddy/core/errors";

/** How bad something is. */
export type LintSeverity = "INFO" | "WARNING" | "ERROR";

/** One finding. */
export interface LintMessage {
  readonly severity: LintSeverity;
  /** The file, or "" for the whole chart. */
  readonly path: string;
  readonly text: string;
}

/** Gathers findings. */
export class Linter {
  readonly messages: LintMessage[] = [];

  /** Notes a problem, if there is one. Returns whether there is none. */
  check(severity: LintSeverity, path: string, problem: string | undefined): boolean {
    if (problem !== undefined) this.messages.push({ severity, path, text: problem });
    return problem === undefined;
  }

  /** The result of a step, or undefined where it throws: then what it says is noted. */
  attempt<T>(severity: LintSeverity, path: string, step: () => T, lead = ""): T | undefined {
    try {
      return step();
    } catch (error) {
      this.check(severity, path, `${lead}${messageOf(error)}`);
      return undefined;
    }
  }
}

/** As Helm prints a finding. */
export function formatLintMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}
