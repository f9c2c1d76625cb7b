import { quoteGoString } from "./fmt/quote.ts";
import { Budget, type BudgetOptions } from "./execute/budget.ts";
import { compileTemplate } from "./execute/compile-template.ts";
import { builtins } from "./execute/builtins.ts";
import { isStackOverflow } from "./execute/stack-overflow.ts";
import { type CompiledTemplate, type MissingKey, Run, type RunPorts, type TemplateSource } from "./execute/run.ts";
import type { FunctionTable } from "./function.ts";
import { isEmptyList, type Tree } from "./parse/node.ts";
import { parseTemplates } from "./parse/parser.ts";
import { ExecuteError } from "./template-error.ts";
import type { GoValue } from "./value/go-value.ts";

/** Options of {@link TemplateSet}. */
export interface TemplateSetOptions {
  /** Name of the whole, as an error about an unknown template shows it; "" unless given. */
  name?: string;
  leftDelimiter?: string;
  rightDelimiter?: string;
}

/** Options of an execution. */
export interface ExecuteOptions extends BudgetOptions {
  /** What a missing map key gives: `default` (nothing), `zero` or `error`; `default` unless given. */
  missingKey?: MissingKey;
  /** Handed to functions as `context.host`. */
  host?: unknown;
}

/** Most texts are parsed again and again (`tpl`); more than this many characters are not kept. */
const keptCharacters = 16 * 1024 * 1024;

/** Trees by the name and text they were parsed from, shared by a set and its overlays. */
interface ParsedTexts {
  readonly trees: Map<string, ReadonlyMap<string, Tree>>;
  characters: number;
}

/**
 * Templates that call each other by name, with the functions they may use. Parsed once, executed as often as wanted: an
 * execution changes nothing in it.
 */
export class TemplateSet implements TemplateSource {
  private readonly functions: FunctionTable;
  private readonly options: TemplateSetOptions;
  private readonly below: TemplateSet | undefined;
  private readonly trees = new Map<string, Tree>();
  private readonly parsed: ParsedTexts;
  private readonly compiledTrees: WeakMap<Tree, CompiledTemplate>;

  constructor(functions: FunctionTable, options: TemplateSetOptions = {}, below?: TemplateSet) {
    this.functions = functions;
    this.options = options;
    this.below = below;
    this.parsed = below?.parsed ?? { trees: new Map(), characters: 0 };
    this.compiledTrees = below?.compiledTrees ?? new WeakMap<Tree, CompiledTemplate>();
  }

  /**
   * A set that sees this one's templates and keeps its own definitions to itself: what Go's Clone is for. Cheap. Templates of
   * this set that run in it see its definitions.
   */
  overlay(): TemplateSet {
    return new TemplateSet(this.functions, this.options, this);
  }

  /**
   * Adds the templates of a text. A later definition replaces an earlier one, unless it is empty.
   * @throws ParseError (terminal) in Go's words.
   */
  parse(name: string, text: string): void {
    for (const [definition, tree] of this.treesOf(name, text)) {
      if (isEmptyList(tree.root) && this.find(definition) !== undefined) continue;
      this.trees.set(definition, tree);
    }
  }

  private treesOf(name: string, text: string): ReadonlyMap<string, Tree> {
    const key = `${name}\0${text}`;
    const known = this.parsed.trees.get(key);
    if (known !== undefined) return known;
    const trees = parseTemplates(name, text, { ...this.options, hasFunction: (word) => this.hasFunction(word) });
    if (this.below === undefined) return trees;
    this.parsed.characters += key.length;
    if (this.parsed.characters > keptCharacters) {
      this.parsed.trees.clear();
      this.parsed.characters = key.length;
    }
    this.parsed.trees.set(key, trees);
    return trees;
  }

  private hasFunction(name: string): boolean {
    return Object.hasOwn(this.functions, name) || Object.hasOwn(builtins, name);
  }

  private find(name: string): Tree | undefined {
    return this.trees.get(name) ?? this.below?.find(name);
  }

  /** Whether a template of this name is defined. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** Names of all templates, in the order of their definition, those below first. */
  names(): string[] {
    return [...new Set([...(this.below?.names() ?? []), ...this.trees.keys()])];
  }

  /** A template ready to run; compiled when it is first asked for. */
  compiled(name: string): CompiledTemplate | undefined {
    const tree = this.find(name);
    if (tree === undefined) return undefined;
    let compiled = this.compiledTrees.get(tree);
    if (compiled === undefined) {
      compiled = compileTemplate(tree, this.functions);
      this.compiledTrees.set(tree, compiled);
    }
    return compiled;
  }

  /**
   * Runs a template with the data as its dot and returns what it prints.
   * @throws ExecuteError (terminal) in Go's words; BudgetError (terminal) when it is stopped.
   */
  execute(name: string, data: GoValue, options: ExecuteOptions = {}): string {
    const { missingKey = "default", host } = options;
    const ports: RunPorts = {
      missingKey,
      host,
      budget: new Budget(options),
      execute: (templates, inner, value, caller) =>
        (templates as TemplateSet).executeWithin(inner, value, ports, caller.depth + 1),
    };
    return this.executeWithin(name, data, ports, 0);
  }

  private executeWithin(name: string, data: GoValue, ports: RunPorts, depth: number): string {
    const template = this.compiled(name);
    if (template === undefined) throw this.unknown(name);
    const dot = data ?? undefined;
    const run = new Run(this, template, dot, ports, depth);
    try {
      template.body(run, dot);
    } catch (error) {
      if (isStackOverflow(error)) run.stopNested();
      throw error;
    }
    return run.output;
  }

  private unknown(name: string): ExecuteError {
    const whole = quoteGoString(this.options.name ?? "");
    return new ExecuteError(`template: no template ${quoteGoString(name)} associated with template ${whole}`, name);
  }
}
