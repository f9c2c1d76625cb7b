import { compileRegExp } from "@eddy/core/go-regexp";
import { messageOf } from "@eddy/core/errors";
import { isTagName } from "@eddy/image-policy";

/** Whether a tag is kept. */
export type TagSieve = (tag: string) => boolean;

/**
 * Leaves out what matches one of the expressions, and what no registry can have as a tag.
 * @throws Error in upstream's words for an expression that cannot be read
 */
export function compileExclusions(patterns: readonly string[]): TagSieve {
  const compiled = patterns.map((pattern) => {
    try {
      return compileRegExp(pattern);
    } catch (cause) {
      throw new Error(`failed to compile regex ${pattern}: ${messageOf(cause)}`, { cause });
    }
  });
  return (tag) => isTagName(tag) && !compiled.some((expression) => expression.test(tag));
}
