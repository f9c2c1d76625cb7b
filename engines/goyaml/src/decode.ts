import type { Json, JsonObject } from "@eddy/core/json";
import { AliasBudget } from "./alias-budget.ts";
import { quoteGo } from "./go-text.ts";
import { setMember } from "./json-member.ts";
import type { Node } from "./node.ts";
import { numberError, resolveScalar } from "./scalar-value.ts";
import { YamlError } from "./yaml-error.ts";

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
  private readonly file: string | undefined;
  private readonly budget: AliasBudget;
  private readonly duplicates: { line: number; text: string }[] = [];
  /** What JSON refuses, told only when all else is well. */
  private jsonError: YamlError | undefined;

  constructor(file: string | undefined) {
    this.file = file;
    this.budget = new AliasBudget(file);
  }

  decode(node: Node): Json {
    if (node.kind === "document") this.budget.spend(node);
    const content = node.kind === "document" ? node.content[0] : node;
    const value = content === undefined ? null : this.value(content, true);
    const [first] = this.duplicates;
    if (first === undefined) {
      if (this.jsonError !== undefined) throw this.jsonError;
      return value;
    }
    const lines = this.duplicates.map(({ line, text }) => `  line ${line}: ${text}`);
    throw new YamlError(`yaml: unmarshal errors:\n${lines.join("\n")}`, { file: this.file, line: first.line });
  }

  private value(node: Node, anyKeys: boolean): Json {
    this.budget.spend(node);
    switch (node.kind) {
      case "alias":
        return this.budget.follow(node, (target) => this.value(target, anyKeys));
      case "sequence":
        return node.content.map((child) => this.value(child, false));
      case "mapping":
        return this.mapping(node, {}, new Set(), anyKeys);
      default:
        return this.scalar(node);
    }
  }

  private scalar(node: Node): Json {
    const { value } = resolveScalar(node, 3, this.budget);
    this.jsonError ??= numberError(value, node, this.budget);
    return value;
  }

  /** Members of its own come before merged ones, and earlier merges before later ones. */
  private mapping(node: Node, into: JsonObject, taken: Set<string>, anyKeys: boolean): JsonObject {
    if (this.reportDuplicates(node)) return into;
    const { content } = node;
    let merged: Node | undefined;
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const value = content[index + 1] as Node;
      if (isMergeV3(key)) merged = value;
      else this.member(this.key(key, anyKeys), value, into, taken);
    }
    if (merged !== undefined) this.merge(merged, into, taken, anyKeys);
    return into;
  }

  private member(key: string | undefined, value: Node, into: JsonObject, taken: Set<string>): void {
    if (key === undefined || taken.has(key)) return;
    taken.add(key);
    setMember(into, key, this.value(value, false));
  }

  /** Undefined for a key that is null where text is wanted: the member is left out. */
  private key(node: Node, anyKeys: boolean): string | undefined {
    this.budget.spend(node);
    if (node.kind === "alias") return this.budget.follow(node, (target) => this.key(target, anyKeys));
    if (node.kind !== "scalar") throw this.budget.error("yaml: invalid map key: want a scalar", node);
    const { tag, value } = resolveScalar(node, 3, this.budget);
    if (tag === "!!str" || tag === "!!merge" || tag === "!!binary") return String(value);
    if (anyKeys) return value === null ? undefined : node.value;
    this.jsonError ??= this.budget.error("json: unsupported type: map[interface {}]interface {}", node);
    return node.value;
  }

  private merge(node: Node, into: JsonObject, taken: Set<string>, anyKeys: boolean): void {
    for (const child of node.kind === "sequence" ? node.content : [node]) {
      const target = child.kind === "alias" ? (child.alias as Node) : child;
      if (target.kind !== "mapping") {
        throw this.budget.error("yaml: map merge requires map or sequence of maps as the value", child);
      }
      this.budget.spend(child);
      if (child.kind === "mapping") this.mapping(child, into, taken, anyKeys);
      else {
        this.budget.follow(child, (mapping) => {
          this.budget.spend(mapping);
          return this.mapping(mapping, into, taken, anyKeys);
        });
      }
    }
  }

  /** Every pair of equal keys is told. */
  private reportDuplicates({ content }: Node): boolean {
    const byName = new Map<string, Node[]>();
    let found = false;
    for (let index = 0; index < content.length; index += 2) {
      const key = content[index] as Node;
      const same = byName.get(`${key.kind} ${key.value}`);
      if (same === undefined) byName.set(`${key.kind} ${key.value}`, [key]);
      else found = same.push(key) > 1;
    }
    if (found) for (const keys of byName.values()) this.reportPairs(keys);
    return found;
  }

  private reportPairs(keys: readonly Node[]): void {
    keys.forEach(({ value, line: earlier }, index) => {
      for (const { line } of keys.slice(index + 1)) {
        this.duplicates.push({ line, text: `mapping key ${quoteGo(value)} already defined at line ${earlier}` });
      }
    });
  }
}

function isMergeV3({ kind, value, tag }: Node): boolean {
  return kind === "scalar" && value === "<<" && (tag === "" || tag === "!" || tag === "!!merge");
}
