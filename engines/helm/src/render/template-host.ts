import type { CallContext } from "@eddy/gotemplate";
import type { LookupPort } from "./options.ts";

/** What the functions of one render share: `context.host`. */
export interface TemplateHost {
  /** How often a name is being included right now. */
  readonly included: Map<string, number>;
  readonly lookup: LookupPort | undefined;
  /** `required` and `fail` do not fail: `helm lint`. */
  readonly lint: boolean;
}

/** The host of a running template. */
export function hostOf(context: CallContext): TemplateHost {
  return context.host as TemplateHost;
}
