import {
  decode,
  dump,
  encodeDocuments,
  load,
  loadDocuments,
  type Node,
  type NodeStyle,
  parseDocuments,
} from "@eddy/goyaml";
import { compareText, isObject, type Json } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";

/** What go-yaml or Eddy makes of one text; the fields of `result` in `conformance/goyaml/main.go`. */
export interface Answer {
  nodes?: string;
  nodesError?: string;
  emit4?: string;
  emit2?: string;
  decoded?: string;
  decodeError?: string;
  loaded?: string;
  loadError?: string;
  strictError?: string;
  dumped?: string;
  dumpError?: string;
  stream?: string;
  streamError?: string;
}

/** Eddy's answer. */
export function answer(text: string): Answer {
  const { value: nodes, error: nodesError } = attempt(() => parseDocuments(text));
  const { value: loaded, error: loadError } = attempt(() => load(text));
  const result: Answer = { emit4: "", emit2: "" };
  if (nodes === undefined) result.nodesError = nodesError ?? "";
  else Object.assign(result, describeNodes(nodes));
  if (loaded === undefined) result.loadError = loadError ?? "";
  else Object.assign(result, { loaded: goJson(loaded), ...describeDump(loaded) });
  const stream = attempt(() => loadDocuments(text).map(({ value }) => goJson(value)));
  if (stream.value === undefined) result.streamError = stream.error ?? "";
  else result.stream = stream.value.join("\n");
  const strict = attempt(() => load(text, { strict: true }));
  if (strict.value === undefined) result.strictError = strict.error ?? "";
  return withoutEmpty(result);
}

/** Eddy's answer for a JSON text, of which only `dump` is asked. */
export function answerJson(value: Json): Answer {
  return withoutEmpty(describeDump(value));
}

function attempt<T>(run: () => T): { value?: T; error?: string } {
  try {
    return { value: run() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function withoutEmpty(result: Answer): Answer {
  return Object.fromEntries(Object.entries(result).filter(([, text]) => text !== undefined && text !== ""));
}

/** What is compared of an answer: what is left out is known and meant. */
export function comparable(result: Answer): Answer {
  return Object.fromEntries(Object.entries(result).map(([field, text]) => [field, withoutDetail(text as string)]));
}

function withoutDetail(text: string): string {
  return (
    text
      // Go shows values in Go's syntax, whole.
      .replace(/(unsupported map key .*?), value: .*/s, "$1")
      .replace(/(invalid map key: )(map\[(string|interface \{\})\]|\[\])interface \{\}.*/s, "$1")
      // The line is that of the JSON in between, which nobody sees.
      .replace(/^yaml: line \d+: did not find expected ',' or '}'$/, "yaml: did not find expected ',' or '}'")
      // Bytes that are no character.
      .replaceAll("\\ufffd", "\ufffd")
      .replaceAll(/\ufffd+/g, "\ufffd")
  );
}

function describeNodes(nodes: Node[]): Answer {
  const emit = (indent: number, compactSequences: boolean): string => {
    const { value, error } = attempt(() => encodeDocuments(nodes, { indent, compactSequences }));
    return value ?? `error: ${error}`;
  };
  const first = nodes[0];
  const decoded = first === undefined ? {} : attempt(() => decode(first));
  return {
    nodes: nodes.map((node) => describeNode(node, 0)).join(""),
    emit4: emit(4, false),
    emit2: emit(2, true),
    ...(decoded.value === undefined ? {} : { decoded: goJson(decoded.value) }),
    ...(decoded.error === undefined ? {} : { decodeError: decoded.error }),
  };
}

function describeDump(value: Json): Answer {
  const { value: dumped, error } = attempt(() => dump(value));
  return dumped === undefined ? { dumpError: error ?? "" } : { dumped };
}

function describeNode(node: Node, depth: number): string {
  const parts = {
    tag: node.tag,
    value: node.value,
    anchor: node.anchor,
    head: node.headComment,
    line: node.lineComment,
    foot: node.footComment,
  };
  const shown = Object.entries(parts).map(([name, value]) => (value === "" ? "" : ` ${name}=${goJson(value)}`));
  const alias = node.alias === undefined ? "" : ` alias=${node.alias.line}:${node.alias.column}`;
  const start = `${" ".repeat(depth)}${node.kind} ${node.line}:${node.column} style=${styleBits(node.style)}`;
  return `${start}${shown.join("")}${alias}\n${node.content.map((child) => describeNode(child, depth + 1)).join("")}`;
}

function styleBits({ tagged, quote, block, flow }: NodeStyle): number {
  const quoted = quote === undefined ? 0 : quote === "double" ? 2 : 4;
  const indented = block === undefined ? 0 : block === "literal" ? 8 : 16;
  return (tagged === true ? 1 : 0) + quoted + indented + (flow === true ? 32 : 0);
}

/** JSON as Go's encoding/json writes it. */
export function goJson(value: Json): string {
  if (typeof value === "bigint") return String(value);
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort(compareText);
    return `{${keys.map((key) => `${goJson(key)}:${goJson(value[key] ?? null)}`).join(",")}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
