import { RE2JS, type Matcher } from "re2js";
import { EddyError, messageOf } from "../errors/index.ts";
import { renameRepeatedGroups } from "./repeated-groups.ts";
import { expandTemplate, groupNumberOf } from "./template.ts";

/** A compiled expression. Matching takes time linear in text and expression. */
export interface GoRegExp {
  readonly source: string;
  /** Names of the groups that have one. */
  readonly groupNames: readonly string[];
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /**
   * The template filled in from the first match: `$1`, `${1}`, `$name`, `$$`; an unknown name is empty, and `$1x` names the
   * group `1x`. Undefined where nothing matches. Source: Go's `Regexp.FindStringSubmatchIndex` and `ExpandString`.
   */
  expand(template: string, text: string): string | undefined;
  /** What the named group matched; undefined where nothing matches or no group has that name. */
  group(name: string, text: string): string | undefined;
}

/** Numbers of the groups with a name; Go allows several, and takes the first that matched. */
type NamedGroups = ReadonlyMap<string, readonly number[]>;

/** Longer ones are refused: their program takes more memory than a pattern is worth. */
const maxLength = 10_000;
/** A pattern in a spec is compiled at each pass; so many are kept. */
const maxKept = 1_000;
const kept = new Map<string, GoRegExp>();

/**
 * Compiles an expression in Go's syntax.
 * @throws EddyError INVALID_REGEXP (terminal) in Go's words: `error parsing regexp: …`.
 */
export function compileRegExp(source: string): GoRegExp {
  const known = kept.get(source);
  if (known) return known;
  const made = parse(source);
  if (kept.size >= maxKept) kept.clear();
  kept.set(source, made);
  return made;
}

function parse(source: string): GoRegExp {
  if (source.length > maxLength) throw invalid("error parsing regexp: expression too large");
  if (!source.isWellFormed()) throw invalid("error parsing regexp: invalid UTF-8");
  try {
    return wrap(source, RE2JS.compile(source), new Map());
  } catch (error) {
    const message = messageOf(error);
    if (!message.includes("duplicate capture group name")) throw invalid(asGoSays(message));
    const { pattern, names } = renameRepeatedGroups(source);
    return wrap(source, RE2JS.compile(pattern), names);
  }
}

function asGoSays(message: string): string {
  return message.endsWith("trailing backslash at end of expression") ? `${message}: \`\`` : message;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_REGEXP", message, { class: "terminal" });
}

/** `renamed`: what groups are called in the spec, by what they are called in what was compiled. */
function wrap(source: string, compiled: RE2JS, renamed: ReadonlyMap<string, string>): GoRegExp {
  const named = new Map<string, number[]>();
  for (const [given, number] of Object.entries(compiled.namedGroups())) {
    const name = renamed.get(given) ?? given;
    named.set(
      name,
      [...(named.get(name) ?? []), number].sort((a, b) => a - b),
    );
  }
  const find = (text: string): Matcher | undefined => {
    const matcher = compiled.matcher(text);
    return matcher.find() ? matcher : undefined;
  };
  return {
    source,
    groupNames: [...named.keys()],
    // Far quicker than a matcher with groups, and as linear.
    test: (text) => compiled.test(text),
    expand(template, text) {
      const matcher = find(text);
      return matcher && expandTemplate(template, (name) => expansionOf(matcher, named, name));
    },
    group(name, text) {
      const matcher = named.has(name) ? find(text) : undefined;
      return matcher && namedGroupOf(matcher, named, name);
    },
  };
}

function expansionOf(matcher: Matcher, named: NamedGroups, name: string): string {
  const number = groupNumberOf(name);
  if (number === undefined) return namedGroupOf(matcher, named, name) ?? "";
  return number > matcher.groupCount() ? "" : (matcher.group(number) ?? "");
}

function namedGroupOf(matcher: Matcher, named: NamedGroups, name: string): string | undefined {
  for (const number of named.get(name) ?? []) {
    const text = matcher.group(number);
    if (text !== null) return text;
  }
  return undefined;
}
