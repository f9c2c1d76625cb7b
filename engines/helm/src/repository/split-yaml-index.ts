/** A piece of an index that is a document of its own. */
export interface IndexPiece {
  /** The chart whose version it is; undefined for the index's own members. */
  readonly chart: string | undefined;
  /** Where it begins in the file, counted from 0. */
  readonly line: number;
  readonly text: string;
}

const [newline, space, hash, dash, tab, carriage] = [10, 32, 35, 45, 9, 13];

/** A line: its number from 0, its bytes, the spaces that it begins with, and the byte after them. */
interface Line {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly indent: number;
  /** 10 for an empty line. */
  readonly first: number;
}

/**
 * Cuts an index that is laid out as `helm repo index` and other servers write it, block by block, so that each version can be
 * read by itself and none holds up anything. Nothing is given for text of another shape, and a cut through a quoted text makes a
 * piece that cannot be read: then the index has to be read whole. The last piece is the index without its entries.
 */
export function* splitYamlIndex(bytes: Buffer): Generator<IndexPiece, boolean> {
  const head: string[] = [];
  const names = new Set<string>();
  let at: "head" | "entries" = "head";
  let chartIndent: number | undefined;
  let chart: { name: string; itemIndent: number | undefined } | undefined;
  let item: { line: number; start: number } | undefined;
  const textOf = (start: number, end: number): string => bytes.toString("utf8", start, end);
  const itemPiece = (end: number): IndexPiece | undefined => {
    if (!item || !chart) return undefined;
    const text = textOf(item.start, end);
    const dashAt = text.indexOf("-");
    const piece = { chart: chart.name, line: item.line, text: `${text.slice(0, dashAt)} ${text.slice(dashAt + 1)}` };
    item = undefined;
    return piece;
  };

  for (const line of linesOf(bytes)) {
    if (line.first === newline || line.first === hash) {
      if (at === "head") head.push("\n");
      continue;
    }
    if (line.first === tab) return false;
    if (line.indent === 0 && !(at === "entries" && line.first === dash)) {
      const done = itemPiece(line.start);
      if (done) yield done;
      const text = textOf(line.start, line.end);
      if (/^(---|\.\.\.|%)/.test(text) && !(line.number === 0 && text.trim() === "---")) return false;
      at = /^entries:\s*(#.*)?$/.test(text) ? "entries" : "head";
      if (at === "entries" && chartIndent !== undefined) return false;
      chart = undefined;
      head.push(at === "entries" ? "\n" : `${text}\n`);
      continue;
    }
    if (at === "head") {
      head.push(`${textOf(line.start, line.end)}\n`);
      continue;
    }
    chartIndent ??= line.indent;
    if (chartIndent === 0) return false;
    const isItem = line.first === dash && isBreak(bytes, line.start + line.indent + 1, line.end);
    if (line.indent === chartIndent && !isItem) {
      const done = itemPiece(line.start);
      if (done) yield done;
      const name = keyOf(textOf(line.start + line.indent, line.end));
      if (name === undefined || names.has(name)) return false;
      names.add(name);
      chart = { name, itemIndent: undefined };
      continue;
    }
    if (!chart || line.indent < chartIndent) return false;
    if (chart.itemIndent === undefined && !isItem) return false;
    chart.itemIndent ??= line.indent;
    if (line.indent < chart.itemIndent) return false;
    if (isItem && line.indent === chart.itemIndent) {
      const done = itemPiece(line.start);
      if (done) yield done;
      item = { line: line.number, start: line.start };
    }
  }
  const done = itemPiece(bytes.length);
  if (done) yield done;
  yield { chart: undefined, line: 0, text: head.join("") };
  return chartIndent !== undefined;
}

function* linesOf(bytes: Buffer): Generator<Line> {
  let number = 0;
  for (let start = 0; start < bytes.length; number++) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    let at = start;
    while (at < end && bytes[at] === space) at++;
    const first = at === end || (bytes[at] === carriage && at + 1 === end) ? newline : (bytes[at] ?? newline);
    yield { number, start, end, indent: at - start, first };
    start = end + 1;
  }
}

function isBreak(bytes: Buffer, at: number, end: number): boolean {
  return at >= end || bytes[at] === space || bytes[at] === carriage;
}

/** A plain or quoted key that nothing follows on its line, and whose plain form YAML reads as text. */
function keyOf(text: string): string | undefined {
  const match = /^(?:"([^"\\]+)"|'([^']+)'|([A-Za-z_][A-Za-z0-9._/+-]*))\s*:\s*(?:#.*)?$/.exec(text);
  const plain = match?.[3];
  if (plain !== undefined && /^(y|n|yes|no|on|off|true|false|null)$/i.test(plain)) return undefined;
  return match?.[1] ?? match?.[2] ?? plain;
}
