import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import { createMasker, type Masker } from "@eddy/core/secrets";
import { createLogBuffer, type LogBuffer } from "./log-buffer.ts";
import { createLogger } from "./logger.ts";
import type { ServerOptions } from "./options.ts";

/** The log of a process: every line is masked, kept for a while, and written. */
export interface OpenLog {
  logger: Logger;
  logs: LogBuffer;
  masker: Masker;
}

/** A log as the options ask for it. */
export function openLog(options: ServerOptions, clock: Clock): OpenLog {
  const masker = createMasker();
  const logs = createLogBuffer();
  const write = options.writeLog ?? ((line: string) => void process.stderr.write(line));
  const logger = createLogger({
    level: options.logLevel ?? "info",
    encoding: options.logEncoding ?? "json",
    masker,
    clock,
    write(line) {
      logs.add(line);
      write(line);
    },
  });
  return { logger, logs, masker };
}
