import { quoteGoString } from "../../fmt/quote.ts";
import { CallError } from "../call-error.ts";

/** What is wrong with a TOML text, where, and below which key. */
export function tomlError(message: string, line: number, lastKey: string): CallError {
  const key = lastKey === "" ? "" : ` (last key ${quoteGoString(lastKey)})`;
  return new CallError(`toml: line ${line}${key}: ${message}`);
}
