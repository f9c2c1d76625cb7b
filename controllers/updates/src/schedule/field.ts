/** The values of one field of cron, `low` to `high`, both included; `names` by value. */
export interface FieldRange {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

/**
 * Reads `*`, `?`, `5`, `1-5`, `mon-fri`, `*` with a step, and lists of them.
 * @throws Error that completes a sentence
 */
export function parseField(text: string, range: FieldRange): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) addPart(part, range, values);
  return values;
}

function addPart(part: string, range: FieldRange, values: Set<number>): void {
  const [span = "", stepText, ...more] = part.split("/");
  const step = stepText === undefined ? 1 : numberOf(stepText, part);
  if (more.length > 0 || step < 1) throw new Error(`${JSON.stringify(part)} is no field`);
  const [low, high] = boundsOf(span, stepText !== undefined, range, part);
  if (low > high) throw new Error(`${JSON.stringify(part)} ends before it begins`);
  if (low < range.low || high > range.high)
    throw new Error(`${JSON.stringify(part)} is not within ${range.low} to ${range.high}`);
  for (let value = low; value <= high; value += step) values.add(value);
}

function boundsOf(span: string, hasStep: boolean, range: FieldRange, part: string): [number, number] {
  if (span === "*" || span === "?") return [range.low, range.high];
  const [first = "", last, ...more] = span.split("-");
  if (more.length > 0) throw new Error(`${JSON.stringify(part)} is no field`);
  const low = valueOf(first, range, part);
  if (last !== undefined) return [low, valueOf(last, range, part)];
  return [low, hasStep ? range.high : low];
}

function valueOf(text: string, { names }: FieldRange, part: string): number {
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : numberOf(text, part);
}

function numberOf(text: string, part: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(part)} is no field`);
}
