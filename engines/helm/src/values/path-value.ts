import { isObject, memberOf } from "@eddy/core/json";
import type { Value, Values } from "./values.ts";

/** The table at a path like `a.b`, or undefined where a step is missing or no table. Source: Helm `Values.Table`. */
export function tableAt(values: Values, path: string): Values | undefined {
  let table: Values = values;
  for (const step of path.split(".")) {
    const next = memberOf(table, step);
    if (!isObject(next)) return undefined;
    table = next;
  }
  return table;
}

/** The value at a path like `a.b`, or undefined where there is none or a table. Source: Helm `Values.PathValue`. */
export function valueAtPath(values: Values, path: string): Value | undefined {
  const dot = path.lastIndexOf(".");
  const table = dot < 0 ? values : tableAt(values, path.slice(0, dot));
  const value = table === undefined ? undefined : memberOf(table, path.slice(dot + 1));
  return isObject(value) ? undefined : value;
}
