import { compileRegExp } from "@eddy/core/go-regexp";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { TagFilter } from "./policy.ts";

/** What of a tag is compared, or undefined for one that the filter leaves out. */
export type Extract = (tag: string) => string | undefined;

/**
 * Makes a filter ready. Source: image-reflector-controller internal/policy `NewRegexFilter`, its words included.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function compileFilter(filter: TagFilter | undefined): Extract {
  if (filter === undefined) return (tag) => tag;
  const { pattern, extract = "" } = filter;
  try {
    const compiled = compileRegExp(pattern);
    if (extract === "") return (tag) => (compiled.test(tag) ? tag : undefined);
    return (tag) => compiled.expand(extract, tag);
  } catch (error) {
    const message = `failed to filter tags: invalid regular expression pattern '${pattern}': ${messageOf(error)}`;
    throw new EddyError("INVALID_IMAGE_POLICY", message, { class: "terminal", cause: error });
  }
}
