import { EddyError } from "@eddy/core/errors";
import { parseSelector } from "@eddy/core/labels";

/** Reads `key=value` pairs of `--label`. @throws EddyError USAGE, INVALID_SELECTOR (terminal) */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [key = "", value, ...more] = pair.split("=");
    if (value === undefined || more.length > 0) {
      throw new EddyError("USAGE", `invalid label format '${pair}', must be key=value`, { class: "terminal" });
    }
    parseSelector(`${key}=${value}`);
    labels[key] = value;
  }
  return labels;
}
