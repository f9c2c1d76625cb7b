import { quoteGoString } from "../fmt/quote.ts";
import { ParseError } from "../template-error.ts";
import { Lexer } from "./lexer.ts";
import {
  type BranchNode,
  formatNode,
  isEmptyList,
  type ListNode,
  type Node,
  type StatementNode,
  type Tree,
} from "./node.ts";
import { PipelineParser } from "./pipeline-parser.ts";
import type { Source } from "./token-reader.ts";
import type { Token } from "./token.ts";

/** How a template text is parsed. */
export interface ParseOptions {
  leftDelimiter?: string;
  rightDelimiter?: string;
  /** Whether a function of this name exists; unknown names are errors at parse time. */
  hasFunction(name: string): boolean;
}

/**
 * Parses a text into its templates by name: what stands outside of definitions has the text's own name.
 * @throws ParseError worded as Go words it, at Go's line.
 */
export function parseTemplates(name: string, text: string, options: ParseOptions): Map<string, Tree> {
  const lexer = new Lexer(text, {
    ...options,
    breakIsKeyword: !options.hasFunction("break"),
    continueIsKeyword: !options.hasFunction("continue"),
  });
  const { hasFunction } = options;
  const source: Source = { parseName: name, text, lexer, hasFunction, trees: new Map() };
  try {
    new Parser(source, name).parseText();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ParseError(`template: ${name}: max expression depth exceeded`, { template: name, line: 1 });
  }
  return source.trees;
}

/** Parses one template of a text; definitions and blocks inside it have parsers of their own on the same lexer. */
class Parser extends PipelineParser {
  private name: string;
  private rangeDepth = 0;

  constructor(source: Source, name: string) {
    super(source);
    this.name = name;
  }

  parseText(): void {
    const nodes: StatementNode[] = [];
    const at = this.peek().at;
    while (this.peek().kind !== "eof") {
      if (this.peek().kind === "leftDelim") {
        const delimiter = this.next();
        if (this.nextNonSpace().kind === "define") {
          new Parser(this.source, "definition").parseDefinition();
          continue;
        }
        this.backupTwo(delimiter);
      }
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") this.fail(`unexpected ${formatNode(node)}`);
      nodes.push(node as StatementNode);
    }
    this.add({ kind: "list", at, nodes });
  }

  parseDefinition(): void {
    const context = "define clause";
    const token = this.nextNonSpace();
    if (token.kind !== "string" && token.kind !== "rawString") this.unexpected(token, context);
    this.name = this.unquoted(token);
    this.expect("rightDelim", context);
    const [list, end] = this.itemList();
    if (end.kind !== "end") this.fail(`unexpected ${formatNode(end)} in ${context}`);
    this.add(list);
  }

  /** The body of a block; `outer` tells where it is when the block does not end. */
  parseBlock(outer: Parser): void {
    const [list, end] = this.itemList();
    if (end.kind !== "end") outer.fail(`unexpected ${formatNode(end)} in block clause`);
    this.add(list);
  }

  private add(root: ListNode): void {
    const { trees, parseName, text } = this.source;
    const existing = trees.get(this.name);
    if (existing === undefined || isEmptyList(existing.root)) {
      trees.set(this.name, { name: this.name, parseName, text, root });
    } else if (!isEmptyList(root)) {
      this.fail(`template: multiple definition of template ${quoteGoString(this.name)}`);
    }
  }

  private itemList(): [ListNode, Node] {
    const list: ListNode = { kind: "list", at: this.peekNonSpace().at, nodes: [] };
    while (this.peekNonSpace().kind !== "eof") {
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") return [list, node];
      list.nodes.push(node as StatementNode);
    }
    return this.fail("unexpected EOF");
  }

  private textOrAction(): Node {
    const token = this.nextNonSpace();
    if (token.kind === "text") return { kind: "text", at: token.at, text: token.text };
    if (token.kind !== "leftDelim") return this.unexpected(token, "input");
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): Node {
    const token = this.nextNonSpace();
    switch (token.kind) {
      case "block":
        return this.blockControl();
      case "break":
      case "continue":
        return this.loopControl(token.kind, token.at);
      case "else":
        return this.elseControl();
      case "end":
        return { kind: "end", at: this.expect("rightDelim", "end").at };
      case "if":
      case "range":
      case "with":
        return this.control(token.kind);
      case "template":
        return this.templateControl();
      default: {
        this.backup();
        const { at } = this.peek();
        return { kind: "action", at, pipe: this.pipeline("command", "rightDelim") };
      }
    }
  }

  private loopControl(kind: "break" | "continue", at: number): Node {
    const token = this.nextNonSpace();
    if (token.kind !== "rightDelim") this.unexpected(token, `{{${kind}}}`);
    if (this.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  private elseControl(): Node {
    const peeked = this.peekNonSpace();
    if (peeked.kind === "if" || peeked.kind === "with") return { kind: "else", at: peeked.at };
    return { kind: "else", at: this.expect("rightDelim", "else").at };
  }

  private control(kind: BranchNode["kind"]): BranchNode {
    const variables = this.variables.length;
    const pipe = this.pipeline(kind, "rightDelim");
    if (kind === "range") this.rangeDepth++;
    const [list, next] = this.itemList();
    if (kind === "range") this.rangeDepth--;
    const elseList = next.kind === "else" ? this.elseList(kind, next.at) : undefined;
    this.variables.length = variables;
    return { kind, at: pipe.at, pipe, list, elseList };
  }

  private elseList(kind: BranchNode["kind"], at: number): ListNode {
    const chained = this.peek().kind;
    if (chained === kind && (chained === "if" || chained === "with")) {
      this.next();
      return { kind: "list", at, nodes: [this.control(chained)] };
    }
    const [list, end] = this.itemList();
    if (end.kind !== "end") this.fail(`expected end; found ${formatNode(end)}`);
    return list;
  }

  private blockControl(): Node {
    const token = this.nextNonSpace();
    const name = this.templateName(token, "block clause");
    const pipe = this.pipeline("block clause", "rightDelim");
    new Parser(this.source, name).parseBlock(this);
    return { kind: "template", at: token.at, name, pipe };
  }

  private templateControl(): Node {
    const token = this.nextNonSpace();
    const name = this.templateName(token, "template clause");
    if (this.nextNonSpace().kind === "rightDelim") return { kind: "template", at: token.at, name, pipe: undefined };
    this.backup();
    return { kind: "template", at: token.at, name, pipe: this.pipeline("template clause", "rightDelim") };
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "rawString") return this.unexpected(token, context);
    return this.unquoted(token);
  }
}
