import { DOT, HASH, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isDigit, isWord, ZERO } from "./chars.ts";
import { scanTagHandle, scanTagUri } from "./scan-properties.ts";
import type { Scanner } from "./scanner.ts";
import { type Token, TokenType } from "./token.ts";

/** Scans `%YAML 1.1` (its version in `value`) or `%TAG !x! prefix` (handle in `value`, prefix in `suffix`). */
export function scanDirective(scanner: Scanner): Token {
  const isVersion = scanner.text.startsWith("%YAML", scanner.index);
  const token = scanner.token(isVersion ? TokenType.VersionDirective : TokenType.TagDirective);
  scanner.index++;
  const name = scanName(scanner, token.line);
  if (name !== "YAML" && name !== "TAG") scanner.fail(token.line, "found unknown directive name");
  scanner.skipBlanks();
  if (name === "YAML") token.value = scanVersion(scanner, token.line);
  else scanTagDirective(scanner, token);
  skipRestOfLine(scanner, token.line);
  return token;
}

function scanName(scanner: Scanner, line: number): string {
  const start = scanner.index;
  while (isWord(scanner.peek())) scanner.index++;
  if (scanner.index === start) scanner.fail(line, "could not find expected directive name");
  if (!isBlankOrEnd(scanner.peek())) scanner.fail(line, "found unexpected non-alphabetical character");
  return scanner.text.slice(start, scanner.index);
}

function scanVersion(scanner: Scanner, line: number): string {
  const major = scanNumber(scanner, line);
  if (scanner.peek() !== DOT) scanner.fail(line, "did not find expected digit or '.' character");
  scanner.index++;
  return `${major}.${scanNumber(scanner, line)}`;
}

function scanNumber(scanner: Scanner, line: number): number {
  let value = 0;
  let length = 0;
  while (isDigit(scanner.peek())) {
    if (++length > 2) scanner.fail(line, "found extremely long version number");
    value = value * 10 + scanner.peek() - ZERO;
    scanner.index++;
  }
  if (length === 0) scanner.fail(line, "did not find expected version number");
  return value;
}

function scanTagDirective(scanner: Scanner, token: Token): void {
  token.value = scanTagHandle(scanner, token.line, true);
  if (!isBlank(scanner.peek())) scanner.fail(token.line, "did not find expected whitespace");
  scanner.skipBlanks();
  token.suffix = scanTagUri(scanner, token.line, "");
  if (!isBlankOrEnd(scanner.peek())) scanner.fail(token.line, "did not find expected whitespace or line break");
}

function skipRestOfLine(scanner: Scanner, line: number): void {
  scanner.skipBlanks();
  if (scanner.peek() === HASH) while (!isBreakOrEnd(scanner.peek())) scanner.index++;
  if (!isBreakOrEnd(scanner.peek())) scanner.fail(line, "did not find expected comment or line break");
  if (isBreak(scanner.peek())) scanner.skipBreak();
}
