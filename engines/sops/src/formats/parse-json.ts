import { SopsError } from "../sops-error.ts";
import { Branch, type BranchItem, type TreeValue } from "../tree/tree.ts";

const maxDepth = 1_000;
const token =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;

/**
 * A JSON object whose members keep their order, and whose integers are told from floats.
 * @throws SopsError `SOPS_MALFORMED` with the position
 */
export function parseJson(text: string, file?: string): Branch {
  const reader = new JsonReader(text, file);
  const value = reader.document();
  if (value instanceof Branch) return value;
  throw reader.malformed("SOPS only supports JSON files with a top-level object");
}

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;

class JsonReader {
  private readonly text: string;
  private readonly file: string | undefined;
  private offset = 0;
  private depth = 0;

  constructor(text: string, file: string | undefined) {
    this.text = text;
    this.file = file;
  }

  document(): TreeValue {
    const value = this.value(this.next());
    if (this.text.slice(this.offset).trim() !== "") throw this.malformed("more text behind the value");
    return value;
  }

  malformed(detail: string): SopsError {
    const before = this.text.slice(0, this.offset).split("\n");
    return new SopsError(`read JSON: ${detail}`, {
      code: "SOPS_MALFORMED",
      position: {
        ...(this.file === undefined ? {} : { file: this.file }),
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      },
    });
  }

  private next(): string {
    token.lastIndex = this.offset;
    const match = token.exec(this.text);
    if (!match)
      throw this.malformed(
        this.text.slice(this.offset).trim() === "" ? "it ends too early" : "a value or a delimiter is wanted",
      );
    this.offset = token.lastIndex;
    return match[0].trim();
  }

  private value(first: string): TreeValue {
    if (++this.depth > maxDepth) throw this.malformed(`more than ${maxDepth} levels are nested`);
    const value = this.valueOf(first);
    this.depth--;
    return value;
  }

  private valueOf(first: string): TreeValue {
    if (first === "{") return new Branch(this.members());
    if (first === "[") return this.elements();
    if (first.startsWith('"')) return this.string(first);
    if (first === "true" || first === "false") return first === "true";
    if (first === "null") return null;
    if (!/^[-\d]/.test(first)) throw this.malformed(`${first} where a value is wanted`);
    const integer = /^-?\d+$/.test(first) ? BigInt(first) : undefined;
    return integer !== undefined && integer >= minInt && integer <= maxInt ? integer : Number(first);
  }

  private string(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.malformed("a text has an escape that is none");
    }
  }

  private members(): BranchItem[] {
    const items: BranchItem[] = [];
    let first = this.next();
    while (first !== "}") {
      if (!first.startsWith('"')) throw this.malformed(`${first} where a key is wanted`);
      if (this.next() !== ":") throw this.malformed("a colon is wanted behind the key");
      items.push({ key: this.string(first), value: this.value(this.next()) });
      first = this.separator("}");
    }
    return items;
  }

  private elements(): TreeValue[] {
    const values: TreeValue[] = [];
    let first = this.next();
    while (first !== "]") {
      values.push(this.value(first));
      first = this.separator("]");
    }
    return values;
  }

  private separator(end: string): string {
    const found = this.next();
    if (found === end) return end;
    if (found !== ",") throw this.malformed(`${found} where a comma or ${end} is wanted`);
    const following = this.next();
    if (following === end) throw this.malformed(`${end} behind a comma`);
    return following;
  }
}
