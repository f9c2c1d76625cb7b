/** A piece of a template: text as it is, or a reference to a variable. */
export type TemplatePart = string | Reference;

/** `${name}`, or `${name<operator>…}` with its arguments; each argument is one piece. */
export interface Reference {
  name: string;
  /** As written: `:-`, `//`, `^^`, …; "" for a bare reference. */
  operator: string;
  args: TemplatePart[];
  /** Where its `$` stands in the template, from 0. */
  index: number;
}

/** The line of a place in a text, from 1. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
