import { quoteGoString } from "../fmt/quote.ts";
import { type ArgumentNode, type ChainNode, type CommandNode, formatNode, type PipeNode } from "./node.ts";
import { parseNumberLiteral } from "./number-literal.ts";
import { TokenReader } from "./token-reader.ts";
import type { Token, TokenKind } from "./token.ts";

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

/** Parses what stands inside an action: declarations, pipelines, commands, operands. */
export class PipelineParser extends TokenReader {
  /** Names that may be used at this point. */
  protected variables: string[] = ["$"];
  private parenthesisDepth = 0;

  protected pipeline(context: string, end: TokenKind): PipeNode {
    const pipe: PipeNode = { kind: "pipe", at: this.peekNonSpace().at, isAssign: false, declared: [], commands: [] };
    this.declarations(pipe, context);
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) break;
      if (!operandStarts.has(token.kind)) this.unexpected(token, context);
      this.backup();
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
      if (token.kind === "rightDelim" || token.kind === "rightParen") this.backup();
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
        if (!this.source.hasFunction(text)) this.fail(`function ${quoteGoString(text)} not defined`);
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
        this.backup();
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
