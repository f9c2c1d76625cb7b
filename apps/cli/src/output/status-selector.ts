import type { Condition } from "@eddy/core/conditions";
import { EddyError } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";

/**
 * A test of one condition from `type=status` or `type!=status`, ignoring case. An object without the condition does not
 * match `=` and does match `!=`. Source: fluxcd/flux2 cmd/flux/get.go.
 * @throws EddyError INVALID_FLAG (terminal) for another form.
 */
export function parseStatusSelector(selector: string): (object: KubeObject) => boolean {
  const isNegated = selector.includes("!=");
  const separator = isNegated ? "!=" : "=";
  const at = selector.indexOf(separator);
  if (at < 0) {
    const message = `expected status selector in type=status or type!=status format, but found: ${selector}`;
    throw new EddyError("INVALID_FLAG", message, { class: "terminal" });
  }
  const [type, status] = [selector.slice(0, at).toLowerCase(), selector.slice(at + separator.length).toLowerCase()];
  return (object) => {
    const conditions = (valueAt(object, "status", "conditions") ?? []) as Condition[];
    const condition = conditions.findLast((candidate) => candidate.type.toLowerCase() === type);
    return (condition?.status.toLowerCase() === status) !== isNegated;
  };
}
