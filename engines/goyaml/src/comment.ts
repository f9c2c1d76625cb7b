import type { Mark } from "./token.ts";

/** Where the parser hands a comment to. */
export type CommentRole = "head" | "line" | "foot";

/** A comment (its lines joined by LF), and the places that decide which node it belongs to. */
export interface Comment {
  role: CommentRole;
  text: string;
  /** Index from which the scanner looked for the next token when it met the comment. */
  scanIndex: number;
  /** Index of the token it belongs to: the comment is handed over when the parser reaches that. */
  tokenIndex: number;
  /** Its first `#`; here alone `column` counts from 1. */
  start: Mark;
  /** Index behind it. */
  endIndex: number;
}
