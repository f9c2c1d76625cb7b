import type { Node } from "./node.ts";
import { maxValueDepth } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

const lowRange = 400_000;
const highRange = 4_000_000;
const maxTextFromAliases = 16 * 1024 * 1024;

/**
 * Bounds what aliases may blow a document up to, by go-yaml's rule: of the nodes decoded so far, 99 % may come from aliases
 * in small documents, falling to 10 % beyond four million; and 16 Mi characters.
 */
export class AliasBudget {
  private readonly file: string | undefined;
  private decoded = 0;
  private fromAliases = 0;
  private textFromAliases = 0;
  private depth = 0;
  private level = 0;
  private readonly entered = new Set<Node>();

  constructor(file: string | undefined) {
    this.file = file;
  }

  /** Counts one node. @throws YamlError where too many come from aliases */
  spend(node: Node): void {
    this.decoded++;
    if (this.depth === 0) return;
    this.fromAliases++;
    // go-yaml counts nodes only: its memory shares their texts, what is written of them does not.
    this.textFromAliases += node.value.length;
    if (this.textFromAliases > maxTextFromAliases) {
      throw this.error(
        `yaml: document contains excessive aliasing: want at most ${maxTextFromAliases} characters from aliases`,
        node,
      );
    }
    if (this.fromAliases <= 100 || this.decoded <= 1000) return;
    if (this.fromAliases / this.decoded > allowedRatio(this.decoded)) {
      throw this.error("yaml: document contains excessive aliasing", node);
    }
  }

  /** Goes behind an alias, decodes there, and comes back. @throws YamlError where it contains itself */
  follow<T>(alias: Node, decode: (target: Node) => T): T {
    if (this.entered.has(alias)) throw this.error(`yaml: anchor '${alias.value}' value contains itself`, alias);
    this.entered.add(alias);
    this.depth++;
    const value = decode(alias.alias as Node);
    this.depth--;
    this.entered.delete(alias);
    return value;
  }

  /** Decodes the content of a collection. @throws YamlError where collections are nested too deep */
  descend<T>(node: Node, decode: () => T): T {
    if (++this.level > maxValueDepth) throw this.error(`yaml: exceeded max depth of ${maxValueDepth}`, node);
    const value = decode();
    this.level--;
    return value;
  }

  error(message: string, node: Node): YamlError {
    return new YamlError(message, { file: this.file, line: node.line, column: node.column });
  }
}

function allowedRatio(decoded: number): number {
  if (decoded <= lowRange) return 0.99;
  if (decoded >= highRange) return 0.1;
  return 0.99 - 0.89 * ((decoded - lowRange) / (highRange - lowRange));
}
