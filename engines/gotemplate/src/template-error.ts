import { EddyError } from "@eddy/core/errors";

/** Where in a template something is wrong. */
export interface TemplatePlace {
  /** Name of the template text (the outermost name it was parsed with). */
  template: string;
  line: number;
  /** Counted in bytes from 0, as Go prints it. */
  column?: number;
  /** The node at fault as Go prints it, cut to 20 characters. */
  node?: string;
}

/** A template is not what it should be, or failed while running; terminal. The message is Go's, with its position. */
export class TemplateError extends EddyError {
  override readonly name: string = "TemplateError";
  readonly place: TemplatePlace | undefined;

  constructor(code: string, message: string, place?: TemplatePlace, cause?: unknown) {
    super(code, message, {
      class: "terminal",
      ...(place === undefined ? {} : { position: { file: place.template, line: place.line } }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.place = place;
  }
}

/** A template cannot be parsed: `template: <name>:<line>: <what>`. Code TEMPLATE_PARSE. */
export class ParseError extends TemplateError {
  override readonly name: string = "ParseError";

  constructor(message: string, place?: TemplatePlace) {
    super("TEMPLATE_PARSE", message, place);
  }
}

/**
 * A template failed while running: `template: <name>:<line>:<column>: executing "<name>" at <<node>>: <what>`. Code
 * TEMPLATE_EXECUTE; `cause` is what a function threw.
 */
export class ExecuteError extends TemplateError {
  override readonly name: string = "ExecuteError";
  /** Name of the template that was executed. */
  readonly template: string;

  constructor(message: string, template: string, place?: TemplatePlace, cause?: unknown) {
    super("TEMPLATE_EXECUTE", message, place, cause);
    this.template = template;
  }
}

/** A template was stopped because it used more steps, output, depth or time than it may. Code TEMPLATE_BUDGET. */
export class BudgetError extends TemplateError {
  override readonly name: string = "BudgetError";

  constructor(message: string, place?: TemplatePlace) {
    super("TEMPLATE_BUDGET", message, place);
  }
}
