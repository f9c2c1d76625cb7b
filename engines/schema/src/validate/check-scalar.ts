import { deepEqual, type Json } from "@eddy/core/json";
import type { PatternTest } from "../patterns.ts";
import { invalidType, invalidValue, tooLong, unsupportedValue, type SchemaProblem } from "../problem.ts";
import type { SchemaNode } from "../schema-node.ts";
import { checkedFormat } from "./check-type.ts";
import { formatCheck } from "./formats.ts";

/** Where a value is: `name` as messages say it (a leading dot at the root's own members), `field` as causes do. */
export interface Place {
  name: string;
  field: string;
}

/** Whether a value is one of an enumeration's. */
export function checkEnum(node: SchemaNode, value: Json, { field }: Place): SchemaProblem | undefined {
  const wanted = node.raw.enum;
  if (!Array.isArray(wanted) || wanted.length === 0) return undefined;
  if (value !== null && wanted.some((one) => deepEqual(one, value))) return undefined;
  return unsupportedValue(field, value, wanted);
}

/** Length in characters, pattern: the first that fails; then the format. */
export function checkString(node: SchemaNode, value: string, place: Place, patterns: PatternTest): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const first = checkLength(node, value, place) ?? checkPattern(node, value, place, patterns);
  if (first !== undefined) problems.push(first);
  const format = checkedFormat(node);
  if (format !== "" && formatCheck(format)?.(value) === false) {
    problems.push(
      invalidType(place.field, value, `${place.name} in body must be of type ${format}: ${JSON.stringify(value)}`),
    );
  }
  return problems;
}

function countCharacters(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) if ((text.codePointAt(index) ?? 0) > 0xffff) pairs++;
  return text.length - pairs;
}

function checkLength({ raw }: SchemaNode, value: string, { name, field }: Place): SchemaProblem | undefined {
  const { maxLength, minLength } = raw;
  if (typeof maxLength === "number" && value.length > maxLength && countCharacters(value) > maxLength)
    return tooLong(field, maxLength);
  if (typeof minLength === "number" && countCharacters(value) < minLength) {
    return invalidValue(field, value, `${name} in body should be at least ${minLength} chars long`);
  }
  return undefined;
}

function checkPattern(
  { raw }: SchemaNode,
  value: string,
  { name, field }: Place,
  patterns: PatternTest,
): SchemaProblem | undefined {
  const { pattern } = raw;
  if (typeof pattern !== "string" || pattern === "") return undefined;
  const found = patterns(pattern, value);
  if (found === true) return undefined;
  const shown = found === false ? pattern : `${pattern}, but pattern is invalid: ${found.problem}`;
  return invalidValue(field, value, `${name} in body should match '${shown}'`);
}

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const maxFloat32 = 3.4028234663852886e38;

/** Range of the format, multipleOf, minimum, maximum. */
export function checkNumber(node: SchemaNode, value: number | bigint, { name, field }: Place): SchemaProblem[] {
  const { raw } = node;
  const problems: SchemaProblem[] = [];
  const add = (wanted: string): void =>
    void problems.push(invalidValue(field, value, `${name} in body should be ${wanted}`));
  const range = checkRange(node, value, name);
  if (range !== undefined) problems.push(range);
  if (typeof raw.multipleOf === "number" && !isMultiple(Number(value), raw.multipleOf))
    add(`a multiple of ${raw.multipleOf}`);
  if (typeof raw.minimum === "number") {
    if (raw.exclusiveMinimum === true ? value <= raw.minimum : value < raw.minimum) {
      add(`${raw.exclusiveMinimum === true ? "greater than" : "greater than or equal to"} ${raw.minimum}`);
    }
  }
  if (typeof raw.maximum === "number") {
    if (raw.exclusiveMaximum === true ? value >= raw.maximum : value > raw.maximum) {
      add(`${raw.exclusiveMaximum === true ? "less than" : "less than or equal to"} ${raw.maximum}`);
    }
  }
  return problems;
}

function checkRange(node: SchemaNode, value: number | bigint, name: string): SchemaProblem | undefined {
  const format = checkedFormat(node);
  const [type = ""] = node.types;
  const isFraction =
    node.types.length === 1 && type === "integer" && typeof value === "number" && !Number.isInteger(value);
  const isOutside =
    (format === "int32" && (value < int32.min || value > int32.max)) ||
    (format === "float" && Math.abs(Number(value)) > maxFloat32);
  if (!isFraction && !isOutside) return undefined;
  const wanted = format === "" ? `${type} (default format)` : `${type} with format ${format}`;
  return invalidValue("<nil>", "", `Checked value must be of type ${wanted} in ${name}`);
}

function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}
