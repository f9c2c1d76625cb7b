import { EddyError } from "@eddy/core/errors";
import { followLogs, readLogs, type LogQuery } from "../cluster/pod-logs.ts";
import { readServerLog } from "../cluster/server-logs.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatLogLine, parseLogLine, type LogFilter } from "../output/log-line.ts";

/** `logs`: what the controllers logged, a line an entry, read from their pods. */
export const logsCommand: Command = defineCommand({
  path: ["logs"],
  summary: "Display formatted logs for Flux components",
  flags: {
    level: flag.oneOf(["debug", "info", "error"], "only entries of this level"),
    kind: flag.text("only entries about objects of this kind, e.g. GitRepository"),
    name: flag.text("only entries about objects of this name"),
    allNamespaces: flag.boolean("entries about objects of all namespaces", { short: "A" }),
    fluxNamespace: flag.textWithDefault("flux-system", "the namespace where the controllers are running"),
    follow: flag.boolean("stream entries as they are written", { short: "f" }),
    tail: flag.integer(-1, "lines of recent log to read, -1 for all"),
    since: flag.optionalDuration("only entries newer than this, such as 5s, 2m or 3h"),
    address: flag.text("read the log of a process on this machine by its health address, such as 127.0.0.1:9440"),
    sinceTime: flag.text("only entries after this time, RFC 3339"),
  },
  examples: [
    ["Print what was logged about everything", "logs --all-namespaces"],
    ["Read what `eddy up` logged", "logs --address 127.0.0.1:9440 -A"],
    ["Stream errors", "logs --follow --level=error --all-namespaces"],
  ],
  async run({ flags }, context) {
    if (flags.since !== undefined && flags.sinceTime !== undefined)
      throw usage("at most one of `sinceTime` or `sinceDuration` may be specified");
    if (flags.sinceTime !== undefined && Number.isNaN(Date.parse(flags.sinceTime)))
      throw usage(`${flags.sinceTime} is not a valid (RFC3339) time`);
    const namespace = await context.namespace();
    const query: LogQuery = {
      namespace: flags.fluxNamespace,
      ...(flags.tail < 0 ? {} : { tailLines: flags.tail }),
      ...(flags.since === undefined ? {} : { sinceSeconds: Math.max(1, Math.round(flags.since / 1_000)) }),
      ...(flags.sinceTime === undefined ? {} : { sinceTime: flags.sinceTime }),
    };
    const filter: LogFilter = {
      level: flags.level,
      kind: flags.kind,
      name: flags.name,
      namespace: flags.allNamespaces ? undefined : namespace,
    };
    const show = (line: string): void => {
      const entry = parseLogLine(line);
      const text = entry === undefined ? undefined : formatLogLine(entry, filter);
      if (text !== undefined) context.print(text);
    };
    if (flags.address !== undefined) {
      const tail = flags.tail < 0 ? {} : { tailLines: flags.tail };
      return readServerLog({ address: flags.address, follow: flags.follow, signal: context.signal, ...tail }, show);
    }
    const kube = await context.kube();
    if (flags.follow) return followLogs(kube, query, context, show);
    for (const line of await readLogs(kube, query)) show(line);
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", hint: "see `eddy logs --help`" });
}
