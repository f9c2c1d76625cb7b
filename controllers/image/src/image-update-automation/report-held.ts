import type { ImageUpdateAutomation } from "@eddy/api";
import type { Run } from "@eddy/runtime/controller";
import { formatHeld, heldCondition, heldReason, readHeld } from "./held-policies.ts";

/** Says which policies are left alone, by the condition, which also remembers them, and by an event where one is new. */
export function reportHeld(
  run: Pick<Run<ImageUpdateAutomation>, "object" | "setCondition" | "removeCondition" | "event">,
  held: ReadonlyMap<string, string>,
  why?: string,
): void {
  const known = readHeld(run.object.status?.conditions);
  if (held.size === 0) {
    if (known.size > 0) run.removeCondition(heldCondition);
    return;
  }
  const message = formatHeld(held, why);
  run.setCondition({ type: heldCondition, status: "True", reason: heldReason, message });
  if ([...held].some(([policy, image]) => known.get(policy) !== image))
    run.event({ severity: "info", reason: heldReason, message });
}
