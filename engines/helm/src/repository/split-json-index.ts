/** A value of a JSON index: a version of a chart, or a member of the index itself. */
export interface JsonPiece {
  readonly chart: string | undefined;
  /** The member's name, where it is not a version. `entries` comes only when it is not an object of lists. */
  readonly member: string | undefined;
  readonly text: string;
}

const [quote, backslash, open, close, openList, closeList, colon, comma] = [34, 92, 123, 125, 91, 93, 58, 44];

/** Reads values without looking into them. @throws SyntaxError where the text is not JSON */
class Scanner {
  private readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  skipSpace(): void {
    while ([9, 10, 13, 32].includes(this.bytes[this.at] ?? 0)) this.at++;
  }

  peek(): number {
    this.skipSpace();
    return this.bytes[this.at] ?? 0;
  }

  expect(byte: number): void {
    if (this.peek() !== byte) throw new SyntaxError(`unexpected byte at ${this.at}`);
    this.at++;
  }

  key(): string {
    const key = JSON.parse(this.value()) as unknown;
    if (typeof key !== "string") throw new SyntaxError("a key is not text");
    this.expect(colon);
    return key;
  }

  /** The text of the value that begins here. */
  value(): string {
    this.skipSpace();
    const start = this.at;
    let depth = 0;
    do {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new SyntaxError("unexpected end");
      if (byte === quote) this.string();
      else {
        if (byte === open || byte === openList) depth++;
        else if (byte === close || byte === closeList) depth--;
        else if (depth === 0) return this.scalar(start);
        this.at++;
      }
    } while (depth > 0);
    return this.bytes.toString("utf8", start, this.at);
  }

  /** Members of an object, or items of a list, each as `read` takes it from where it begins. */
  *each<T>(begin: number, end: number, read: () => T): Generator<T> {
    this.expect(begin);
    if (this.peek() === end) {
      this.at++;
      return;
    }
    for (;;) {
      yield read();
      if (this.peek() === end) break;
      this.expect(comma);
    }
    this.at++;
  }

  private string(): void {
    for (;;) {
      const next = this.bytes.indexOf(quote, this.at + 1);
      if (next < 0) throw new SyntaxError("unexpected end of text");
      this.at = next;
      let slashes = 0;
      while (this.bytes[next - 1 - slashes] === backslash) slashes++;
      if (slashes % 2 === 0) break;
    }
    this.at++;
  }

  private scalar(start: number): string {
    while (![comma, close, closeList, 9, 10, 13, 32].includes(this.bytes[this.at] ?? comma)) this.at++;
    if (this.at === start) throw new SyntaxError(`unexpected byte at ${start}`);
    return this.bytes.toString("utf8", start, this.at);
  }
}

/**
 * Cuts an index in JSON into its versions, so that none holds up anything.
 * @throws SyntaxError where the text is not JSON
 */
export function* splitJsonIndex(bytes: Buffer): Generator<JsonPiece> {
  const scan = new Scanner(bytes);
  const key = (): string => scan.key();
  const value = (): string => scan.value();
  for (const member of scan.each(open, close, key)) {
    if (member !== "entries" || scan.peek() !== open) {
      yield { chart: undefined, member, text: value() };
      continue;
    }
    for (const chart of scan.each(open, close, key)) {
      if (scan.peek() !== openList) {
        yield { chart, member: undefined, text: value() };
        continue;
      }
      let count = 0;
      for (const text of scan.each(openList, closeList, value)) {
        count++;
        yield { chart, member: undefined, text };
      }
      if (count === 0) yield { chart, member: undefined, text: "[]" };
    }
  }
  if (scan.peek() !== 0) throw new SyntaxError("something follows the index");
}
