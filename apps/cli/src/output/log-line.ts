import { neutralise } from "./terminal-text.ts";

/** One entry of a controller's log, as far as it is shown. */
export interface LogEntry {
  ts?: string;
  level?: string;
  msg?: string;
  error?: string;
  controllerKind?: string;
  /** As older controllers said it. */
  "reconciler kind"?: string;
  name?: string;
  namespace?: string;
}

/** Which entries are shown; absent members let all pass. Text compares without case, as upstream does. */
export interface LogFilter {
  level: string | undefined;
  kind: string | undefined;
  name: string | undefined;
  namespace: string | undefined;
}

/** The entry of a JSON line; undefined for any other line. */
export function parseLogLine(line: string): LogEntry | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}

/** `<ts> <level> <Kind>/<name>.<namespace> - <message> <error>` and a line feed, or undefined when it is filtered out. */
export function formatLogLine(entry: LogEntry, filter: LogFilter): string | undefined {
  const isWanted =
    (filter.level === undefined || filter.level === entry.level) &&
    (same(filter.kind, entry.controllerKind) || same(filter.kind, entry["reconciler kind"])) &&
    same(filter.name, entry.name) &&
    same(filter.namespace, entry.namespace);
  if (!isWanted) return undefined;
  const object = entry.name ? `/${entry.name}.${entry.namespace ?? ""}` : "";
  const kind = entry["reconciler kind"] || (entry.controllerKind ?? "");
  const text = `${entry.ts ?? ""} ${entry.level ?? ""} ${kind}${object} - ${entry.msg ?? ""} ${entry.error ?? ""}`;
  return `${neutralise(text, { oneLine: true })}\n`;
}

function same(wanted: string | undefined, value: string | undefined): boolean {
  return wanted === undefined || wanted.toLowerCase() === (value ?? "").toLowerCase();
}
