/** What stands between `%` and the verb. */
export interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` and `%#v` change what is shown, not how numbers look. */
  plusV: boolean;
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** No flags. */
export function noFlags(): Flags {
  return {
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Text filled up to the width; `allowZero` is false where zeros were already put or would be wrong. */
export function pad(text: string, flags: Flags, allowZero = true): string {
  if (flags.width === undefined || flags.width === 0) return text;
  const missing = flags.width - characterCount(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + " ".repeat(missing);
  return (flags.zero && allowZero ? "0" : " ").repeat(missing) + text;
}

/** At most as many characters as the precision says. */
export function truncate(text: string, { precision }: Flags): string {
  if (precision === undefined || text.length <= precision) return text;
  return Array.from(text).slice(0, precision).join("");
}
