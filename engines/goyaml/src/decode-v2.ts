import type { Json, JsonObject } from "@eddy/core/json";
import { AliasBudget } from "./alias-budget.ts";
import { formatFloat, quoteGo } from "./go-text.ts";
import { setMember } from "./json-member.ts";
import type { Node } from "./node.ts";
import type { Resolved } from "./resolve.ts";
import { numberError, resolveScalar } from "./scalar-value.ts";
import { YamlError } from "./yaml-error.ts";

type KeyValue = Resolved["value"];

/** Decodes one document as go-yaml v2 does into an empty interface, and on to JSON as sigs.k8s.io/yaml does. */
export class DecoderV2 {
  private readonly file: string | undefined;
  private readonly strict: boolean;
  private readonly budget: AliasBudget;
  private readonly duplicates: { line: number; text: string }[] = [];
  /** What the detour through JSON refuses, told only when all else is well: keys first, then values. */
  private keyError: YamlError | undefined;
  private valueError: YamlError | undefined;

  constructor(file: string | undefined, strict: boolean) {
    this.file = file;
    this.strict = strict;
    this.budget = new AliasBudget(file);
  }

  decode(document: Node): Json {
    this.budget.spend(document);
    const content = document.content[0];
    const value = content === undefined ? null : this.value(content);
    const [first] = this.duplicates;
    if (first === undefined) {
      const error = this.keyError ?? this.valueError;
      if (error !== undefined) throw error;
      return value;
    }
    const lines = this.duplicates.map(({ line, text }) => `  line ${line}: ${text}`);
    throw new YamlError(`yaml: unmarshal errors:\n${lines.join("\n")}`, { file: this.file, line: first.line });
  }

  private value(node: Node): Json {
    this.budget.spend(node);
    switch (node.kind) {
      case "alias":
        return this.budget.follow(node, (target) => this.value(target));
      case "sequence":
        return node.content.map((child) => this.value(child));
      case "mapping":
        return this.mapping(node, {}, new Set());
      default:
        return this.scalar(node);
    }
  }

  private scalar(node: Node): Json {
    const { tag, value } = resolveScalar(node, 2, this.budget);
    this.valueError ??= numberError(value, node, this.budget);
    return tag === "!!timestamp" ? node.value : value;
  }

  private mapping(node: Node, into: JsonObject, seen: Set<KeyValue>): JsonObject {
    const { content } = node;
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const value = content[index + 1] as Node;
      if (isMergeV2(key)) this.merge(value, into, seen);
      else this.member(key, value, into, seen);
    }
    return into;
  }

  private member(keyNode: Node, valueNode: Node, into: JsonObject, seen: Set<KeyValue>): void {
    const { key, value: typed } = this.key(keyNode);
    const value = this.value(valueNode);
    if (this.strict && seen.has(typed)) {
      const shown = typeof typed === "string" ? quoteGo(typed) : String(typed);
      this.duplicates.push({ line: valueNode.line, text: `key ${shown} already set in map` });
      return;
    }
    if (this.strict) seen.add(typed);
    setMember(into, key, value);
  }

  /** JSON has only text as keys: numbers and booleans become text, everything else is refused. */
  private key(node: Node): { key: string; value: KeyValue } {
    this.budget.spend(node);
    if (node.kind === "alias") return this.budget.follow(node, (target) => this.key(target));
    if (node.kind !== "scalar") throw this.budget.error("yaml: invalid map key: want a scalar", node);
    const { tag, value } = resolveScalar(node, 2, this.budget);
    if (tag === "!!timestamp") return { key: node.value, value: node.value };
    if (tag === "!!float") return { key: formatFloat(value as number, 32), value };
    if (value === null || (typeof value === "bigint" && value > 0x7fff_ffff_ffff_ffffn)) {
      const type = value === null ? "%!s(<nil>)" : "uint64";
      this.keyError ??= this.budget.error(`unsupported map key of type: ${type}, key: ${value === null ? "<nil>" : value}`, node);
    }
    return { key: String(value), value };
  }

  /** Merged members overwrite those in front of the `<<`, and are overwritten by those behind it. */
  private merge(node: Node, into: JsonObject, seen: Set<KeyValue>): void {
    if (node.kind !== "sequence") return this.mergeOne(node, into, seen);
    for (const child of node.content.toReversed()) this.mergeOne(child, into, seen);
  }

  private mergeOne(node: Node, into: JsonObject, seen: Set<KeyValue>): void {
    const target = node.kind === "alias" ? (node.alias as Node) : node;
    if (target.kind !== "mapping") {
      throw this.budget.error("yaml: map merge requires map or sequence of maps as the value", node);
    }
    this.budget.spend(node);
    if (node.kind === "mapping") this.mapping(node, into, seen);
    else {
      this.budget.follow(node, (mapping) => {
        this.budget.spend(mapping);
        return this.mapping(mapping, into, seen);
      });
    }
  }
}

function isMergeV2(node: Node): boolean {
  if (node.value !== "<<" || node.kind !== "scalar") return false;
  const { tag, style } = node;
  return tag === "!" || tag === "!!merge" || (tag === "" && style.quote === undefined && style.block === undefined);
}
