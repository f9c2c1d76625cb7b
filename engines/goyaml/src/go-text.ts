const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** A text as Go's `%q` shows it. */
export function quoteGo(text: string): string {
  const inner = text.replaceAll(/["\\\x00-\x1f\x7f-\xa0\xad\u2028\u2029\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16);
    return escapes[char] ?? (code < 0x80 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
  });
  return `"${inner}"`;
}

/**
 * A float as go-yaml writes it: Go's `strconv.FormatFloat(value, 'g', -1, bits)`, the fewest digits that read back as the same
 * number, with an exponent from 10^6 and below 10^-4; `.inf` and `.nan`.
 */
export function formatFloat(number: number, bits: 32 | 64 = 64): string {
  const value = bits === 32 ? Math.fround(number) : number;
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const { sign, digits, exponent } = decompose(value, bits);
  if (exponent < -4 || exponent >= 6) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits.charAt(0)}${tail}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function decompose(value: number, bits: 32 | 64): { sign: string; digits: string; exponent: number } {
  const text = bits === 64 ? Math.abs(value).toExponential() : shortestFloat32(Math.abs(value));
  const [mantissa = "0", exponent = "0"] = text.split("e");
  return { sign: value < 0 ? "-" : "", digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

function shortestFloat32(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential();
}
