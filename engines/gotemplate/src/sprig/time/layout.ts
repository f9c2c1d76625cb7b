/** Go's layouts: how the reference time Mon Jan 2 15:04:05 MST 2006 is written says how all are. Source: Go's time package. */

/** A piece of a layout: text, and the element behind it ("" at the end). */
export interface LayoutPiece {
  readonly prefix: string;
  /** As written: `2006`, `Jan`, `.000`. */
  readonly element: string;
}

const elements =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?![0-9])/g;

const split = new Map<string, readonly LayoutPiece[]>();

/** A layout's pieces; the last has no element. */
export function piecesOf(layout: string): readonly LayoutPiece[] {
  let pieces = split.get(layout);
  if (pieces === undefined) {
    pieces = splitLayout(layout);
    if (split.size < 1_000) split.set(layout, pieces);
  }
  return pieces;
}

function splitLayout(layout: string): LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let end = 0;
  for (const match of layout.matchAll(elements)) {
    pieces.push({ prefix: layout.slice(end, match.index), element: match[0] });
    end = match.index + match[0].length;
  }
  pieces.push({ prefix: layout.slice(end), element: "" });
  return pieces;
}
