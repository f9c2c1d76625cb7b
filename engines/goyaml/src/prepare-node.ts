import { Buffer } from "node:buffer";
import { analyzeScalar, type ScalarAnalysis } from "./analyze-scalar.ts";
import { isWord } from "./chars.ts";
import type { Node } from "./node.ts";
import { longTag, resolveTag, shortTag } from "./resolve.ts";
import { YamlError } from "./yaml-error.ts";

/** How a scalar is written. */
export const ScalarForm = { Plain: 0, Single: 1, Double: 2, Literal: 3, Folded: 4 } as const;

/** One of {@link ScalarForm}. */
export type ScalarForm = (typeof ScalarForm)[keyof typeof ScalarForm];

/** A key without `?` is at most this many bytes long, anchor and tag included. */
const maxSimpleKey = 128;
const longPrefix = "tag:yaml.org,2002:";

/** A node, and what is written of it: anchor, tag, and the form of a scalar. */
export class PreparedNode {
  readonly node: Node;
  readonly anchor: string;
  readonly tag: string;
  private readonly wanted: ScalarForm;
  private readonly analysis: ScalarAnalysis;

  constructor(node: Node, tag: string, wanted: ScalarForm) {
    this.node = node;
    this.anchor = checkAnchor(node);
    this.tag = tag;
    this.wanted = wanted;
    this.analysis = analyzeScalar(node.kind === "scalar" ? node.value : "", 3);
  }

  get multiline(): boolean {
    return this.analysis.multiline;
  }

  /** The form in which the text can be written at a place: the wanted one, or the next one that holds it. */
  formAt(inFlow: boolean, isKey: boolean): ScalarForm {
    const { multiline, flowPlain, blockPlain, single, block } = this.analysis;
    let form = isKey && multiline ? ScalarForm.Double : this.wanted;
    if (form === ScalarForm.Plain) {
      const isEmpty = this.node.value === "" && (inFlow || isKey);
      if (isEmpty || !(inFlow ? flowPlain : blockPlain)) form = ScalarForm.Single;
    }
    if (form === ScalarForm.Single && !single) form = ScalarForm.Double;
    if (form > ScalarForm.Double && (!block || inFlow || isKey)) form = ScalarForm.Double;
    return form;
  }
}

/** Decides what of a node is written. @throws YamlError for anchors that cannot be written */
export function prepareNode(node: Node): PreparedNode {
  switch (node.kind) {
    case "scalar":
      return prepareScalar(node);
    case "mapping":
      return new PreparedNode(node, written(node, "!!map"), ScalarForm.Plain);
    case "sequence":
      return new PreparedNode(node, written(node, "!!seq"), ScalarForm.Plain);
    case "alias":
      return new PreparedNode(node, "", ScalarForm.Plain);
    case "document":
      throw new YamlError("yaml: expected SCALAR, SEQUENCE-START, MAPPING-START, or ALIAS, but got document start");
  }
}

/** Whether a node can be a key without `?`. */
export function isSimpleKey(prepared: PreparedNode): boolean {
  const { node, anchor, tag } = prepared;
  if (node.kind === "alias") return anchor.length <= maxSimpleKey;
  if (node.kind === "scalar" ? prepared.multiline : node.content.length > 0) return false;
  const length = anchor.length + Buffer.byteLength(tag) + Buffer.byteLength(node.value);
  return length - (tag.startsWith("!<") ? 3 : 0) <= maxSimpleKey;
}

function prepareScalar(node: Node): PreparedNode {
  const { style, value } = node;
  const implicit = resolveTag(value);
  const tag = written(node, implicit);
  const isString = shortTag(node.tag) === "!!str";
  const mustQuote = isString && tag === "" && implicit !== "!!str" && style.tagged !== true;
  return new PreparedNode(node, tag, wantedForm(node, mustQuote));
}

function wantedForm({ style, value }: Node, mustQuote: boolean): ScalarForm {
  if (style.quote !== undefined) return style.quote === "double" ? ScalarForm.Double : ScalarForm.Single;
  if (style.block !== undefined) return style.block === "literal" ? ScalarForm.Literal : ScalarForm.Folded;
  if (value.includes("\n")) return ScalarForm.Literal;
  return mustQuote ? ScalarForm.Double : ScalarForm.Plain;
}

/** The tag as text, or "" where the node reads the same without it. */
function written(node: Node, implicit: string): string {
  const { tag, style } = node;
  const short = shortTag(tag);
  if (tag === "" || (style.tagged !== true && (short === implicit || (short === "!!str" && node.kind === "scalar")))) {
    return "";
  }
  const long = longTag(tag);
  if (long.startsWith("!")) return `!${escapeTag(long.slice(1))}`;
  if (long.startsWith(longPrefix)) return `!!${escapeTag(long.slice(longPrefix.length))}`;
  return `!<${escapeTag(long)}>`;
}

function escapeTag(tag: string): string {
  return tag.replaceAll(/[^A-Za-z0-9_\-;/?:@&=+$,.~*'()[\]]+/gu, (text) =>
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

function checkAnchor(node: Node): string {
  const name = node.kind === "alias" ? node.value : node.anchor;
  const what = node.kind === "alias" ? "alias" : "anchor";
  if (name === "" && what === "alias") throw new YamlError("yaml: alias value must not be empty");
  for (let index = 0; index < name.length; index++) {
    if (isWord(name.charCodeAt(index))) continue;
    throw new YamlError(`yaml: ${what} value must contain alphanumerical characters only`);
  }
  return name;
}
