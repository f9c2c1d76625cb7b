import type { RE2JS } from "re2js";
import type { LibraryContext } from "./engine.ts";
import { registerNamespace } from "./namespace.ts";
import { patternSize } from "./pattern-size.ts";

const maxReplaced = 1 << 20;

/** cel-go's strings and encoders extensions and Kubernetes' regex library, as far as the engine lacks them. RE2 throughout. */
export function registerStrings(context: LibraryContext): void {
  registerPatterns(context);
  const { env, fail, meter } = context;
  env.registerFunction("string.charAt(int): string", (text: string, index: bigint) => {
    const characters = [...text];
    if (index < 0n || index > BigInt(characters.length)) throw fail(`index out of range: ${index}`);
    return characters[Number(index)] ?? "";
  });
  env.registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) =>
    replace(text, from, to, -1),
  );
  env.registerFunction(
    "string.replace(string, string, int): string",
    (text: string, from: string, to: string, limit: bigint) => {
      return replace(text, from, to, Number(limit));
    },
  );
  env.registerFunction("string.reverse(): string", (text: string) => [...text].reverse().join(""));
  env.registerFunction("string.format(list): string", (text: string, values: unknown[]) => formatText(text, values));

  const replace = (text: string, from: string, to: string, limit: number): string => {
    if (from === "") meter.spend(text.length);
    const parts = text.split(from);
    const count = limit < 0 ? parts.length : limit;
    const times = Math.min(count, parts.length - 1);
    if (text.length + times * (to.length - from.length) > maxReplaced) throw fail("replaced text is too long");
    const head = parts.slice(0, count + 1).join(to);
    const tail = parts.slice(count + 1);
    return tail.length === 0 ? head : `${head}${from}${tail.join(from)}`;
  };
  const formatText = (text: string, values: unknown[]): string => {
    let next = 0;
    return text.replace(/%(?:\.(\d+))?([%sdfeboxX])/g, (_clause, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      if (next >= values.length) throw fail(`index ${next} out of range`);
      return formatClause(values[next++], verb, precision === undefined ? 6 : Math.min(Number(precision), 100), fail);
    });
  };
  registerEncoders({ env, fail });
}

/** Expressions of RE2, kept from one evaluation to the next: making one takes a hundred times what matching does. */
const maxPatterns = 1_000;
/** Steps of making an instruction of a pattern's program. */
const instructionCost = 15;

function registerPatterns({ env, re2, fail, meter }: LibraryContext): void {
  const known = new Map<string, RE2JS>();
  const compile = (pattern: string): RE2JS => {
    try {
      return re2.compile(pattern);
    } catch (error) {
      throw fail(`error parsing regexp: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  /** Every character may meet every instruction. What it costs does not depend on what is kept. */
  const open = (source: string, text: string): RE2JS => {
    meter.spendOnce(source, instructionCost * (20 + patternSize(source)));
    const pattern = known.get(source) ?? compile(source);
    if (known.size >= maxPatterns) known.clear();
    known.set(source, pattern);
    meter.spend(10 + (pattern.programSize() * (text.length + 1)) / 2);
    return pattern;
  };
  const find = (text: string, source: string, limit: number): string[] => {
    const pattern = open(source, text);
    const matcher = pattern.matcher(text);
    const found: string[] = [];
    while (found.length !== limit && matcher.find()) {
      found.push(matcher.group() ?? "");
      // The next search may again look at all that is left.
      meter.spend(1 + (pattern.programSize() * (text.length - matcher.end())) / 2);
    }
    return found;
  };
  const matches = (text: string, pattern: string): boolean => open(pattern, text).matcher(text).find();
  // Calls of the engine's own `matches` are sent here by `prepare`.
  env.registerFunction("string.re2Matches(string): bool", matches);
  env.registerFunction("matches(string, string): bool", matches);
  env.registerFunction(
    "string.find(string): string",
    (text: string, pattern: string) => find(text, pattern, 1)[0] ?? "",
  );
  env.registerFunction("string.findAll(string): list<string>", (text: string, pattern: string) =>
    find(text, pattern, -1),
  );
  env.registerFunction("string.findAll(string, int): list<string>", (text: string, pattern: string, limit: bigint) =>
    find(text, pattern, Number(limit)),
  );
}

function showValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (Array.isArray(value)) return `[${value.map(showValue).join(", ")}]`;
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${members.map(([name, member]) => `${name}: ${showValue(member)}`).join(", ")}}`;
  }
  return isDuration(value) ? showDuration(value) : String(value);
}

interface Duration {
  seconds: bigint;
  nanos: number;
}

function isDuration(value: unknown): value is Duration {
  return Object.prototype.toString.call(value) === "[object google.protobuf.Duration]";
}

/** The engine's own way asks Intl, which takes its time. */
function showDuration({ seconds, nanos }: Duration): string {
  const fraction = String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "");
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction === "" ? "" : `.${fraction}`}s`;
}

function formatClause(value: unknown, verb: string, precision: number, fail: LibraryContext["fail"]): string {
  if (verb === "s") return showValue(value);
  if (verb === "x" || verb === "X") return hexOf(value, verb === "X", fail);
  const isNumber = typeof value === "bigint" || typeof value === "number";
  if (!isNumber) throw fail(`${JSON.stringify(verb)} clause needs a number, got ${typeof value}`);
  if (verb === "f") return Number(value).toFixed(precision);
  if (verb === "e")
    return Number(value)
      .toExponential(precision)
      .replace(/e([+-])(\d)$/, "e$10$2");
  if (verb === "d") return String(value);
  return BigInt(value).toString(verb === "b" ? 2 : 8);
}

function hexOf(value: unknown, upper: boolean, fail: LibraryContext["fail"]): string {
  const text =
    typeof value === "bigint"
      ? value.toString(16)
      : typeof value === "string"
        ? Buffer.from(value).toString("hex")
        : undefined;
  if (text === undefined) throw fail("hex clause needs an integer or a string");
  return upper ? text.toUpperCase() : text;
}

function registerEncoders({ env, fail }: Pick<LibraryContext, "env" | "fail">): void {
  registerNamespace(env, "base64", "Base64Namespace");
  env.registerFunction("Base64Namespace.encode(bytes): string", (_: unknown, bytes: Uint8Array) =>
    Buffer.from(bytes).toString("base64"),
  );
  env.registerFunction("Base64Namespace.decode(string): bytes", (_: unknown, text: string) => {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw fail("illegal base64 data");
    return new Uint8Array(Buffer.from(text, "base64"));
  });
}
