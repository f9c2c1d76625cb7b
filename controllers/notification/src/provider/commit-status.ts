import { commitStatusTypes, type Alert, type Provider } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { compileCel } from "@eddy/schema";
import type { FluxEvent } from "../event/flux-event.ts";

/**
 * What tells this commit status from others on the same commit: `kind/name/<first part of the Provider's UID>`, or what
 * `spec.commitStatusExpr` gives; "" for types without. Source: notification-controller 1.9.
 * @throws EddyError COMMIT_STATUS_EXPRESSION (retry)
 */
export async function commitStatusOf(provider: Provider, alert: Alert, event: FluxEvent): Promise<string> {
  const { type, commitStatusExpr } = provider.spec;
  if (!commitStatusTypes.includes(type)) return "";
  if (!commitStatusExpr) {
    const [unique = ""] = (provider.metadata.uid ?? "").split("-");
    return `${event.involvedObject.kind}/${event.involvedObject.name}/${unique}`.toLowerCase();
  }
  try {
    const expression = await compileCel(commitStatusExpr, {
      variables: ["event", "alert", "provider"],
      result: "string",
    });
    return String(expression.evaluate({ event, alert, provider }));
  } catch (cause) {
    const doing = "failed to evaluate the spec.commitStatusExpr CEL expression for the event";
    throw new EddyError("COMMIT_STATUS_EXPRESSION", `failed to create commit status: ${doing}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
