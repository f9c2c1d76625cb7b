import { EddyError } from "@eddy/core/errors";
import type { Policy, SortOrder, TagFilter } from "../policy.ts";

/** As much of an ImagePolicy's spec as says what is chosen. */
export interface ImagePolicyChoiceSpec {
  readonly policy: {
    readonly semver?: { readonly range: string };
    readonly alphabetical?: { readonly order?: SortOrder };
    readonly numerical?: { readonly order?: SortOrder };
  };
  readonly filterTags?: { readonly pattern?: string; readonly extract?: string };
}

/**
 * The policy of an ImagePolicy. Of several, semver counts before alphabetical and that before numerical, as upstream has it.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal) in upstream's words where there is none.
 */
export function policyOfSpec({ policy, filterTags }: ImagePolicyChoiceSpec): Policy {
  const filter = filterTags && filterOf(filterTags);
  const rest = filter ? { filter } : {};
  if (policy.semver) return { form: "semver", range: policy.semver.range, ...rest };
  if (policy.alphabetical) return { form: "alphabetical", order: policy.alphabetical.order ?? "asc", ...rest };
  if (policy.numerical) return { form: "numerical", order: policy.numerical.order ?? "asc", ...rest };
  throw new EddyError("INVALID_IMAGE_POLICY", "invalid policy: given ImagePolicyChoice object is invalid", {
    class: "terminal",
  });
}

function filterOf({ pattern = "", extract = "" }: { pattern?: string; extract?: string }): TagFilter {
  return { pattern, ...(extract === "" ? {} : { extract }) };
}
