import type { Json, JsonObject } from "@eddy/core/json";
import { AliasBudget } from "./alias-budget.ts";
import { DecodeProblems } from "./decode-problems.ts";
import { formatFloat, quoteGo } from "./go-text.ts";
import { setMember } from "./json-member.ts";
import type { Node } from "./node.ts";
import { resolveScalar } from "./scalar-value.ts";

/** Decodes one document as go-yaml v2 does into an empty interface, and on to JSON as sigs.k8s.io/yaml does. */
export class DecoderV2 {
  private readonly strict: boolean;
  private readonly budget: AliasBudget;
  private readonly problems: DecodeProblems;

  constructor(file: string | undefined, strict: boolean) {
    this.problems = new DecodeProblems(file, true);
    this.strict = strict;
    this.budget = new AliasBudget(file);
  }

  decode(document: Node): Json {
    this.budget.spend(document);
    const content = document.content[0];
    const value = content === undefined ? null : this.value(content);
    this.problems.check(value);
    return value;
  }

  private value(node: Node): Json {
    this.budget.spend(node);
    switch (node.kind) {
      case "alias":
        return this.budget.follow(node, (target) => this.value(target));
      case "sequence":
        return this.budget.descend(node, () => node.content.map((child) => this.value(child)));
      case "mapping":
        return this.budget.descend(node, () => this.mapping(node, {}, new Set()));
      case "scalar":
      case "document":
        return this.scalar(node);
    }
  }

  private scalar(node: Node): Json {
    const { tag, value } = resolveScalar(node, 2, this.budget);
    if (typeof value === "number" && !Number.isFinite(value)) this.problems.addNumber(value, node, this.budget);
    return tag === "!!timestamp" ? node.value : value;
  }

  private mapping(node: Node, into: JsonObject, seen: Set<string>): JsonObject {
    const { content } = node;
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const value = content[index + 1] as Node;
      if (isMergeV2(key)) this.merge(value, into, seen);
      else this.member(key, value, into, seen);
    }
    return into;
  }

  private member(keyNode: Node, valueNode: Node, into: JsonObject, seen: Set<string>): void {
    const key = this.key(keyNode, into);
    const value = this.value(valueNode);
    if (this.strict && this.isDuplicate(keyNode, valueNode.line, seen)) return;
    setMember(into, key, value);
  }

  /** Go tells `1`, `1.0` and `"1"` apart, and every NaN from every other. */
  private isDuplicate(keyNode: Node, line: number, seen: Set<string>): boolean {
    const node = keyNode.alias ?? keyNode;
    const { tag, value: resolved } = resolveScalar(node, 2, this.budget);
    const value = tag === "!!timestamp" ? node.value : resolved;
    const name = `${typeof value === "string" ? "" : tag} ${value}`;
    if (!seen.has(name) || Number.isNaN(value)) {
      seen.add(name);
      return false;
    }
    const shown = typeof value === "string" ? quoteGo(value) : formatScalar(value);
    this.problems.add(line, `key ${shown} already set in map`);
    return true;
  }

  /** JSON has only text as keys: numbers and booleans become text, everything else is refused. */
  private key(node: Node, owner: JsonObject): string {
    this.budget.spend(node);
    if (node.kind === "alias") return this.budget.follow(node, (target) => this.key(target, owner));
    if (node.kind !== "scalar") return this.collectionKey(node);
    const { tag, value } = resolveScalar(node, 2, this.budget);
    if (typeof value === "string") return tag === "!!timestamp" ? node.value : value;
    if (tag === "!!float") return formatFloat(value as number, 32);
    const isUnsigned = typeof value === "bigint" && value >= 2n ** 63n;
    if (value === null || isUnsigned) {
      const shown = isUnsigned ? `uint64, key: 0x${value.toString(16)}` : "%!s(<nil>), key: <nil>";
      this.problems.addKey(owner, this.budget.error(`unsupported map key of type: ${shown}`, node));
    }
    return String(value);
  }

  private collectionKey(node: Node): never {
    this.value(node);
    const type = node.kind === "mapping" ? "map[interface {}]interface {}{}" : "[]interface {}{}";
    throw this.budget.error(`yaml: invalid map key: ${type}`, node);
  }

  /** Merged members overwrite those in front of the `<<`, and are overwritten by those behind it. */
  private merge(node: Node, into: JsonObject, seen: Set<string>): void {
    if (node.kind !== "sequence") return this.mergeOne(node, into, seen);
    for (const child of node.content.toReversed()) this.mergeOne(child, into, seen);
  }

  private mergeOne(node: Node, into: JsonObject, seen: Set<string>): void {
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

function formatScalar(value: null | boolean | number | bigint): string {
  if (value === null) return "<nil>";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return typeof value === "number" ? formatFloat(value) : String(value);
}

function isMergeV2(node: Node): boolean {
  if (node.value !== "<<" || node.kind !== "scalar") return false;
  const { tag, style } = node;
  return tag === "!" || tag === "!!merge" || (tag === "" && style.quote === undefined && style.block === undefined);
}
