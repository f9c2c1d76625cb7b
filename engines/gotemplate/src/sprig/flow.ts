import { type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import { CallError } from "./call-error.ts";

/** In its place stands what a renderer of charts gives: these need the chart, its templates or a cluster. */
function placeFor(name: string, params: Parameters<typeof goFunction>[0], result: string): GoFunction {
  return goFunction(params, result, () => {
    throw new CallError(`${name} is not there: it is given by the renderer of a chart`);
  });
}

/** Functions that end a template, and the places of Helm's functions that a renderer gives. */
export const flowFunctions: FunctionTable = {
  fail: goFunction(["string"], "string", (_, message) => {
    throw new CallError(message);
  }),
  include: placeFor("include", ["string", "any"], "string"),
  tpl: placeFor("tpl", ["string", "any"], "string"),
  required: placeFor("required", ["string", "any"], "any"),
  lookup: placeFor("lookup", ["string", "string", "string", "string"], "map[string]any"),
};
