import { isSpace, isUpper, toLower, toUpper } from "./letter-case.ts";

/** A text in the forms of identifiers. Source: huandu/xstrings 1.5, which sprig uses. */

function isConnector(char: string): boolean {
  return char === "-" || char === "_" || isSpace(char);
}

/** `http_server` as `HttpServer`; a run of connectors keeps all but one. Source: xstrings.ToPascalCase. */
export function pascalCase(text: string): string {
  const chars = Array.from(text.toWellFormed());
  let at = chars.findIndex((char) => !isConnector(char));
  if (at < 0) return chars.join("") + (chars.at(-1) ?? "");
  let out = chars.slice(0, at).join("");
  let current = toUpper(chars[at] as string);
  // As long as a word goes on in capitals, these are made small.
  let inCapitals = isUpper(chars[at] as string);
  for (at++; at < chars.length; at++) {
    const previous = current;
    current = chars[at] as string;
    if (isConnector(current) && isConnector(previous)) out += previous;
    else if (isConnector(previous)) {
      inCapitals = isUpper(current);
      current = toUpper(current);
    } else {
      if (inCapitals && isUpper(current)) current = toLower(current);
      else inCapitals = false;
      out += previous;
    }
  }
  return out + current;
}

type WordKind = "none" | "number" | "upper" | "alphabet" | "connector" | "punctuation" | "other";

interface Word {
  kind: WordKind;
  text: string;
}

const endOfWords: Word = { kind: "none", text: "" };

/** `HTTPServer20` in small letters with one connector between its words. Source: xstrings.ToSnakeCase and ToKebabCase. */
export function connectedCase(text: string, connector: "_" | "-"): string {
  return text === "" ? "" : new WordJoiner(splitWords(text), connector).join();
}

/** What the text is made of: a word ends where another kind of characters begins. */
function splitWords(text: string): Word[] {
  const chars = Array.from(text.toWellFormed());
  const words: Word[] = [];
  for (let at = 0; at < chars.length;) {
    const { kind, end } = readWord(chars, at);
    words.push({ kind, text: chars.slice(at, end).join("") });
    at = end;
  }
  return words;
}

/** Letters but for Han characters, which make words of another kind. */
function isAlphabet(char: string): boolean {
  return /^\p{L}$/u.test(char) && !/^[\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}]$/u.test(char);
}

function kindOfChar(char: string): WordKind {
  if (char === "\ufffd") return "none";
  if (isConnector(char)) return "connector";
  if (/^\p{P}$/u.test(char)) return "punctuation";
  if (isUpper(char)) return "upper";
  if (isAlphabet(char)) return "alphabet";
  return /^\p{N}$/u.test(char) ? "number" : "other";
}

function readWord(chars: readonly string[], start: number): { kind: WordKind; end: number } {
  const kind = kindOfChar(chars[start] as string);
  if (kind === "none") return { kind, end: start + 1 };
  const run = (from: number, belongs: (char: string) => boolean): number => {
    let end = from;
    while (end < chars.length && belongs(chars[end] as string)) end++;
    return end;
  };
  if (kind === "punctuation") return { kind, end: run(start + 1, (char) => /^\p{P}$/u.test(char)) };
  if (kind !== "upper") return { kind, end: run(start + 1, (char) => kindOfChar(char) === kind) };
  const capitals = run(start + 1, isUpper);
  const isFollowed = capitals < chars.length && isAlphabet(chars[capitals] as string);
  if (capitals === start + 1) {
    return { kind, end: run(capitals, (char) => isAlphabet(char) && !isUpper(char)) };
  }
  // The last capital of HTTPStatus belongs to the next word.
  return { kind, end: isFollowed ? capitals - 1 : capitals };
}

class WordJoiner {
  private readonly words: readonly Word[];
  private readonly connector: string;
  private at = 0;
  private out = "";

  constructor(words: readonly Word[], connector: string) {
    this.words = words;
    this.connector = connector;
  }

  join(): string {
    let word = this.next();
    while (this.at < this.words.length) {
      if (word.kind !== "connector") this.write(word);
      const previous = word;
      word = this.after(previous, this.next());
    }
    this.write(word);
    return this.out;
  }

  private next(): Word {
    return this.words[this.at++] ?? endOfWords;
  }

  private write({ kind, text }: Word): void {
    if (kind === "connector") this.out += this.connector.repeat(Array.from(text).length);
    else this.out += kind === "upper" ? Array.from(text, toLower).join("") : text;
  }

  private connect(next: Word, ...unless: WordKind[]): void {
    if (!unless.includes(next.kind)) this.out += this.connector;
  }

  /** Writes what stands between two words, and words that a number takes in; returns the word to go on with. */
  private after(previous: Word, word: Word): Word {
    if (previous.kind === "connector") this.write(previous);
    else if (previous.kind === "number") {
      const next = this.takeIn(word);
      this.connect(next, "none", "punctuation", "connector");
      return next;
    } else if (previous.kind !== "punctuation") {
      if (word.kind === "number") return this.numberAfter(word);
      this.connect(word, "connector", "punctuation");
    }
    return word;
  }

  /** Letters and digits after a number belong to it: `20x`. */
  private takeIn(word: Word): Word {
    let current = word;
    while (current.kind === "alphabet" || current.kind === "number") {
      this.write(current);
      current = this.next();
    }
    return current;
  }

  /** A number belongs to the word before it (`bld4_floor`), unless small letters follow (`http_2xx`). */
  private numberAfter(number: Word): Word {
    if (this.at >= this.words.length) return number;
    const word = this.next();
    if (word.kind !== "alphabet") {
      this.write(number);
      this.connect(word, "connector", "punctuation");
      return word;
    }
    this.out += this.connector;
    this.write(number);
    const next = this.takeIn(word);
    this.connect(next, "none", "connector", "punctuation");
    return next;
  }
}
