import { labelKeyErrors, labelValueErrors, refuseLabel } from "./label-errors.ts";
import { usage } from "./usage.ts";

/** Reads `key=value` pairs of `--label`. Source: fluxcd/flux2 cmd/flux/create.go. @throws EddyError USAGE (terminal) */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [key = "", value, ...more] = pair.split("=");
    if (value === undefined || more.length > 0) throw usage(`invalid label format '${pair}', must be key=value`);
    refuseLabel(`invalid label '${key}'`, labelKeyErrors(key));
    refuseLabel(`invalid label value '${value}'`, labelValueErrors(value));
    labels[key] = value;
  }
  return labels;
}
