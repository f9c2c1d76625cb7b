/** Whether one name of a path fits a pattern. */
export type NameMatcher = (name: string) => boolean;

/**
 * Compiles a shell pattern for one name: `*`, `?`, `[a-z]`, `[^a]`, `\x`. A malformed pattern matches nothing.
 * Source: Go's `filepath.Match` on a name without separators; its error counts as no match, as in go-git.
 */
export function compileName(pattern: string): NameMatcher {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  if (pattern === "*") return () => true;
  if (/^\*[^*?[\\]+$/.test(pattern)) {
    const suffix = pattern.slice(1);
    return (name) => name.endsWith(suffix);
  }
  const tokens = tokenize(pattern);
  return tokens ? (name) => matchTokens(tokens, Array.from(name)) : () => false;
}

type Token = { readonly kind: "star" } | { readonly kind: "one"; readonly fits: (character: string) => boolean };

function tokenize(pattern: string): Token[] | undefined {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") tokens.push({ kind: "star" });
    else if (character === "?") tokens.push({ kind: "one", fits: () => true });
    else if (character === "[") {
      const parsed = parseClass(characters, at + 1);
      if (!parsed) return undefined;
      tokens.push({ kind: "one", fits: parsed.fits });
      at = parsed.end;
    } else {
      const literal = character === "\\" ? characters[++at] : character;
      if (literal === undefined) return undefined;
      tokens.push({ kind: "one", fits: (other) => other === literal });
    }
  }
  return tokens;
}

/** A class after its `[`; `end` is where its `]` stands. */
function parseClass(
  characters: readonly string[],
  start: number,
): { fits: (character: string) => boolean; end: number } | undefined {
  const negated = characters[start] === "^";
  let at = negated ? start + 1 : start;
  const ranges: [number, number][] = [];
  const next = (): number | undefined => {
    let character = characters[at++];
    if (character === undefined || character === "-" || character === "]") return undefined;
    if (character === "\\") character = characters[at++];
    return character?.codePointAt(0);
  };
  while (characters[at] !== "]" || ranges.length === 0) {
    const low = next();
    if (low === undefined) return undefined;
    let high: number | undefined = low;
    if (characters[at] === "-") {
      at++;
      high = next();
    }
    if (high === undefined || at >= characters.length) return undefined;
    ranges.push([low, high]);
  }
  const fits = (character: string): boolean => {
    const code = character.codePointAt(0) ?? -1;
    return ranges.some(([low, high]) => code >= low && code <= high) !== negated;
  };
  return { fits, end: at };
}

/** Greedy with one point of return: only the last star can ever have to give way, so the time is bounded by the product of the lengths. */
function matchTokens(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      starToken = token++;
      starAt = at;
    } else if (current?.fits(name[at] ?? "")) {
      token++;
      at++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token]?.kind === "star") token++;
  return token === tokens.length;
}
