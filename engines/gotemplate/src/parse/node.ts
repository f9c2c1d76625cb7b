import { quoteGoString } from "../fmt/quote.ts";

/** Where a node's text stands: the template text it was parsed from and the index in it. */
interface Placed {
  readonly at: number;
}

/** A number literal and what it can stand for. */
export interface NumberNode extends Placed {
  readonly kind: "number";
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: { real: number; imaginary: number } | undefined;
}

/** `| a b c`: a function, field or value with its arguments. */
export interface CommandNode extends Placed {
  readonly kind: "command";
  readonly args: ArgumentNode[];
}

/** `$x := a | b`. */
export interface PipeNode extends Placed {
  readonly kind: "pipe";
  isAssign: boolean;
  readonly declared: VariableNode[];
  readonly commands: CommandNode[];
}

/** `$x.y`: the first of the names has its `$`. */
export interface VariableNode extends Placed {
  readonly kind: "variable";
  readonly names: string[];
}

/** `.a.b` */
export interface FieldNode extends Placed {
  readonly kind: "field";
  readonly names: string[];
}

/** `(pipeline).a.b` or `function.a` */
export interface ChainNode extends Placed {
  readonly kind: "chain";
  readonly node: ArgumentNode;
  readonly names: string[];
}

/** Name of a function. */
export interface IdentifierNode extends Placed {
  readonly kind: "identifier";
  readonly name: string;
}

/** A string literal, quoted as it was written. */
export interface StringNode extends Placed {
  readonly kind: "string";
  readonly quoted: string;
  readonly text: string;
}

/** What can stand in a command. */
export type ArgumentNode =
  | NumberNode
  | PipeNode
  | VariableNode
  | FieldNode
  | ChainNode
  | IdentifierNode
  | StringNode
  | (Placed & { readonly kind: "bool"; readonly value: boolean })
  | (Placed & { readonly kind: "dot" })
  | (Placed & { readonly kind: "nil" });

/** Nodes in their order. */
export interface ListNode extends Placed {
  readonly kind: "list";
  readonly nodes: StatementNode[];
}

/** `if`, `with` or `range`. */
export interface BranchNode extends Placed {
  readonly kind: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

/** What can stand in a list. */
export type StatementNode =
  | (Placed & { readonly kind: "text"; readonly text: string })
  | (Placed & { readonly kind: "action"; readonly pipe: PipeNode })
  | (Placed & { readonly kind: "break" })
  | (Placed & { readonly kind: "continue" })
  | (Placed & { readonly kind: "template"; readonly name: string; readonly pipe: PipeNode | undefined })
  | BranchNode;

/** Any node, with the ends of lists that only the parser sees. */
export type Node =
  | ArgumentNode
  | CommandNode
  | ListNode
  | StatementNode
  | (Placed & { readonly kind: "end" })
  | (Placed & { readonly kind: "else" });

/** A named template: its text's name, the text for positions, and its nodes. */
export interface Tree {
  readonly name: string;
  readonly parseName: string;
  readonly text: string;
  readonly root: ListNode;
}

// Go's unicode.IsSpace.
const whiteSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/** Whether a list prints nothing but white space. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === "text" && whiteSpace.test(node.text));
}

/** A node as Go prints it in errors. */
export function formatNode(node: Node): string {
  switch (node.kind) {
    case "number":
    case "text":
      return node.text;
    case "string":
      return node.quoted;
    case "bool":
      return String(node.value);
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "identifier":
      return node.name;
    case "variable":
      return node.names.join(".");
    case "field":
      return `.${node.names.join(".")}`;
    case "chain":
      return `${formatArgument(node.node)}.${node.names.join(".")}`;
    case "command":
      return node.args.map(formatArgument).join(" ");
    case "pipe":
      return formatPipe(node);
    default:
      return formatStatement(node);
  }
}

function formatArgument(node: ArgumentNode): string {
  return node.kind === "pipe" ? `(${formatPipe(node)})` : formatNode(node);
}

function formatPipe({ declared, isAssign, commands }: PipeNode): string {
  const names = declared.map(formatNode).join(", ");
  const prefix = declared.length === 0 ? "" : `${names} ${isAssign ? "=" : ":="} `;
  return prefix + commands.map(formatNode).join(" | ");
}

type OtherNode = ListNode | StatementNode | (Placed & { readonly kind: "end" | "else" });

function formatStatement(node: OtherNode): string {
  switch (node.kind) {
    case "list":
      return node.nodes.map(formatNode).join("");
    case "action":
      return `{{${formatPipe(node.pipe)}}}`;
    case "template":
      return `{{template ${quoteGoString(node.name)}${node.pipe === undefined ? "" : ` ${formatPipe(node.pipe)}`}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${formatNode(node.elseList)}`;
      return `{{${node.kind} ${formatPipe(node.pipe)}}}${formatNode(node.list)}${otherwise}{{end}}`;
    }
    case "text":
      return node.text;
    default:
      return `{{${node.kind}}}`;
  }
}
