/** A comment of the file; `inline` when it stood behind a value. */
export class Comment {
  readonly text: string;
  readonly inline: boolean;

  constructor(text: string, inline: boolean = false) {
    this.text = text;
    this.inline = inline;
  }
}

/** A moment as YAML has it, in RFC 3339 with as many decimals as were written. */
export class Timestamp {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A key with its value. */
export interface Member {
  key: string;
  value: TreeValue;
}

/** One member of a branch, or a comment between two of them. */
export type BranchItem = Comment | Member;

/** A mapping whose order, comments and duplicate-free keys are those of the file. */
export class Branch {
  readonly items: BranchItem[];

  constructor(items: BranchItem[] = []) {
    this.items = items;
  }
}

/** A single value: integers are bigint, floats are number, text that is no UTF-8 is bytes. */
export type Leaf = string | Uint8Array | bigint | number | boolean | Timestamp;

/** What stands behind a key or in a sequence. */
export type TreeValue = null | Leaf | Comment | Branch | TreeValue[];

/** The members among items, without the comments. */
export function membersOf(items: readonly BranchItem[]): Member[] {
  return items.filter((item): item is Member => !(item instanceof Comment));
}
