import { quoteGoString, unquote } from "../fmt/quote.ts";
import { ParseError } from "../template-error.ts";
import { Lexer } from "./lexer.ts";
import {
  type ArgumentNode,
  type BranchNode,
  type ChainNode,
  type CommandNode,
  formatNode,
  isEmptyList,
  type ListNode,
  type Node,
  type PipeNode,
  type StatementNode,
  type Tree,
} from "./node.ts";
import { parseNumberLiteral } from "./number-literal.ts";
import { describeToken, type Token, type TokenKind } from "./token.ts";

/** How a template text is parsed. */
export interface ParseOptions {
  leftDelimiter?: string;
  rightDelimiter?: string;
  /** Whether a function of this name exists; unknown names are errors at parse time. */
  hasFunction(name: string): boolean;
}

const maximumDepth = 10_000;
const nonExecutable: ReadonlySet<string> = new Set(["bool", "dot", "nil", "number", "string"]);
const operandStarts: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "charConstant",
  "complex",
  ".",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);

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
  const source: Source = { parseName: name, text, lexer, options, trees: new Map() };
  try {
    new Parser(source, name).parseText();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ParseError(`template: ${name}: max expression depth exceeded`, { template: name, line: 1 });
  }
  return source.trees;
}

interface Source {
  readonly parseName: string;
  readonly text: string;
  readonly lexer: Lexer;
  readonly options: ParseOptions;
  readonly trees: Map<string, Tree>;
}

/** Parses one template of a text; definitions and blocks inside it have parsers of their own on the same lexer. */
class Parser {
  private readonly source: Source;
  private name: string;
  private readonly tokens: Token[] = [];
  private peeked = 0;
  private lastLine = 1;
  private variables: string[] = ["$"];
  private actionLine = 0;
  private rangeDepth = 0;
  private parenthesisDepth = 0;

  constructor(source: Source, name: string) {
    this.source = source;
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

  private next(): Token {
    if (this.peeked > 0) this.peeked--;
    else this.read();
    return this.tokens[this.peeked] as Token;
  }

  private read(): void {
    const token = this.source.lexer.next();
    this.tokens[0] = token;
    this.lastLine = token.line;
  }

  private peek(): Token {
    if (this.peeked === 0) {
      this.peeked = 1;
      this.read();
    }
    return this.tokens[this.peeked - 1] as Token;
  }

  private backupTwo(token: Token): void {
    this.tokens[1] = token;
    this.peeked = 2;
  }

  private backupThree(second: Token, first: Token): void {
    this.tokens[1] = first;
    this.tokens[2] = second;
    this.peeked = 3;
  }

  private nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === "space") token = this.next();
    return token;
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.peeked++;
    return token;
  }

  private fail(message: string): never {
    const { parseName } = this.source;
    const line = this.lastLine;
    throw new ParseError(`template: ${parseName}:${line}: ${message}`, { template: parseName, line });
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind !== "error") return this.fail(`unexpected ${describeToken(token)} in ${context}`);
    let started = "";
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      started = ` in action started at ${this.source.parseName}:${this.actionLine}`;
      if (token.text.endsWith(" action")) started = started.slice(" in action".length);
    }
    return this.fail(token.text + started);
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  private unquoted(token: Token): string {
    return unquote(token.text) ?? this.fail("invalid syntax");
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
        this.peeked++;
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
    this.peeked++;
    return { kind: "template", at: token.at, name, pipe: this.pipeline("template clause", "rightDelim") };
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "rawString") return this.unexpected(token, context);
    return this.unquoted(token);
  }

  private pipeline(context: string, end: TokenKind): PipeNode {
    const pipe: PipeNode = { kind: "pipe", at: this.peekNonSpace().at, isAssign: false, declared: [], commands: [] };
    this.declarations(pipe, context);
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) break;
      if (!operandStarts.has(token.kind)) this.unexpected(token, context);
      this.peeked++;
      pipe.commands.push(this.command());
    }
    if (pipe.commands.length === 0) this.fail(`missing value for ${context}`);
    const stage = pipe.commands.findIndex(({ args }, index) => index > 0 && nonExecutable.has(args[0]?.kind ?? ""));
    if (stage > 0) this.fail(`non executable command in pipeline stage ${stage + 1}`);
    return pipe;
  }

  private declarations(pipe: PipeNode, context: string): void {
    while (this.peekNonSpace().kind === "variable") {
      const variable = this.next();
      const after = this.peek();
      const next = this.peekNonSpace();
      if (next.kind === "assign" || next.kind === "declare") {
        pipe.isAssign = next.kind === "assign";
        this.nextNonSpace();
        this.addDeclaration(pipe, variable);
        return;
      }
      if (next.kind !== "char" || next.text !== ",") {
        if (after.kind === "space") this.backupThree(variable, after);
        else this.backupTwo(variable);
        return;
      }
      this.nextNonSpace();
      this.addDeclaration(pipe, variable);
      if (context !== "range" || pipe.declared.length >= 2) this.fail(`too many declarations in ${context}`);
      if (!["variable", "rightDelim", "rightParen"].includes(this.peekNonSpace().kind)) {
        this.fail("range can only initialize variables");
      }
    }
  }

  private addDeclaration(pipe: PipeNode, { at, text }: Token): void {
    pipe.declared.push({ kind: "variable", at, names: text.split(".") });
    this.variables.push(text);
  }

  private command(): CommandNode {
    const command: CommandNode = { kind: "command", at: this.peekNonSpace().at, args: [] };
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) command.args.push(operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "rightDelim" || token.kind === "rightParen") this.peeked++;
      else if (token.kind !== "pipe") this.unexpected(token, "operand");
      break;
    }
    if (command.args.length === 0) this.fail("empty command");
    return command;
  }

  private operand(): ArgumentNode | undefined {
    const node = this.term();
    if (node === undefined || this.peek().kind !== "field") return node;
    const chain: ChainNode = { kind: "chain", at: this.peek().at, node, names: [] };
    while (this.peek().kind === "field") chain.names.push(this.next().text.slice(1));
    if (node.kind === "field" || node.kind === "variable") {
      return { kind: node.kind, at: chain.at, names: [...node.names, ...chain.names] };
    }
    if (nonExecutable.has(node.kind)) this.fail(`unexpected . after term ${quoteGoString(formatNode(node))}`);
    return chain;
  }

  private term(): ArgumentNode | undefined {
    const token = this.nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.source.options.hasFunction(text)) this.fail(`function ${quoteGoString(text)} not defined`);
        return { kind: "identifier", at, name: text };
      case ".":
        return { kind: "dot", at };
      case "nil":
        return { kind: "nil", at };
      case "variable":
        if (!this.variables.includes(text)) this.fail(`undefined variable ${quoteGoString(text)}`);
        return { kind: "variable", at, names: [text] };
      case "field":
        return { kind: "field", at, names: [text.slice(1)] };
      case "bool":
        return { kind: "bool", at, value: text === "true" };
      case "charConstant":
      case "complex":
      case "number":
        return this.number(token.kind, at, text);
      case "leftParen":
        return this.parenthesized();
      case "string":
      case "rawString":
        return { kind: "string", at, quoted: text, text: this.unquoted(token) };
      default:
        this.peeked++;
        return undefined;
    }
  }

  private number(kind: "charConstant" | "complex" | "number", at: number, text: string): ArgumentNode {
    const value = parseNumberLiteral(text, kind);
    if (typeof value === "string") return this.fail(value);
    return { kind: "number", at, text, ...value };
  }

  private parenthesized(): PipeNode {
    if (this.parenthesisDepth >= maximumDepth) this.fail("max expression depth exceeded");
    this.parenthesisDepth++;
    const pipe = this.pipeline("parenthesized pipeline", "rightParen");
    this.parenthesisDepth--;
    return pipe;
  }
}
