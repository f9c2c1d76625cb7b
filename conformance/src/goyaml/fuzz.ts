import type { Random } from "../random.ts";

const words = [
  "a",
  "b",
  "key",
  "name",
  "image: nginx",
  "x y",
  "yes",
  "no",
  "on",
  "y",
  "n",
  "true",
  "False",
  "null",
  "~",
  "",
  "0",
  "1",
  "-1",
  "+1",
  "0777",
  "0o17",
  "0x1F",
  "0b101",
  "1_000",
  "1e3",
  "1E+3",
  ".5",
  "-.5e-3",
  "1.",
  "1.0",
  "-0.0",
  "1e400",
  ".inf",
  "-.Inf",
  ".nan",
  "9007199254740993",
  "18446744073709551615",
  "18446744073709551616",
  "-9223372036854775808",
  "123456789012345678901234567890",
  "1:30",
  "190:20:30",
  "2001-01-01",
  "2001-01-01T00:00:00Z",
  "2001-1-2 3:4:5.60",
  "2001-12-14t21:59:43.10-05:00",
  "2001-13-01",
  "<<",
  "=",
  "!",
  "&",
  "*",
  "- x",
  "-",
  "?",
  ":",
  "a:b",
  "a: b",
  "a #b",
  "a#b",
  "#b",
  "%x",
  "@x",
  "`x`",
  "'q'",
  '"d"',
  "[",
  "]",
  "{",
  "}",
  "a,b",
  "...",
  "---",
  "--- a",
  "é",
  "日本",
  "😀",
  "\t",
  "a\tb",
  " lead",
  "trail ",
  "\\n",
  "\u00a0",
  "\u2028",
  "\u0085",
  "\ufeff",
  "0.1",
  "12345678.5",
  "1e21",
  "1e-7",
  "08",
  "0b2",
  "0b-1",
  "_1",
  "1__2",
  "0x",
  "+",
  ".",
  "..",
  ".e",
  "1e",
  "N",
  "NO",
  "Off",
  "long " + "word ".repeat(20),
  "x".repeat(130),
  "it's",
  'say "hi"',
  "a\\b",
];
const tags = [
  "!!str",
  "!!int",
  "!!float",
  "!!bool",
  "!!null",
  "!!binary",
  "!!timestamp",
  "!local",
  "!!map",
  "!!seq",
  "!<x>",
  "!",
  "!e!x",
];
const comments = ["# c", "#", "# two words", "#x", "# é"];

/** Makes texts that are mostly YAML, with everything that go-yaml treats in a way of its own. */
export class YamlFuzzer {
  private readonly random: Random;
  private anchors = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** A stream of one or more documents, sometimes broken on purpose. */
  stream(): string {
    this.anchors = 0;
    const { random } = this;
    const documents = Array.from({ length: random.chance(0.2) ? 2 + random.below(2) : 1 }, () => this.document());
    let text = documents.join(random.chance(0.8) ? "---\n" : "...\n---\n");
    if (random.chance(0.15)) text = `---${random.pick(["\n", " # c\n", "\n\n"])}${text}`;
    if (random.chance(0.15)) text = this.mutate(text);
    if (random.chance(0.05)) text = text.replaceAll("\n", "\r\n");
    if (random.chance(0.1)) text = text.trimEnd();
    return text.toWellFormed();
  }

  /** Any JSON value made of the same words. */
  json(depth: number = 0): unknown {
    const { random } = this;
    const kind = random.below(depth > 3 ? 6 : 9);
    if (kind < 4) return this.text();
    if (kind === 4) return random.pick([0, 1, -1, 1.5, 1e21, 1e-7, 123456789, 1e20, 0.1, 1e6 + 0.5, 100000, 1e300]);
    if (kind === 5) return random.pick([true, false, null]);
    const count = random.below(4);
    if (kind < 8) return Object.fromEntries(Array.from({ length: count }, () => [this.text(), this.json(depth + 1)]));
    return Array.from({ length: count }, () => this.json(depth + 1));
  }

  private text(): string {
    const { random } = this;
    const count = random.chance(0.7) ? 1 : 1 + random.below(4);
    const parts = Array.from({ length: count }, () => random.pick(words));
    return parts.join(random.pick(["", " ", "\n", "\n\n", "  ", "\n  ", "-", ".", "0"]));
  }

  private document(): string {
    const { random } = this;
    return this.gap(0) + (random.chance(0.1) ? this.scalarLine(0) : this.block(0, 0)) + this.gap(0);
  }

  /** Empty lines and comments, at some indentation. */
  private gap(indent: number): string {
    const { random } = this;
    let text = "";
    while (random.chance(0.2)) {
      const column = random.chance(0.8) ? indent : random.below(6);
      text += random.chance(0.35) ? "\n" : `${" ".repeat(column)}${random.pick(comments)}\n`;
    }
    return text;
  }

  private end(): string {
    return this.random.chance(0.15) ? ` ${this.random.pick(comments)}\n` : "\n";
  }

  private properties(): string {
    const { random } = this;
    let text = "";
    if (random.chance(0.05)) text += `&a${this.anchors++} `;
    if (random.chance(0.05)) text += `${random.pick(tags)} `;
    return text;
  }

  private block(indent: number, depth: number): string {
    const { random } = this;
    const mapping = random.chance(0.65);
    const count = 1 + random.below(4);
    let text = "";
    for (let index = 0; index < count; index++) {
      text += this.gap(indent) + " ".repeat(indent);
      text += mapping ? this.pair(indent, depth) : `-${this.child(indent, depth, true)}`;
    }
    return text;
  }

  private pair(indent: number, depth: number): string {
    const { random } = this;
    if (random.chance(0.04)) {
      return `?${this.child(indent, depth, true)}${" ".repeat(indent)}:${this.child(indent, depth, true)}`;
    }
    if (random.chance(0.04) && this.anchors > 0) return `<<: *a${random.below(this.anchors)}${this.end()}`;
    return `${this.properties()}${this.key()}:${this.child(indent, depth, false)}`;
  }

  private key(): string {
    const { random } = this;
    const word = random.pick(words);
    if (random.chance(0.7)) return random.pick(["a", "b", "c", "d", "e", "key", "on", "1", "name"]);
    return random.chance(0.5) ? word : this.quoted(word);
  }

  private child(indent: number, depth: number, inline: boolean): string {
    const { random } = this;
    const roll = random.next();
    if (depth > 4 || roll < 0.45) return this.scalar(indent);
    if (roll < 0.52) return ` ${this.properties()}${this.flow(0)}${this.end()}`;
    if (roll < 0.56) return this.end();
    const step = random.pick([1, 2, 2, 2, 4]);
    if (inline && roll < 0.8) {
      const column = indent + 2;
      return ` ${this.block(column, depth + 1).trimStart()}`;
    }
    const compact = !inline && random.chance(0.25);
    const nested = this.block(compact ? indent : indent + step, depth + 1);
    return ` ${this.properties()}`.trimEnd() + this.end() + nested;
  }

  private scalar(indent: number): string {
    const { random } = this;
    if (random.chance(0.05) && this.anchors > 0) return ` *a${random.below(this.anchors)}${this.end()}`;
    if (random.chance(0.2)) return ` ${this.properties()}${this.blockScalar(indent)}`;
    return ` ${this.properties()}${this.scalarLine(indent)}`;
  }

  private scalarLine(indent: number): string {
    const { random } = this;
    const word = random.pick(words);
    const form = random.below(5);
    if (form < 3)
      return word + (random.chance(0.1) ? `\n${" ".repeat(indent + 2)}${random.pick(words)}` : "") + this.end();
    const text = random.chance(0.2) ? `${word}\n${" ".repeat(indent + 2)}${random.pick(words)}` : word;
    return this.quoted(text) + this.end();
  }

  private quoted(text: string): string {
    const { random } = this;
    if (random.chance(0.5)) return `'${text.replaceAll("'", "''")}'`;
    const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
    return `"${escaped}${random.pick(["", "", "", "\\n", "\\x41", "\\u00e9", "\\t", "\\0", "\\ ", "\\N", "\\U0001F600"])}"`;
  }

  private blockScalar(indent: number): string {
    const { random } = this;
    const header = random.pick(["|", ">"]) + random.pick(["", "", "-", "+", "2", "2-"]);
    const column = indent + 2;
    let text = header + this.end();
    for (let count = random.below(5); count > 0; count--) {
      const extra = random.chance(0.2) ? " ".repeat(random.below(3)) : "";
      text += random.chance(0.2) ? "\n" : `${" ".repeat(column)}${extra}${random.pick(words)}\n`;
    }
    return text;
  }

  private flow(depth: number): string {
    const { random } = this;
    const count = random.below(4);
    const mapping = random.chance(0.5);
    const items = Array.from({ length: count }, () => {
      const value = depth < 2 && random.chance(0.2) ? this.flow(depth + 1) : this.flowScalar();
      if (!mapping) return random.chance(0.1) ? `${this.flowScalar()}: ${value}` : value;
      return random.chance(0.1) ? this.flowScalar() : `${this.flowScalar()}: ${value}`;
    });
    const separator = (): string => random.pick([", ", ",", " , ", ",\n      ", `, ${random.pick(comments)}\n      `]);
    let text = "";
    items.forEach((item, index) => (text += (index > 0 ? separator() : "") + item));
    if (random.chance(0.15) && count > 0) text += random.pick([",", "\n      ", ` ${random.pick(comments)}\n      `]);
    return mapping ? `{${text}}` : `[${text}]`;
  }

  private flowScalar(): string {
    const { random } = this;
    const word = random.pick(words);
    return random.chance(0.4) ? this.quoted(word) : word;
  }

  /** Removes, doubles or replaces a few characters. */
  private mutate(text: string): string {
    const { random } = this;
    let result = text;
    for (let count = 1 + random.below(3); count > 0; count--) {
      const index = random.below(result.length + 1);
      const insert = random.pick([
        "",
        " ",
        "  ",
        "\n",
        "-",
        ":",
        "? ",
        "#",
        "'",
        '"',
        "[",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "\t",
        "%",
        "- ",
      ]);
      result = result.slice(0, index) + insert + result.slice(index + random.below(3));
    }
    return result;
  }
}
