import { RE2JS } from "re2js";
import { HelmError } from "../error.ts";

const compiled = new Map<string, RE2JS>();
const maxCompiled = 1_000;

/** Whether a pattern of a schema is found in a text: RE2, as in Go. @throws HelmError (terminal) for a pattern that is none */
export function matchesPattern(pattern: string, text: string): boolean {
  return expressionOf(pattern).matcher(text).find();
}

/** Whether a text is a pattern. */
export function isPattern(text: string): boolean {
  try {
    expressionOf(text);
    return true;
  } catch {
    return false;
  }
}

function expressionOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  try {
    const expression = RE2JS.compile(pattern);
    if (compiled.size >= maxCompiled) compiled.clear();
    compiled.set(pattern, expression);
    return expression;
  } catch (cause) {
    throw new HelmError(`invalid regex ${JSON.stringify(pattern)} in the schema`, { cause });
  }
}
