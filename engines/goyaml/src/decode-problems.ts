import { compareText, type Json, type JsonObject } from "@eddy/core/json";
import type { AliasBudget } from "./alias-budget.ts";
import type { Node } from "./node.ts";
import { YamlError } from "./yaml-error.ts";

const maxProblems = 200;

/** What a decoder found wrong and tells at the end: first what go-yaml says, then what JSON refuses. */
export class DecodeProblems {
  private readonly file: string | undefined;
  /** sigs.k8s.io/yaml looks at all keys before it writes JSON. */
  private readonly keysFirst: boolean;
  private readonly unmarshal: { line: number; text: string }[] = [];
  /** Objects with a key that JSON cannot have; other values for the same member may still replace them. */
  private readonly keys = new Map<unknown, YamlError>();
  private readonly numberErrors = new Map<string, YamlError>();

  constructor(file: string | undefined, keysFirst: boolean) {
    this.file = file;
    this.keysFirst = keysFirst;
  }

  /** A problem with which go-yaml goes on decoding. */
  add(line: number, text: string): void {
    if (!this.isFull) this.unmarshal.push({ line, text });
  }

  /** More problems are not told: equal keys come in pairs, which are many. */
  get isFull(): boolean {
    return this.unmarshal.length >= maxProblems;
  }

  /** A key that JSON cannot have, in an object. */
  addKey(object: JsonObject, error: YamlError): void {
    if (!this.keys.has(object)) this.keys.set(object, error);
  }

  /** Infinity and NaN are no JSON. */
  addNumber(value: number, node: Node, budget: AliasBudget): void {
    this.numberErrors.set(String(value), budget.error(`json: unsupported value: ${goName(value)}`, node));
  }

  /** @throws YamlError for the problems found on the way to a value */
  check(value: Json): void {
    const [first] = this.unmarshal;
    if (first !== undefined) {
      const lines = this.unmarshal.map(({ line, text }) => `  line ${line}: ${text}`);
      throw new YamlError(`yaml: unmarshal errors:\n${lines.join("\n")}`, { file: this.file, line: first.line });
    }
    if (this.keys.size > 0) this.checkMembers(value, this.keysFirst);
    if (this.numberErrors.size > 0) this.checkMembers(value, false);
  }

  /** Goes through a value in the order in which Go writes JSON. */
  private checkMembers(value: Json | undefined, onlyKeys: boolean): void {
    if (typeof value === "number" && !Number.isFinite(value) && !onlyKeys) throw this.numberErrors.get(String(value));
    if (typeof value !== "object" || value === null) return;
    const error = this.keys.get(value);
    if (error !== undefined) throw error;
    if (Array.isArray(value)) for (const item of value) this.checkMembers(item, onlyKeys);
    else for (const key of Object.keys(value).sort(compareText)) this.checkMembers(value[key], onlyKeys);
  }
}

function goName(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
