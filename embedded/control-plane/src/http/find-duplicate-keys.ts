/** Finds keys that a JSON text sets twice in one object; `JSON.parse` keeps the last and says nothing. */

const maxFindings = 64;

/** Texts like `duplicate field "spec.ports[0].name"`, for JSON that is known to parse. */
export function findDuplicateKeys(text: string): string[] {
  const found: string[] = [];
  const scan = new Scan(text, found);
  scan.value("");
  return found;
}

class Scan {
  private readonly text: string;
  private readonly found: string[];
  private at = 0;

  constructor(text: string, found: string[]) {
    this.text = text;
    this.found = found;
  }

  private skipSpace(): void {
    while (this.at < this.text.length && " \t\n\r".includes(this.text[this.at] ?? "")) this.at++;
  }

  value(path: string): void {
    this.skipSpace();
    const char = this.text[this.at];
    if (char === "{") this.object(path);
    else if (char === "[") this.array(path);
    else if (char === '"') this.skipString();
    else while (this.at < this.text.length && !",]}".includes(this.text[this.at] ?? "")) this.at++;
    this.skipSpace();
  }

  private object(path: string): void {
    const seen = new Set<string>();
    this.at++;
    this.skipSpace();
    while (this.at < this.text.length && this.text[this.at] !== "}") {
      const key = this.key();
      const place = path === "" ? key : `${path}.${key}`;
      if (seen.has(key) && this.found.length < maxFindings) this.found.push(`duplicate field ${JSON.stringify(place)}`);
      seen.add(key);
      this.skipSpace();
      this.at++;
      this.value(place);
      if (this.text[this.at] === ",") this.at++;
      this.skipSpace();
    }
    this.at++;
  }

  private array(path: string): void {
    this.at++;
    this.skipSpace();
    for (let index = 0; this.at < this.text.length && this.text[this.at] !== "]"; index++) {
      this.value(`${path}[${index}]`);
      if (this.text[this.at] === ",") this.at++;
      this.skipSpace();
    }
    this.at++;
  }

  private key(): string {
    const start = this.at;
    this.skipString();
    const raw = this.text.slice(start, this.at);
    return raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  private skipString(): void {
    this.at++;
    while (this.at < this.text.length && this.text[this.at] !== '"') this.at += this.text[this.at] === "\\" ? 2 : 1;
    this.at++;
  }
}
