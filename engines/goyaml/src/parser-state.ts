import { type Token, TokenType } from "./token.ts";

/** What the parser expects next. */
export const State = {
  ImplicitDocumentStart: 0,
  DocumentStart: 1,
  DocumentContent: 2,
  DocumentEnd: 3,
  BlockNode: 4,
  BlockSequenceFirstEntry: 5,
  BlockSequenceEntry: 6,
  IndentlessSequenceEntry: 7,
  BlockMappingFirstKey: 8,
  BlockMappingKey: 9,
  BlockMappingValue: 10,
  FlowSequenceFirstEntry: 11,
  FlowSequenceEntry: 12,
  FlowPairKey: 13,
  FlowPairValue: 14,
  FlowPairEnd: 15,
  FlowMappingFirstKey: 16,
  FlowMappingKey: 17,
  FlowMappingValue: 18,
  FlowMappingEmptyValue: 19,
  End: 20,
} as const;

/** One of {@link State}. */
export type State = (typeof State)[keyof typeof State];

/** Whether a token ends an empty key or value of a block mapping. */
export function isBlockEnd(token: Token): boolean {
  return token.type === TokenType.Key || token.type === TokenType.Value || token.type === TokenType.BlockEnd;
}

/** What stands between documents: a document that starts here has no content. */
export const betweenDocuments: ReadonlySet<TokenType> = new Set<TokenType>([
  TokenType.VersionDirective,
  TokenType.TagDirective,
  TokenType.DocumentStart,
  TokenType.DocumentEnd,
  TokenType.StreamEnd,
]);
