import { compareText, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { analyzeScalar } from "./analyze-scalar.ts";
import { formatFloat } from "./go-text.ts";
import { readBackKey, readBackText } from "./json-text.ts";
import { sortNatural } from "./natural-order.ts";
import { isBase60, resolvePlain } from "./resolve.ts";
import { writeDoubleQuoted, writeLiteral, writePlain, writeSingleQuoted } from "./write-scalar.ts";
import { Writer } from "./writer.ts";
import { maxValueDepth } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

/** Options of {@link dump}. */
export interface DumpOptions {
  /** Keep the order of the keys; otherwise they are in go-yaml's natural order. */
  keepOrder?: boolean;
  /** Order keys by their bytes, whatever they look like. */
  byteOrder?: boolean;
}

/** go-yaml v2 writes longer keys and those over several lines behind a `?`. Counts bytes. */
const maxSimpleKey = 128;

/**
 * The YAML that sigs.k8s.io/yaml's Marshal prints for a JSON value, with a final line feed: keys in natural order, lists not
 * indented below their key, lines folded at 80 columns. It is Helm's toYaml before that trims the line feed.
 * @throws YamlError for what go-yaml refuses to read back, such as U+007F
 */
export function dump(value: Json, options: DumpOptions = {}): string {
  const dumper = new Dumper(options);
  dumper.write(value, "root");
  return dumper.finish();
}

/** Values as one stream, joined by `---` lines. */
export function dumpDocuments(values: readonly Json[], options: DumpOptions = {}): string {
  let length = 0;
  const texts = values.map((value) => {
    const text = dump(value, options);
    length += text.length;
    if (length > maxStreamLength) throw new YamlError(`yaml: want at most ${maxStreamLength} characters to write`);
    return text;
  });
  return texts.join("---\n");
}

const maxStreamLength = 256 * 1024 * 1024;

type Place = "root" | "item" | "value" | "key" | "complexKey";

class Dumper {
  private readonly writer = new Writer({ indent: 2, width: 80 });
  private readonly options: DumpOptions;
  private depth = 0;

  constructor(options: DumpOptions) {
    this.options = options;
  }

  finish(): string {
    this.writer.indent = -1;
    this.writer.writeIndent();
    return this.writer.text;
  }

  write(value: Json, place: Place): void {
    if (Array.isArray(value)) this.nest(() => this.sequence(value, place));
    else if (isObject(value)) this.nest(() => this.mapping(value));
    else if (typeof value === "string") this.string(readBackText(value), place);
    else this.writer.writeWord(formatScalar(value), true);
  }

  private nest(write: () => void): void {
    if (++this.depth > maxValueDepth) throw new YamlError(`yaml: exceeded max depth of ${maxValueDepth}`);
    const { indent } = this.writer;
    write();
    this.writer.indent = indent;
    this.depth--;
  }

  private sequence(items: readonly Json[], place: Place): void {
    const { writer } = this;
    if (items.length === 0) return writer.writeWord("[]", true);
    // Not indented below a key; but behind `: ` of a complex key it is.
    if (place !== "value" || writer.indention) this.indent();
    for (const item of items) {
      writer.writeIndent();
      writer.writeIndicator("-", true, false, true);
      this.write(item ?? null, "item");
    }
  }

  private indent(): void {
    this.writer.indent = this.writer.indent < 0 ? 0 : this.writer.indent + this.writer.bestIndent;
  }

  private mapping(object: JsonObject): void {
    const { writer } = this;
    const keys = Object.keys(object).filter((key) => object[key] !== undefined);
    if (keys.length === 0) return writer.writeWord("{}", true);
    if (this.options.byteOrder) keys.sort(compareText);
    else if (!this.options.keepOrder) sortNatural(keys);
    this.indent();
    for (const key of keys) {
      writer.writeIndent();
      this.key(readBackKey(key));
      this.write(object[key] ?? null, "value");
    }
  }

  private key(key: string): void {
    const { writer } = this;
    if (isSimpleKey(key)) {
      this.string(key, "key");
      return writer.writeIndicator(":", false);
    }
    writer.writeIndicator("?", true, false, true);
    this.string(key, "complexKey");
    writer.writeIndent();
    writer.writeIndicator(":", true, false, true);
  }

  private string(value: string, place: Place): void {
    const { writer } = this;
    const mayBreak = place !== "key";
    const { multiline, blockPlain, single, block } = analyzeScalar(value, 2);
    const { indent } = writer;
    // A scalar is one level deeper, for its following lines.
    writer.indent = indent < 0 ? writer.bestIndent : indent + writer.bestIndent;
    if (value.includes("\n")) {
      if (block && mayBreak) writeLiteral(writer, value);
      else writeDoubleQuoted(writer, value, mayBreak);
    } else if (!readsAsString(value) || (multiline && !mayBreak)) writeDoubleQuoted(writer, value, mayBreak);
    else if (blockPlain) writePlain(writer, value, mayBreak);
    else if (single) writeSingleQuoted(writer, value, mayBreak);
    else writeDoubleQuoted(writer, value, mayBreak);
    writer.indent = indent;
  }
}

function isSimpleKey(key: string): boolean {
  if (/[\r\n\x85\u2028\u2029]/.test(key)) return false;
  return key.length * 3 <= maxSimpleKey || new TextEncoder().encode(key).length <= maxSimpleKey;
}

function readsAsString(value: string): boolean {
  return resolvePlain(value, 2).tag === "!!str" && !isBase60(value);
}

function formatScalar(value: null | boolean | number | bigint): string {
  if (typeof value === "number") return formatNumber(value);
  return typeof value === "bigint" ? formatInteger(value) : String(value);
}

/** As Go's JSON shows it and go-yaml reads that back: whole numbers of up to 64 bits are integers. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new YamlError(`json: unsupported value: ${formatFloat(value)}`);
  const text = String(value);
  if (Number.isSafeInteger(value)) return text;
  return /^-?[0-9]+$/.test(text) ? formatInteger(BigInt(text)) : formatFloat(value);
}

function formatInteger(value: bigint): string {
  if (value >= -(2n ** 63n) && value < 2n ** 64n) return String(value);
  return formatFloat(Number(value));
}
