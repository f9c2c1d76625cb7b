import { EddyError } from "@eddy/core/errors";
import { labelKeyErrors, labelValueErrors } from "./label-errors.ts";

/** Reads `key=value` pairs of `--label`. Source: fluxcd/flux2 cmd/flux/create.go. @throws EddyError USAGE (terminal) */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [key = "", value, ...more] = pair.split("=");
    if (value === undefined || more.length > 0) throw usage(`invalid label format '${pair}', must be key=value`);
    refuse(`invalid label '${key}'`, labelKeyErrors(key));
    refuse(`invalid label value '${value}'`, labelValueErrors(value));
    labels[key] = value;
  }
  return labels;
}

function refuse(what: string, errors: readonly string[]): void {
  if (errors.length > 0) throw usage(`${what}: [${errors.join(" ")}]`);
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
