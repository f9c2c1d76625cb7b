/** What the scanner finds in a text. */
export const TokenType = {
  StreamEnd: 1,
  VersionDirective: 2,
  TagDirective: 3,
  DocumentStart: 4,
  DocumentEnd: 5,
  BlockSequenceStart: 6,
  BlockMappingStart: 7,
  BlockEnd: 8,
  FlowSequenceStart: 9,
  FlowSequenceEnd: 10,
  FlowMappingStart: 11,
  FlowMappingEnd: 12,
  BlockEntry: 13,
  FlowEntry: 14,
  Key: 15,
  Value: 16,
  Alias: 17,
  Anchor: 18,
  Tag: 19,
  Scalar: 20,
  StreamStart: 21,
} as const;

/** One of {@link TokenType}. */
export type TokenType = (typeof TokenType)[keyof typeof TokenType];

/** How a scalar is written. */
export const ScalarStyle = { Plain: 0, Single: 1, Double: 2, Literal: 3, Folded: 4 } as const;

/** One of {@link ScalarStyle}. */
export type ScalarStyle = (typeof ScalarStyle)[keyof typeof ScalarStyle];

/** A place in the text; all three count from 0. */
export interface Mark {
  index: number;
  line: number;
  column: number;
}

/** A token, and its neighbours in the queue between scanner and parser. */
export class Token implements Mark {
  readonly type: TokenType;
  readonly index: number;
  readonly line: number;
  readonly column: number;
  /** Characters on its line that the token covers, where the parser needs them (`-`, `?`, `:`). */
  readonly width: number;
  /** Text of a scalar, name of an anchor, handle of a tag. */
  value: string = "";
  /** Suffix of a tag, prefix of a tag directive. */
  suffix: string = "";
  style: ScalarStyle = ScalarStyle.Plain;
  /** Flow level whose pending simple key starts here, or -1. */
  keyLevel: number = -1;
  /** The parser has not taken it yet. */
  queued: boolean = true;
  previous: Token | undefined = undefined;
  next: Token | undefined = undefined;

  constructor(type: TokenType, index: number, line: number, column: number, width: number) {
    this.type = type;
    this.index = index;
    this.line = line;
    this.column = column;
    this.width = width;
  }
}
