import { isObject, type Json } from "@eddy/core/json";
import { decode, encodeNode, makeNode, type Node, parseDocuments } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { readsAsNonString, stringScalar } from "./set-field.ts";

/** The JSON value of a node, as upstream's way through YAML text gives it. @throws KustomizeError */
export function jsonOf(node: Node): Json {
  try {
    return decode(changesWhenWritten(node) ? rewritten(node) : node);
  } catch (cause) {
    throw new KustomizeError(cause instanceof Error ? cause.message : String(cause), {
      cause,
      ...(node.line > 0 ? { position: { line: node.line } } : {}),
    });
  }
}

/**
 * Whether a node reads back differently once it is written: go-yaml writes folded text so that indented lines in it gain line
 * feeds, a value that took over quotes becomes a string, one that lost its type gets a tag, nothing between braces becomes `''`.
 */
function changesWhenWritten(node: Node, inFlow: boolean = false): boolean {
  if (node.kind === "scalar") return scalarChanges(node) || (inFlow && node.tag === "!!null" && node.value === "");
  const flow = inFlow || node.style.flow === true;
  for (const child of node.content) if (changesWhenWritten(child, flow)) return true;
  return false;
}

function scalarChanges({ tag, style, value }: Node): boolean {
  if (style.block === "folded" && value.includes("\n")) return true;
  if (tag === "!!str" || tag === "") return false;
  return style.quote !== undefined || style.block !== undefined || typedText[tag]?.test(value) === false;
}

/** What plain scalars of a type look like. */
const typedText: Readonly<Record<string, RegExp>> = {
  "!!int": /^[-+]?(?:0[xob])?[0-9a-fA-F_]+$/,
  "!!float": /^[-+]?(?:[0-9._]+(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))$|^\.(?:nan|NaN|NAN)$/,
  "!!bool": /^(?:true|True|TRUE|false|False|FALSE)$/,
  "!!null": /^(?:~|null|Null|NULL)?$/,
};

function rewritten(node: Node): Node {
  return parseDocuments(encodeNode(node, { indent: 2, compactSequences: true }))[0] ?? node;
}

/**
 * The node of a JSON value after a way through Go's JSON and YAML: all numbers are floating point, keys are sorted, so an
 * integer of seven digits reads `1e+06` where its text is taken.
 */
export function nodeOfJson(value: Json): Node {
  if (value === null) return makeNode("scalar", "!!null", "null");
  if (typeof value === "string") return stringOfJson(value);
  if (typeof value === "boolean") return makeNode("scalar", "!!bool", String(value));
  if (typeof value === "number" || typeof value === "bigint") return numberOfJson(Number(value));
  if (!isObject(value)) {
    const sequence = makeNode("sequence", "!!seq");
    sequence.content = value.map(nodeOfJson);
    return sequence;
  }
  const mapping = makeNode("mapping", "!!map");
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) mapping.content.push(stringOfJson(key), nodeOfJson(member));
  }
  return mapping;
}

function stringOfJson(value: string): Node {
  const node = stringScalar(value);
  if (value === "" || (node.style.block === undefined && readsAsNonString(value))) node.style = { quote: "double" };
  return node;
}

function numberOfJson(value: number): Node {
  const text = formatFloat(value);
  return makeNode("scalar", /[.e]/.test(text) ? "!!float" : "!!int", text);
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)`. */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (value === 0) return "0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  // JavaScript writes an exponent only below 1e-6.
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
