import { type FunctionTable, goFunction } from "../function.ts";
import { isLower, isSpace, isTitle, isUpper, lowerText, toLower, toTitle, toUpper, upperText } from "./letter-case.ts";
import { connectedCase, pascalCase } from "./word-case.ts";

const isWordChar = /^[\p{L}\p{Nd}]$/u;

/** Whether a word may begin after this character. Source: Go's strings.Title. */
function separates(char: string): boolean {
  if (char <= "\u007f") return !/^[A-Za-z0-9_]$/.test(char);
  return !isWordChar.test(char) && isSpace(char);
}

function titleText(text: string): string {
  let previous = " ";
  return Array.from(text.toWellFormed(), (char) => {
    const mapped = separates(previous) ? toTitle(char) : char;
    previous = char;
    return mapped;
  }).join("");
}

function untitleText(text: string): string {
  let previous = " ";
  return Array.from(text.toWellFormed(), (char) => {
    const mapped = isSpace(previous) ? toLower(char) : char;
    previous = char;
    return mapped;
  }).join("");
}

/** Capitals become small and small ones capital, at the start of a word title case. Source: goutils.SwapCase. */
function swapCase(text: string): string {
  let afterSpace = true;
  return Array.from(text.toWellFormed(), (char) => {
    const isFirst = afterSpace;
    const hasCase = isUpper(char) || isTitle(char) || isLower(char);
    afterSpace = !hasCase && isSpace(char);
    if (!isLower(char)) return hasCase ? toLower(char) : char;
    return isFirst ? toTitle(char) : toUpper(char);
  }).join("");
}

/** Functions that change the case of letters. */
export const caseFunctions: FunctionTable = {
  upper: goFunction(["string"], "string", (_, text) => upperText(text)),
  lower: goFunction(["string"], "string", (_, text) => lowerText(text)),
  title: goFunction(["string"], "string", (_, text) => titleText(text)),
  untitle: goFunction(["string"], "string", (_, text) => untitleText(text)),
  swapcase: goFunction(["string"], "string", (_, text) => swapCase(text)),
  snakecase: goFunction(["string"], "string", (_, text) => connectedCase(text, "_")),
  camelcase: goFunction(["string"], "string", (_, text) => pascalCase(text)),
  kebabcase: goFunction(["string"], "string", (_, text) => connectedCase(text, "-")),
};
