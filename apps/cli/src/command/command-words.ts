import { flagName } from "./flag-name.ts";
import type { FlagSpecs } from "./flag.ts";

/** The words that are neither flags nor values of these flags, in order; what follows `--` is none of them. */
export function commandWords(words: readonly string[], specs: FlagSpecs): string[] {
  const takesValue = new Set<string>();
  for (const [key, spec] of Object.entries(specs)) {
    if (spec.form === "boolean") continue;
    takesValue.add(`--${flagName(key)}`);
    if (spec.short !== undefined) takesValue.add(`-${spec.short}`);
  }
  const found: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-")) found.push(word);
    else if (takesValue.has(word)) index++;
  }
  return found;
}
