import { messageOf } from "@eddy/core/errors";
import { BudgetError, ExecuteError, ParseError, TemplateError } from "@eddy/gotemplate";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";

/** Between these stands what `fail` and `required` say. */
export const warningStart = "HELM_ERR_START";
/** See {@link warningStart}. */
export const warningEnd = "HELM_ERR_END";

/** An error of parsing a template, as Helm tells it. Source: Helm `cleanupParseError`. */
export function parseFailure(path: string, cause: unknown): HelmError {
  if (!(cause instanceof ParseError)) return otherFailure(path, cause);
  const parts = cause.message.split(": ");
  const message =
    parts.length === 1 ? `parse error in (${path}): ${cause.message}` : `parse error at (${parts[1]}): ${parts.at(-1)}`;
  return failure(message, path, cause);
}

/** An error of running a template, as the dialect tells it. Source: Helm `cleanupExecError`, `reformatExecErrorMsg`. */
export function executeFailure(path: string, cause: unknown, dialect: HelmDialect): HelmError {
  if (!(cause instanceof ExecuteError)) return otherFailure(path, cause);
  const { message } = cause;
  const [first, location, rest] = splitThree(message);
  if (location === undefined || rest === undefined) {
    return failure(`execution error in (${path}): ${message}`, path, cause);
  }
  const said = saidIn(rest);
  if (first !== undefined && said !== undefined)
    return failure(`execution error at (${location}): ${said}`, path, cause);
  const chained = dialectRules[dialect].chainErrors ? chainOf(cause) : undefined;
  return failure(chained ?? message, path, cause);
}

function otherFailure(path: string, cause: unknown): HelmError {
  if (cause instanceof BudgetError) {
    // A text of `tpl` has no name of its own.
    const where = cause.message.includes(path) ? "" : `, rendering ${path}`;
    return failure(cause.message + where, path, cause, "HELM_BUDGET");
  }
  return failure(messageOf(cause), path, cause);
}

function failure(message: string, path: string, cause: unknown, code = "HELM_TEMPLATE"): HelmError {
  const place = cause instanceof TemplateError ? cause.place : undefined;
  const position =
    place === undefined
      ? { file: path }
      : {
          file: place.template,
          line: place.line,
          ...(place.column === undefined ? {} : { column: place.column + 1 }),
        };
  return new HelmError(message, { code, cause, position });
}

function splitThree(message: string): [string?, string?, string?] {
  const first = message.indexOf(": ");
  const second = first < 0 ? -1 : message.indexOf(": ", first + 2);
  if (second < 0) return [message];
  return [message.slice(0, first), message.slice(first + 2, second), message.slice(second + 2)];
}

function saidIn(text: string): string | undefined {
  const start = text.indexOf(warningStart);
  const end = text.lastIndexOf(warningEnd);
  return start < 0 || end < start ? undefined : text.slice(start + warningStart.length, end);
}

/** The chain of templates, one or more lines each; undefined where something in it is not told by a template. */
function chainOf(error: ExecuteError): string | undefined {
  const links: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const link = linkOf(current.message);
    if (link === undefined) return undefined;
    if (links.at(-1) !== link) links.push(link);
  }
  return links.join("").trim();
}

function linkOf(message: string): string | undefined {
  if (!message.startsWith("template: ")) return undefined;
  const rest = message.slice("template: ".length);
  if (rest.startsWith("no template ")) return `${message}\n`;
  return executingLink(rest) ?? simpleLink(rest);
}

function withoutNext(message: string): string {
  const cut = message.indexOf(" template:");
  return cut < 0 ? message : message.slice(0, cut);
}

function executingLink(rest: string): string | undefined {
  const mark = ": executing ";
  const at = rest.indexOf(mark);
  const match = at < 0 ? null : /^"([^"]*)" at <([\s\S]*?)>: ([\s\S]*)$/.exec(rest.slice(at + mark.length));
  if (match === null) return undefined;
  const [, name, node, message = ""] = match;
  return `${rest.slice(0, at)}\n  executing "${name}" at <${node}>:\n    ${withoutNext(message)}\n`;
}

function simpleLink(rest: string): string | undefined {
  const at = rest.lastIndexOf(": ");
  return at < 0 ? undefined : `${rest.slice(0, at)}\n  ${withoutNext(rest.slice(at + 2))}\n`;
}
