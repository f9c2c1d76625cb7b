import { quoteGo } from "@eddy/core/go-text";
import { messageOf } from "@eddy/core/errors";
import {
  BudgetError,
  type CallContext,
  type FunctionTable,
  goFunction,
  type GoValue,
  int64,
  type Templates,
} from "@eddy/gotemplate";
import { warningEnd, warningStart } from "./render-error.ts";
import { hostOf } from "./template-host.ts";

const maxIncludes = 1_000;

function include(context: CallContext, name: string, data: GoValue): string {
  const { included } = hostOf(context);
  const running = included.get(name) ?? 0;
  if (running > maxIncludes)
    throw new Error(`rendering template has a nested reference name: ${name}: unable to execute template`);
  included.set(name, running + 1);
  try {
    return context.execute(context.templates, name, data);
  } finally {
    included.set(name, (included.get(name) ?? 1) - 1);
  }
}

/** Upstream names every text of `tpl` so. */
const tplName = "gotpl";

/**
 * Runs a text as a template that sees all others and keeps what it defines to itself. Source: Helm `tplFun`.
 */
function tpl(context: CallContext, text: string, data: GoValue): string {
  const output = text.includes("{{") ? runText(context, text, data) : text;
  return output.replaceAll("<no value>", "");
}

function runText(context: CallContext, text: string, data: GoValue): string {
  const templates = context.templates.overlay();
  parseText(templates, text);
  try {
    return context.execute(templates, tplName, data);
  } catch (cause) {
    if (cause instanceof BudgetError) throw cause;
    if (isStackOverflow(cause)) throw new RangeError("Maximum call stack size exceeded", { cause });
    throw new Error(`error during tpl function execution for ${quoteGo(text)}: ${shortened(messageOf(cause))}`, {
      cause,
    });
  }
}

const maxMessage = 16_384;

/** A thousand texts in texts would tell of each other at a length that takes longer than they did. */
function shortened(message: string): string {
  if (message.length <= maxMessage) return message;
  return `${message.slice(0, maxMessage / 2)} … ${message.slice(-maxMessage / 2)}`;
}

/** The stack is full: nothing can be worded here, and what began the templates says where. */
function isStackOverflow(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return cause.message.endsWith("Maximum call stack size exceeded") || cause.message.endsWith("Stack overflow");
}

function parseText(templates: Templates, text: string): void {
  // Inside another `tpl`, a text of nothing but definitions must not leave the outer text to be run again.
  const onlyDefines = templates.has(tplName) && /\{\{-?\s*(?:\/\*|define|block)/.test(text);
  try {
    templates.parse(tplName, onlyDefines ? `${text}{{""}}` : text);
  } catch (cause) {
    if (isStackOverflow(cause)) throw new RangeError("Maximum call stack size exceeded", { cause });
    throw new Error(`cannot parse template ${quoteGo(text)}: ${messageOf(cause)}`, { cause });
  }
}

function required(context: CallContext, warning: string, value: GoValue): GoValue {
  if (value !== null && value !== undefined && value !== "") return value;
  if (hostOf(context).lint) return "";
  throw new Error(warningStart + warning + warningEnd);
}

function fail(context: CallContext, message: string): string {
  if (hostOf(context).lint) return "";
  throw new Error(warningStart + message + warningEnd);
}

function lookup(context: CallContext, apiVersion: string, kind: string, namespace: string, name: string): GoValue {
  const { lookup: port } = hostOf(context);
  return toObjectValue(port?.lookup(apiVersion, kind, namespace, name) ?? {});
}

/** An object of a cluster: whole numbers are int64 there, and not float64 as in values. */
function toObjectValue(value: unknown): GoValue {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) return int64(value);
  if (Array.isArray(value)) return value.map(toObjectValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toObjectValue(member)]));
}

/** The functions that need the chart, or the cluster. Source: Helm `engine.initFunMap`. */
export const chartFunctions: FunctionTable = {
  include: goFunction(["string", "any"], "string", include),
  tpl: goFunction(["string", "any"], "string", tpl),
  required: goFunction(["string", "any"], "any", required),
  fail: goFunction(["string"], "string", fail),
  lookup: goFunction(["string", "string", "string", "string"], "map[string]any", lookup),
};
