import { EddyError } from "@eddy/core/errors";
import type { FlagSpec } from "../command/flag.ts";

/** Texts that may be repeated and are not taken apart: commas, quotes and brackets are for whoever reads them. */
export function rawText(description: string, options: { short?: string } = {}): FlagSpec<string> {
  return { form: "list", description, placeholder: "stringArray", ...options, parse: (text) => text, absent: "" };
}

/**
 * A flag that is one of some words, or stands alone: `--wait`, `--wait=legacy`.
 * @throws EddyError INVALID_FLAG (terminal) for another word.
 */
export function optionalWord<const T extends string>(
  words: Readonly<Record<string, T>>,
  description: string,
  absent: T,
): FlagSpec<T> {
  return {
    // A flag that takes no value of its own gets "true"; with `=` it gets the word.
    form: "boolean",
    description,
    placeholder: "",
    parse(text) {
      const found = Object.hasOwn(words, text) ? words[text] : undefined;
      if (found !== undefined) return found;
      const known = Object.keys(words).join(", ");
      throw new EddyError("INVALID_FLAG", `want one of ${known}`, { class: "terminal" });
    },
    absent,
  };
}
