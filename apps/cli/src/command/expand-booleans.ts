import type { FlagSpec, FlagSpecs } from "./flag.ts";
import { flagName } from "./flag-name.ts";

/**
 * Gives every boolean flag its value in one word, `--all-namespaces=true` for `-A` and `--all-namespaces`, as Go's flags
 * understand both forms. Words after `--` and values of other flags stay as they are.
 */
export function expandBooleans(words: readonly string[], specs: FlagSpecs): string[] {
  const flags = Object.entries(specs).map(([key, spec]) => ({ name: flagName(key), spec }));
  const long = new Map(flags.map((flag) => [`--${flag.name}`, flag]));
  const short = new Map(
    flags.flatMap((flag) => (flag.spec.short === undefined ? [] : [[flag.spec.short, flag] as const])),
  );
  const expanded: string[] = [];
  let isValue = false;
  for (const [index, word] of words.entries()) {
    if (word === "--" && !isValue) return [...expanded, ...words.slice(index)];
    const letters = /^-([A-Za-z]+)$/.exec(word)?.[1];
    const booleans = (letters ?? "").split("").map((letter) => short.get(letter));
    if (isValue) {
      expanded.push(word);
      isValue = false;
    } else if (letters !== undefined && booleans.every((flag) => takesNoValue(flag?.spec))) {
      expanded.push(...booleans.map((flag) => `--${flag?.name}=true`));
    } else if (takesNoValue(long.get(word)?.spec)) {
      expanded.push(`${word}=true`);
    } else {
      expanded.push(word);
      isValue = long.has(word) || (letters?.length === 1 && short.has(letters));
    }
  }
  return expanded;
}

function takesNoValue(spec: FlagSpec<unknown> | undefined): boolean {
  return spec?.form === "boolean" || spec?.form === "count";
}
