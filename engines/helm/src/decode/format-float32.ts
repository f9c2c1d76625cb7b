/** As Go's `strconv.FormatFloat(value, 'g', -1, 32)` prints a number: the shortest digits that give the same 32-bit float. */
export function formatFloat32(value: number): string {
  const float = Math.fround(value);
  if (!Number.isFinite(float)) return Number.isNaN(float) ? "NaN" : float < 0 ? "-Inf" : "+Inf";
  if (float === 0) return Object.is(float, -0) ? "-0" : "0";
  const [digits, exponent] = shortest(float);
  const sign = float < 0 ? "-" : "";
  const far = exponent < -4 || exponent >= 6;
  return `${sign}${far ? formatExponent(digits, exponent) : formatPlain(digits, exponent)}`;
}

/** The significant digits, and the power of ten of the first. */
function shortest(float: number): [string, number] {
  for (let precision = 1; precision <= 9; precision++) {
    const text = Math.abs(float).toExponential(precision - 1);
    if (Math.fround(Number(text)) !== Math.abs(float)) continue;
    const [mantissa = "", exponent = "0"] = text.split("e");
    return [mantissa.replace(".", ""), Number(exponent)];
  }
  return [String(Math.abs(float)), 0];
}

function formatExponent(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
}

function formatPlain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
