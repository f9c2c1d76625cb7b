/** What one position of a pattern accepts. */
type Step = "star" | ((char: string) => boolean);

/** A pattern of Go's `path.Match`, read once. */
export interface PathPattern {
  /** Whether the whole name matches: `*` and `?` never match a slash. */
  matches(name: string): boolean;
}

/**
 * Reads a pattern of Go's `path.Match`: `*`, `?`, `[a-z]`, `[^a]`, `\c`.
 * @throws SyntaxError `syntax error in pattern`
 */
export function parsePathPattern(pattern: string): PathPattern {
  const steps = stepsOf(Array.from(pattern));
  return { matches: (name) => matchSteps(steps, Array.from(name)) };
}

function stepsOf(chars: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < chars.length;) {
    const char = chars[at] as string;
    if (char === "*") {
      if (steps.at(-1) !== "star") steps.push("star");
      at++;
    } else if (char === "?") {
      steps.push((found) => found !== "/");
      at++;
    } else if (char === "[") {
      const [step, next] = classOf(chars, at + 1);
      steps.push(step);
      at = next;
    } else {
      const [literal, next] = literalOf(chars, at);
      steps.push((found) => found === literal);
      at = next;
    }
  }
  return steps;
}

function bad(): SyntaxError {
  return new SyntaxError("syntax error in pattern");
}

function literalOf(chars: readonly string[], at: number): [string, number] {
  const char = chars[at];
  if (char === undefined) throw bad();
  if (char !== "\\") return [char, at + 1];
  const escaped = chars[at + 1];
  if (escaped === undefined) throw bad();
  return [escaped, at + 2];
}

function classOf(chars: readonly string[], start: number): [Step, number] {
  let at = start;
  const negated = chars[at] === "^";
  if (negated) at++;
  const ranges: [number, number][] = [];
  while (chars[at] !== "]" || ranges.length === 0) {
    const [low, afterLow] = boundOf(chars, at);
    at = afterLow;
    let high = low;
    if (chars[at] === "-") [high, at] = boundOf(chars, at + 1);
    ranges.push([low, high]);
  }
  const accepts = (char: string): boolean => {
    const code = char.codePointAt(0) as number;
    return char !== "/" && ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
  return [accepts, at + 1];
}

function boundOf(chars: readonly string[], at: number): [number, number] {
  if (chars[at] === "-" || chars[at] === "]") throw bad();
  const [char, next] = literalOf(chars, at);
  if (next >= chars.length) throw bad();
  return [char.codePointAt(0) as number, next];
}

/** Goes back only to the last star, so that no pattern takes more than length × length steps. */
function matchSteps(steps: readonly Step[], chars: readonly string[]): boolean {
  let step = 0;
  let at = 0;
  let star: { step: number; at: number } | undefined;
  while (at < chars.length) {
    const accepts = steps[step];
    if (accepts === "star") {
      star = { step: ++step, at };
    } else if (accepts?.(chars[at] as string)) {
      step++;
      at++;
    } else if (star !== undefined && chars[star.at] !== "/") {
      step = star.step;
      at = ++star.at;
    } else return false;
  }
  while (steps[step] === "star") step++;
  return step === steps.length;
}
