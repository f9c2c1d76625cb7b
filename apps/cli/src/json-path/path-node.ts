/** One step of a path: each takes the values that the step before found and gives its own. */
export type PathNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "wildcard" | "recursive" }
  | { readonly kind: "slice"; readonly slice: Slice }
  | { readonly kind: "union"; readonly members: readonly (readonly PathNode[])[] }
  | { readonly kind: "filter"; readonly left: readonly PathNode[]; readonly test?: FilterTest }
  | { readonly kind: "identifier"; readonly name: string };

/** `[1]`, `[1:3]`, `[-1:]`, `[::2]`; an index alone is a slice of one. */
export interface Slice {
  readonly start?: number;
  readonly end?: number;
  /** The end follows from the index: `[-1]` ends at the length. */
  readonly isIndex: boolean;
  readonly step?: number;
}

/** What a filter compares with; a filter without one asks whether the path is there. */
export interface FilterTest {
  readonly operator: string;
  readonly right: readonly PathNode[];
}

/** A template: texts, paths in braces, and loops over what a path finds. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly nodes: readonly PathNode[] }
  | { readonly kind: "range"; readonly nodes: readonly PathNode[]; readonly body: readonly TemplatePart[] };
