import { parseTime } from "./go-time.ts";
import { utc } from "./zone.ts";

const rfc3339 = "2006-01-02T15:04:05.999999999Z07:00";

/**
 * An RFC 3339 time as a layout of Go's shows it, in the zone that it is given in. Source: Go's Time.Format.
 * @throws CallError with Go's words for what is no time
 */
export function formatTimestamp(time: string, layout: string): string {
  return parseTime(rfc3339, time, utc).format(layout);
}
