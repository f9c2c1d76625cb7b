import type { RE2JS } from "re2js";
import { quoteGoString } from "../fmt/quote.ts";
import { type CallContext, type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import type { GoValue } from "../value/go-value.ts";
import { CallError } from "./call-error.ts";
import { nilList } from "./nil.ts";
import { compileExpression, expandReplacement, findAll, replaceAll, splitByExpression } from "./regexp.ts";

/** As strconv.CanBackquote sees it. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const unquotable = /[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]|[\ud800-\udfff](?![\udc00-\udfff])/;

/** Go's MustCompile panics with other words than Compile has. */
function mustCompile(expression: string): RE2JS {
  try {
    return compileExpression(expression);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const shown = unquotable.test(expression) ? quoteGoString(expression) : `\`${expression}\``;
    throw new CallError(`regexp: Compile(${shown}): ${error.message}`);
  }
}

type Compile = (expression: string) => RE2JS;

/** Matching makes nothing, but takes time with the text and with the expression. */
function spend(context: CallContext, expression: string, text: string): void {
  context.charge(Math.ceil((expression.length + text.length) / 64));
}

function texts(found: string[] | null): GoValue[] {
  return found === null || found.length === 0 ? nilList("[]string") : found;
}

/** The functions that compile with Go's MustCompile, or with Compile under a name with `must`. */
function functionsWith(compile: Compile): Record<string, GoFunction> {
  return {
    FindAll: goFunction(["string", "string", "int"], "[]string", (context, expression, text, limit) => {
      spend(context, expression, text);
      const found = findAll(compile(expression), text, limit.toNumber());
      return texts(found.map(([start, end]) => text.slice(start, end)));
    }),
    Find: goFunction(["string", "string"], "string", (context, expression, text) => {
      spend(context, expression, text);
      const matcher = compile(expression).matcher(text);
      return matcher.find() ? (matcher.group() ?? "") : "";
    }),
    ReplaceAll: goFunction(["string", "string", "string"], "string", (context, expression, text, replacement) => {
      spend(context, expression, text);
      return replaceAll(compile(expression), text, (matcher) => {
        const written = expandReplacement(replacement, matcher);
        context.charge(written.length);
        return written;
      });
    }),
    ReplaceAllLiteral: goFunction(["string", "string", "string"], "string", (context, expression, text, literal) => {
      spend(context, expression, text);
      return replaceAll(compile(expression), text, () => {
        context.charge(literal.length);
        return literal;
      });
    }),
    Split: goFunction(["string", "string", "int"], "[]string", (context, expression, text, limit) => {
      spend(context, expression, text);
      return splitByExpression(compile(expression), expression, text, limit.toNumber()) ?? nilList("[]string");
    }),
  };
}

function named(prefix: string, functions: Readonly<Record<string, GoFunction>>): FunctionTable {
  return Object.fromEntries(Object.entries(functions).map(([name, definition]) => [prefix + name, definition]));
}

function matches(context: CallContext, expression: string, text: string): boolean {
  spend(context, expression, text);
  return compileExpression(expression).matcher(text).find();
}

/** Functions with regular expressions in RE2's syntax. */
export const regexpFunctions: FunctionTable = {
  ...named("regex", functionsWith(mustCompile)),
  ...named("mustRegex", functionsWith(compileExpression)),
  regexMatch: goFunction(["string", "string"], "bool", (context, expression, text) => {
    try {
      return matches(context, expression, text);
    } catch (error) {
      if (error instanceof CallError) return false;
      throw error;
    }
  }),
  mustRegexMatch: goFunction(["string", "string"], "bool", matches),
  regexQuoteMeta: goFunction(["string"], "string", (_, text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
