import { SopsError } from "../sops-error.ts";
import { Branch, type BranchItem, Comment } from "../tree/tree.ts";

/**
 * Sections with their keys; the keys before the first header are in `DEFAULT`. A comment belongs to what follows it and
 * stands behind a key's value, first in a section. Source: ini.v1 1.67 with its defaults, as sops 3.13 uses it.
 * @throws SopsError `SOPS_MALFORMED` with the line, never its text
 */
export function parseIni(text: string, file?: string): Branch {
  return new IniReader(text, file).read();
}

interface Section {
  name: string;
  items: BranchItem[];
  positions: Map<string, number>;
}

class IniReader {
  private readonly lines: string[];
  private readonly file: string | undefined;
  private readonly sections: Section[] = [newSection("DEFAULT")];
  private pending: string[] = [];
  private index = 0;

  constructor(text: string, file: string | undefined) {
    this.lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
    this.file = file;
  }

  read(): Branch {
    for (; this.index < this.lines.length; this.index++) this.line((this.lines[this.index] ?? "").trim());
    return new Branch(this.sections.map(({ name, items }) => ({ key: name, value: new Branch(items) })));
  }

  private line(line: string): void {
    if (line === "") return;
    if (/^[#;]/.test(line)) this.pending.push(line);
    else if (line.startsWith("[")) this.header(line);
    else this.member(line);
  }

  private header(line: string): void {
    const end = line.lastIndexOf("]");
    if (end < 0) throw this.malformed("the section is not closed, want ]");
    const section = newSection(line.slice(1, end));
    // What stands behind the bracket is the section's comment.
    const behind = line.slice(end + 1).trim();
    if (/^[#;]/.test(behind)) this.pending.push(behind);
    this.takeComments((comment) => section.items.push(comment));
    this.sections.push(section);
  }

  private member(line: string): void {
    const { key, rest } = this.splitKey(line);
    const section = this.sections.at(-1) as Section;
    const value = this.value(rest.trim());
    const known = section.positions.get(key);
    if (known === undefined) {
      section.positions.set(key, section.items.push({ key, value }) - 1);
      this.takeComments((comment) => section.items.push(comment));
    } else {
      // The last value of a key that is there twice wins, at the place of the first.
      section.items[known] = { key, value };
      this.pending = [];
    }
  }

  private takeComments(add: (comment: Comment) => void): void {
    if (this.pending.length === 0) return;
    add(new Comment(withoutMark(this.pending.join("\n"))));
    this.pending = [];
  }

  private splitKey(line: string): { key: string; rest: string } {
    const quoted = /^(`[^`]*`|"""(?:.*?)""")\s*[=:](.*)$/.exec(line);
    const mark = line.search(/[=:]/);
    const [plain, rest] = mark < 0 ? ["", ""] : [line.slice(0, mark).trimEnd(), line.slice(mark + 1)];
    const key = (quoted?.[1] ?? plain).replace(/^(`|""")(.*)\1$/, "$2");
    if (key === "") throw this.malformed("the line is neither a section, a comment nor key = value");
    return { key, rest: quoted?.[2] ?? rest };
  }

  private value(text: string): string {
    const opened = text.startsWith('"""') ? '"""' : text.startsWith("`") ? "`" : undefined;
    if (opened !== undefined) return this.quotedValue(text.slice(opened.length), opened);
    if (text.endsWith("\\")) return this.continued(text.slice(0, -1));
    const comment = text.search(/[#;]/);
    if (comment >= 0) this.pending.push(text.slice(comment));
    const bare = comment < 0 ? text : text.slice(0, comment).trim();
    return /^(["'])[^]*\1$/.test(bare) && bare.length > 1 && !bare.slice(1, -1).includes(bare[0] ?? "")
      ? bare.slice(1, -1)
      : bare;
  }

  /** A value in triple quotes or backquotes may run over several lines. */
  private quotedValue(first: string, end: string): string {
    const start = this.index;
    let text = first;
    while (!text.includes(end)) {
      if (++this.index >= this.lines.length) throw this.malformed(`the value is not closed, want ${end}`, start);
      text += `\n${this.lines[this.index]}`;
    }
    return text.slice(0, text.indexOf(end));
  }

  private continued(first: string): string {
    let text = first;
    for (;;) {
      const next = (this.lines[++this.index] ?? "").trim();
      if (!next.endsWith("\\")) return text + next;
      text += next.slice(0, -1);
    }
  }

  private malformed(detail: string, index: number = this.index): SopsError {
    return new SopsError(`read INI: ${detail}`, {
      code: "SOPS_MALFORMED",
      position: { ...(this.file === undefined ? {} : { file: this.file }), line: index + 1 },
    });
  }
}

function newSection(name: string): Section {
  return { name, items: [], positions: new Map() };
}

function withoutMark(comment: string): string {
  if (comment.startsWith(";")) return comment.replace(/^[; ]+/, "");
  return comment.replace(/^[# ]+/, "");
}
