import { quoteGoString } from "../fmt/quote.ts";
import type { CallContext, Templates } from "../function.ts";
import { formatNode, type Node, type Tree } from "../parse/node.ts";
import { BudgetError, ExecuteError, type TemplatePlace } from "../template-error.ts";
import { byteLength } from "../value/go-string.ts";
import type { GoValue } from "../value/go-value.ts";
import type { Budget } from "./budget.ts";

/** What a missing map key gives: nothing, the zero value of the map's element type, or an error. */
export type MissingKey = "default" | "zero" | "error";

/** Evaluates a node; `undefined` where Go has an invalid value. */
export type Evaluate = (run: Run, dot: GoValue) => GoValue;

/** Runs a statement; tells a loop whether to go on. */
export type Perform = (run: Run, dot: GoValue) => Signal;

/** 0: go on, 1: break, 2: continue. */
export type Signal = 0 | 1 | 2;

/** A template ready to run. */
export interface CompiledTemplate {
  readonly tree: Tree;
  readonly body: Perform;
  /** How many variables it has, `$` included. */
  readonly slots: number;
}

/** Finds templates by name. */
export interface TemplateSource extends Templates {
  compiled(name: string): CompiledTemplate | undefined;
}

/** What a caller of an execution gives besides the data. */
export interface RunPorts {
  readonly missingKey: MissingKey;
  readonly budget: Budget;
  readonly host: unknown;
  /** Starts another execution within the same budget. */
  readonly execute: (templates: Templates, name: string, data: GoValue, caller: Run) => string;
}

/** One execution: the output so far, the variables of the template that is running, and where it is. */
export class Run implements CallContext {
  readonly templates: TemplateSource;
  readonly ports: RunPorts;
  readonly budget: Budget;
  readonly missingKey: MissingKey;
  /** Executions and templates around this one. */
  depth: number;
  output = "";
  template: CompiledTemplate;
  /** The node that an error names: the last one that was begun, as in Go. */
  node: Node;
  /** The call of a template that was begun last, and whose it is. */
  call: { readonly node: Node; readonly template: CompiledTemplate } | undefined;
  variables: GoValue[];
  /** Whether a variable, or the dot, came out of a list or map of interfaces: only errors show the difference. */
  interfaces: boolean[] = [];
  dotIsInterface = false;
  /** The same of the field that was read last. */
  fieldIsInterface = false;

  constructor(templates: TemplateSource, template: CompiledTemplate, data: GoValue, ports: RunPorts, depth: number) {
    this.templates = templates;
    this.template = template;
    this.node = template.tree.root;
    this.ports = ports;
    this.budget = ports.budget;
    this.missingKey = ports.missingKey;
    this.depth = depth;
    this.variables = [data];
  }

  get host(): unknown {
    return this.ports.host;
  }

  execute(templates: Templates, name: string, data: GoValue): string {
    return this.ports.execute(templates, name, data, this);
  }

  charge(amount: number): void {
    this.budget.bytes -= amount;
    if (this.budget.bytes < 0) this.stop(this.budget.bytesExceeded());
  }

  /** Counts one step. */
  step(): void {
    if (--this.budget.steps < 0) this.refill();
  }

  private refill(): void {
    const why = this.budget.refill();
    if (why !== undefined) this.stop(why);
  }

  /** Prints text. */
  write(text: string): void {
    this.output += text;
    this.budget.bytes -= text.length;
    if (this.budget.bytes < 0) this.stop(this.budget.bytesExceeded());
  }

  /** Ends the execution with Go's words at the current node. */
  fail(message: string, cause?: unknown): never {
    const place = this.place();
    const { name } = this.template.tree;
    const text = `template: ${formatPlace(place)}: executing ${quoteGoString(name)} at <${place.node}>: ${message}`;
    throw new ExecuteError(text, name, place, cause);
  }

  /** Ends the execution because it used too much. */
  stop(why: string): never {
    const place = this.place();
    throw new BudgetError(
      `stop template ${formatPlace(place)}: executing ${quoteGoString(this.template.tree.name)}: ${why}`,
      place,
    );
  }

  /** Ends the execution because the stack is full. Where exactly it overflowed is chance: the last call of a template is named. */
  stopNested(): never {
    if (this.call) ({ node: this.node, template: this.template } = this.call);
    this.stop(`templates are nested too deeply (${this.depth})`);
  }

  /** Where the current node stands. */
  place(): TemplatePlace & { column: number; node: string } {
    const { parseName, text } = this.template.tree;
    const before = text.slice(0, this.node.at);
    const lineStart = before.lastIndexOf("\n") + 1;
    return {
      template: parseName,
      line: before.split("\n").length,
      column: byteLength(before.slice(lineStart)),
      node: formatNode(this.node),
    };
  }
}

function formatPlace({ template, line, column }: TemplatePlace): string {
  return `${template}:${line}:${column}`;
}
