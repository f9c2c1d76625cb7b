/** Resource quantities in canonical form: `1024Mi` is `1Gi`, `0.5` is `500m`. Source: apimachinery api/resource. */

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const form = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d{1,3})$/;

/** A quantity as an integer of billionths, with the family of its suffix. */
export interface Quantity {
  nano: bigint;
  family: "binary" | "decimal" | "exponent";
}

/** Reads a quantity, rounding up beyond billionths as Go does; undefined when it is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = text.length > 64 ? null : form.exec(text);
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction || "0");
  const unit = binary[suffix];
  const exponential = unit === undefined && /^[eE][+-]?\d/.test(suffix);
  const power = (exponential ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0)) + 9 - fraction.length;
  const scaled = digits * (unit ?? 1n);
  const nano = power >= 0 ? scaled * 10n ** BigInt(power) : divideUp(scaled, 10n ** BigInt(-power));
  return {
    nano: sign === "-" ? -nano : nano,
    family: unit !== undefined ? "binary" : exponential ? "exponent" : "decimal",
  };
}

const divideUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

/** The text Go prints. */
export function formatQuantity({ nano, family }: Quantity): string {
  if (nano === 0n) return "0";
  const sign = nano < 0n ? "-" : "";
  const size = nano < 0n ? -nano : nano;
  if (family === "binary" && size % 1_000_000_000n === 0n && size >= 1_024_000_000_000n)
    return sign + formatBinary(size / 1_000_000_000n);
  let mantissa = size;
  let power = -9;
  while (mantissa % 1000n === 0n && power < 18) {
    mantissa /= 1000n;
    power += 3;
  }
  if (family === "exponent") return `${sign}${mantissa}${power === 0 ? "" : `e${power}`}`;
  const suffix = Object.keys(decimal).find((key) => decimal[key] === power) ?? "";
  return `${sign}${mantissa}${suffix}`;
}

function formatBinary(value: bigint): string {
  let rest = value;
  let suffix = "";
  for (const next of Object.keys(binary)) {
    if (rest % 1024n !== 0n) break;
    rest /= 1024n;
    suffix = next;
  }
  return `${rest}${suffix}`;
}

/** The canonical spelling, or undefined when the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const parsed = parseQuantity(text);
  return parsed === undefined ? undefined : formatQuantity(parsed);
}
