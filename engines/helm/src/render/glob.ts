/** One thing that a pattern wants. */
type Token =
  | { readonly kind: "char"; readonly accepts: (char: string) => boolean }
  | { readonly kind: "star"; readonly accepts: (char: string) => boolean }
  | { readonly kind: "choice"; readonly choices: readonly (readonly Token[])[] };

/** A state of the matcher: what comes next, and what after it. */
interface State {
  readonly accepts?: (char: string) => boolean;
  /** The states that follow without a character. */
  readonly free: State[];
  next?: State;
  isEnd?: boolean;
}

const maxTokens = 10_000;

/**
 * A test for names by a pattern with `*`, `**`, `?`, `[a-z]`, `[!abc]`, `{a,b}` and `\`; only `**` and classes match a slash. It takes
 * pattern × name steps at most. Source: gobwas/glob, which `.Files.Glob` uses; a pattern that it refuses matches everything.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const tokens = new GlobParser(pattern).parse();
  if (tokens === undefined) return () => true;
  const end: State = { free: [], isEnd: true };
  const start = statesOf(tokens, end);
  return (name) => run(start, name);
}

const notSlash = (char: string): boolean => char !== "/";
const anything = (): boolean => true;

class GlobParser {
  private readonly chars: readonly string[];
  private at = 0;
  private count = 0;

  constructor(pattern: string) {
    this.chars = Array.from(pattern);
  }

  /** Undefined for a pattern that is none. */
  parse(): Token[] | undefined {
    try {
      return this.sequence(false);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private sequence(inChoice: boolean): Token[] {
    const tokens: Token[] = [];
    while (this.at < this.chars.length) {
      const char = this.chars[this.at] as string;
      if (inChoice && (char === "," || char === "}")) return tokens;
      this.at++;
      if (++this.count > maxTokens) throw new SyntaxError("the pattern is too long");
      tokens.push(this.token(char));
    }
    if (inChoice) throw new SyntaxError("unexpected end of input");
    return tokens;
  }

  private token(char: string): Token {
    if (char === "?") return { kind: "char", accepts: notSlash };
    if (char === "[") return { kind: "char", accepts: this.range() };
    if (char === "{") return this.choice();
    if (char === "\\") return literal(this.take());
    if (char !== "*") return literal(char);
    if (this.chars[this.at] !== "*") return { kind: "star", accepts: notSlash };
    this.at++;
    return { kind: "star", accepts: anything };
  }

  private take(): string {
    const char = this.chars[this.at++];
    if (char === undefined) throw new SyntaxError("unexpected end of input");
    return char;
  }

  private choice(): Token {
    const choices: Token[][] = [];
    do {
      choices.push(this.sequence(true));
    } while (this.take() === ",");
    return { kind: "choice", choices };
  }

  private range(): (char: string) => boolean {
    const negated = this.chars[this.at] === "!";
    if (negated) this.at++;
    const first = this.classChar();
    if (this.chars[this.at] === "-") {
      this.at++;
      const last = this.classChar();
      if (this.take() !== "]" || code(last) < code(first)) throw new SyntaxError("expected close range character");
      return (char) => (code(first) <= code(char) && code(char) <= code(last)) !== negated;
    }
    const members = new Set([first]);
    while (this.chars[this.at] !== "]") members.add(this.classChar());
    this.at++;
    return (char) => members.has(char) !== negated;
  }

  private classChar(): string {
    const char = this.take();
    return char === "\\" ? this.take() : char;
  }
}

function code(char: string): number {
  return char.codePointAt(0) as number;
}

function literal(wanted: string): Token {
  return { kind: "char", accepts: (char) => char === wanted };
}

function statesOf(tokens: readonly Token[], after: State): State {
  return tokens.reduceRight((next, token) => stateOf(token, next), after);
}

function stateOf(token: Token, next: State): State {
  if (token.kind === "choice") return { free: token.choices.map((choice) => statesOf(choice, next)) };
  if (token.kind === "char") return { accepts: token.accepts, free: [], next };
  const star: State = { accepts: token.accepts, free: [next] };
  star.next = star;
  return star;
}

function run(start: State, name: string): boolean {
  let active = new Set<State>();
  enter(active, start);
  for (const char of name) {
    const following = new Set<State>();
    for (const state of active) {
      if (state.next !== undefined && state.accepts?.(char)) enter(following, state.next);
    }
    active = following;
  }
  for (const state of active) if (state.isEnd) return true;
  return false;
}

function enter(states: Set<State>, state: State): void {
  if (states.has(state)) return;
  states.add(state);
  for (const free of state.free) enter(states, free);
}
