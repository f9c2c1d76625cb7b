import { RE2JS } from "re2js";
import { SopsError } from "../sops-error.ts";
import type { LeafPlace } from "../tree/walk.ts";

/**
 * Which values of a file are encrypted: at most one of these is given; without any, all are but those below a key that
 * ends in `_unencrypted`.
 */
export interface EncryptionRules {
  unencryptedSuffix?: string;
  encryptedSuffix?: string;
  unencryptedRegex?: string;
  encryptedRegex?: string;
  unencryptedCommentRegex?: string;
  encryptedCommentRegex?: string;
}

const names = [
  "unencryptedSuffix",
  "encryptedSuffix",
  "unencryptedRegex",
  "encryptedRegex",
  "unencryptedCommentRegex",
  "encryptedCommentRegex",
] as const satisfies readonly (keyof EncryptionRules)[];

/** Whether the leaf at a place is encrypted. */
export type EncryptionRule = (place: LeafPlace, isComment: boolean) => boolean;

/**
 * The one rule of a file. Expressions are RE2's; one that does not compile matches nothing, as upstream has it.
 * Source: sops 3.13, `shouldBeEncrypted`.
 * @throws SopsError when more than one is given
 */
export function compileRules(rules: EncryptionRules): EncryptionRule {
  const given = names.filter((name) => (rules[name] ?? "") !== "");
  if (given.length > 1) {
    throw new SopsError(
      "read the rules: cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, " +
        "unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex in the same file",
    );
  }
  const name = given[0] ?? "unencryptedSuffix";
  const text = rules[name] || "_unencrypted";
  switch (name) {
    case "unencryptedSuffix":
      return ({ path }) => !path.some((step) => step.endsWith(text));
    case "encryptedSuffix":
      return ({ path }) => path.some((step) => step.endsWith(text));
    case "unencryptedRegex":
      return negated(anyStep(matcherOf(text)));
    case "encryptedRegex":
      return anyStep(matcherOf(text));
    case "unencryptedCommentRegex":
      return negated(anyComment(matcherOf(text), false));
    case "encryptedCommentRegex":
      return anyComment(matcherOf(text), true);
  }
}

type Matcher = (text: string) => boolean;

function matcherOf(expression: string): Matcher {
  try {
    const compiled = RE2JS.compile(expression);
    return (text) => compiled.matcher(text).find();
  } catch {
    return () => false;
  }
}

function anyStep(matches: Matcher): EncryptionRule {
  return ({ path }) => path.some(matches);
}

function negated(rule: EncryptionRule): EncryptionRule {
  return (place, isComment) => !rule(place, isComment);
}

/** A comment that asks for encryption is itself left as it is: the last of the innermost level is not looked at. */
function anyComment(matches: Matcher, exceptItself: boolean): EncryptionRule {
  return ({ comments }, isComment) =>
    comments.some((level, index) => {
      const isInnermost = index === comments.length - 1;
      const looked = exceptItself && isComment && isInnermost ? level.slice(0, -1) : level;
      return looked.some(matches);
    });
}
