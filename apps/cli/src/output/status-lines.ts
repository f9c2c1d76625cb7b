import { createColors } from "picocolors";
import { neutralise } from "./terminal-text.ts";

/** Lines on what is being done, each with its mark; they go to stderr so that data alone is on stdout. */
export interface StatusLines {
  /** `►` */
  action(message: string): void;
  /** `✚` */
  generate(message: string): void;
  /** `◎` */
  waiting(message: string): void;
  /** `✔` */
  success(message: string): void;
  /** `⚠️` */
  warning(message: string): void;
  /** `✗` */
  failure(message: string): void;
  /** A line without a mark. */
  plain(message: string): void;
}

/** Status lines into `write`; `colour` only colours the marks. Source of the marks: fluxcd/flux2 cmd/flux/log.go. */
export function createStatusLines(write: (text: string) => void, options: { colour: boolean }): StatusLines {
  const colours = createColors(options.colour);
  const line =
    (mark: string) =>
    (message: string): void =>
      write(`${mark} ${neutralise(message)}\n`);
  return {
    action: line(colours.cyan("►")),
    generate: line(colours.cyan("✚")),
    waiting: line(colours.blue("◎")),
    success: line(colours.green("✔")),
    warning: line(colours.yellow("⚠️")),
    failure: line(colours.red("✗")),
    plain: (message) => write(`${neutralise(message)}\n`),
  };
}
