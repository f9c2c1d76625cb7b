import { text, type Schema } from "../schema.ts";

/** A duration such as `10m` or `1h30m`. */
export function duration(description: string, options: { default?: string } = {}): Schema<string> {
  return text({ description, ...options, pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$" });
}

/** A duration without hours, such as `60s`: timeouts of sources. */
export function shortDuration(description: string, options: { default?: string } = {}): Schema<string> {
  return text({ description, ...options, pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$" });
}
