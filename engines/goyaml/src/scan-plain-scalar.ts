import { breakText, COLON, HASH, isBlankOrEnd, isBreak, isFlowIndicator, NUL, SPACE, TAB } from "./chars.ts";
import type { Scanner } from "./scanner.ts";
import { type Token, TokenType } from "./token.ts";

/**
 * Scans a scalar without quotes, over as many lines as it has, and the blanks and line breaks behind it.
 * A line break folds to a space, n of them to n - 1.
 */
export function scanPlainScalar(scanner: Scanner): Token {
  const { text } = scanner;
  const token = scanner.token(TokenType.Scalar);
  const indent = scanner.indents.current + 1;
  const inFlow = scanner.flowLevel > 0;
  let folded = "";
  let start = scanner.index;
  let end = start;
  let pendingBreaks = "";
  while (!scanner.atDocumentIndicator() && scanner.peek() !== HASH) {
    const stop = endOfRun(text, scanner.index, inFlow);
    if (stop > scanner.index) {
      if (pendingBreaks !== "") {
        folded += text.slice(start, end) + foldBreaks(pendingBreaks);
        start = scanner.index;
        pendingBreaks = "";
      }
      scanner.index = end = stop;
      scanner.newlines = 0;
    }
    const code = text.charCodeAt(stop);
    if (code === NUL || !isBlankOrEnd(code)) break;
    pendingBreaks = skipWhitespace(scanner, token, indent, pendingBreaks);
    if (!inFlow && scanner.column < indent) break;
  }
  token.value = folded + text.slice(start, end);
  if (pendingBreaks !== "") scanner.keyAllowed = true;
  return token;
}

/** What one or more line breaks inside a scalar become. */
export function foldBreaks(breaks: string): string {
  if (breaks.charCodeAt(0) !== 0x0a) return breaks;
  return breaks.length === 1 ? " " : breaks.slice(1);
}

function endOfRun(text: string, from: number, inFlow: boolean): number {
  let index = from;
  for (;;) {
    const code = text.charCodeAt(index);
    if (isBlankOrEnd(code)) return index;
    if (code === COLON && isBlankOrEnd(text.charCodeAt(index + 1))) return index;
    if (inFlow && isFlowIndicator(code)) return index;
    index++;
  }
}

function skipWhitespace(scanner: Scanner, token: Token, indent: number, seen: string): string {
  let breaks = seen;
  for (;;) {
    const code = scanner.peek();
    if (code === SPACE || code === TAB) {
      if (code === TAB && breaks !== "" && scanner.column < indent) {
        scanner.fail(token.line, "found a tab character that violates indentation");
      }
      scanner.index++;
    } else if (isBreak(code)) {
      breaks += breakText(code);
      scanner.skipBreak();
    } else return breaks;
  }
}
