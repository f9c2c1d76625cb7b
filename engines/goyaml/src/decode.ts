import type { Json, JsonObject } from "@eddy/core/json";
import { AliasBudget } from "./alias-budget.ts";
import { DecodeProblems } from "./decode-problems.ts";
import { quoteGo } from "./go-text.ts";
import { setMember } from "./json-member.ts";
import type { Node } from "./node.ts";
import { resolveScalar } from "./scalar-value.ts";

/** Options of {@link decode}. */
export interface DecodeOptions {
  /** Named in the position of an error. */
  file?: string;
}

/**
 * The value of a node as go-yaml v3 decodes it into a `map[string]interface{}` (or an empty interface) and JSON then shows
 * it: `yes`, `on`, `n` are strings, timestamps become RFC 3339 text, integers beyond 2^53 are bigint. Keys of the outermost
 * mapping are taken as text; below, a key that is no string is refused, and so is a key that is there twice.
 * @throws YamlError
 */
export function decode(node: Node, options: DecodeOptions = {}): Json {
  return new DecoderV3(options.file).decode(node);
}

class DecoderV3 {
  private readonly budget: AliasBudget;
  private readonly problems: DecodeProblems;

  constructor(file: string | undefined) {
    this.problems = new DecodeProblems(file, false);
    this.budget = new AliasBudget(file);
  }

  decode(node: Node): Json {
    if (node.kind === "document") this.budget.spend(node);
    const content = node.kind === "document" ? node.content[0] : node;
    const value = content === undefined ? null : this.value(content, true);
    this.problems.check(value);
    return value;
  }

  private value(node: Node, anyKeys: boolean): Json {
    this.budget.spend(node);
    switch (node.kind) {
      case "alias":
        return this.budget.follow(node, (target) => this.value(target, anyKeys));
      case "sequence":
        return this.budget.descend(node, () => node.content.map((child) => this.value(child, false)));
      case "mapping":
        return this.budget.descend(node, () => this.mapping(node, {}, undefined, anyKeys));
      case "scalar":
      case "document":
        return this.scalar(node);
    }
  }

  private scalar(node: Node): Json {
    const { value } = resolveScalar(node, 3, this.budget);
    if (typeof value === "number" && !Number.isFinite(value)) this.problems.addNumber(value, node, this.budget);
    return value;
  }

  /** Members of its own come before merged ones (for which `taken` are the keys set so far), earlier merges before later. */
  private mapping(node: Node, into: JsonObject, taken: Set<string> | undefined, anyKeys: boolean): JsonObject {
    if (this.reportDuplicates(node)) return into;
    const { content } = node;
    let merged: Node | undefined;
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const value = content[index + 1] as Node;
      if (isMergeV3(key)) merged = value;
      else this.member(this.key(key, into, anyKeys), value, into, taken);
    }
    if (merged !== undefined) this.merge(merged, into, taken ?? this.ownNames(node));
    return into;
  }

  /** Keys that are text, the `<<` too. Upstream compares with their types, so that a number does not hold off a merged one. */
  private ownNames({ content }: Node): Set<string> {
    const names = new Set<string>();
    for (let index = 0; index < content.length; index += 2) {
      const key = content[index]?.alias ?? content[index];
      const value = key?.kind === "scalar" ? resolveScalar(key, 3, this.budget).value : null;
      if (typeof value === "string") names.add(value);
    }
    return names;
  }

  private member(key: string | undefined, value: Node, into: JsonObject, taken: Set<string> | undefined): void {
    if (key === undefined || taken?.has(key) === true) return;
    taken?.add(key);
    setMember(into, key, this.value(value, false));
  }

  /** Undefined for a key that is null where text is wanted: the member is left out. */
  private key(node: Node, owner: JsonObject, anyKeys: boolean): string | undefined {
    this.budget.spend(node);
    if (node.kind === "alias") return this.budget.follow(node, (target) => this.key(target, owner, anyKeys));
    if (node.kind !== "scalar") return this.collectionKey(node, anyKeys);
    const { tag, value } = resolveScalar(node, 3, this.budget);
    if (tag === "!!str" || tag === "!!merge" || (tag === "!!binary" && anyKeys)) return String(value);
    if (anyKeys) return value === null ? undefined : node.value;
    this.problems.addKey(owner, this.budget.error("json: unsupported type: map[interface {}]interface {}", node));
    return node.value;
  }

  private collectionKey(node: Node, anyKeys: boolean): undefined {
    const { tag, line, kind } = node;
    if (kind === "mapping" && this.reportDuplicates(node)) return;
    if (!anyKeys) {
      this.value(node, false);
      const type = kind === "mapping" ? "map[string]interface {}{}" : "[]interface {}{}";
      throw this.budget.error(`yaml: invalid map key: ${type}`, node);
    }
    const shown = tag === "!!map" || tag === "!!seq" ? tag : `${tag} \`\``;
    this.problems.add(line, `cannot unmarshal ${shown} into string`);
  }

  /** Keys of merged mappings are taken as text, because they go into the mapping that merges. */
  private merge(node: Node, into: JsonObject, taken: Set<string>): void {
    for (const child of node.kind === "sequence" ? node.content : [node]) {
      const target = child.kind === "alias" ? (child.alias as Node) : child;
      if (target.kind !== "mapping") {
        throw this.budget.error("yaml: map merge requires map or sequence of maps as the value", child);
      }
      this.budget.spend(child);
      if (child.kind === "mapping") this.mapping(child, into, taken, true);
      else {
        this.budget.follow(child, (mapping) => {
          this.budget.spend(mapping);
          return this.mapping(mapping, into, taken, true);
        });
      }
    }
  }

  /** Every pair of equal keys is told, in the order of the text. */
  private reportDuplicates({ content }: Node): boolean {
    const keys = content.filter((_, index) => index % 2 === 0);
    const byName = new Map<string, Node[]>();
    for (const key of keys) {
      const name = `${key.kind} ${key.value}`;
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [key]);
      else same.push(key);
    }
    if (byName.size === keys.length) return false;
    for (const key of keys) {
      const same = byName.get(`${key.kind} ${key.value}`) as Node[];
      this.reportPairs(key, same.slice(same.indexOf(key) + 1));
      if (this.problems.isFull) break;
    }
    return true;
  }

  private reportPairs(earlier: Node, later: readonly Node[]): void {
    for (const { value, line } of later) {
      if (this.problems.isFull) return;
      this.problems.add(line, `mapping key ${quoteGo(value)} already defined at line ${earlier.line}`);
    }
  }
}

function isMergeV3({ kind, value, tag }: Node): boolean {
  return kind === "scalar" && value === "<<" && (tag === "" || tag === "!" || tag === "!!merge");
}
