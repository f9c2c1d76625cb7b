import { isMap, weighType, type CostMeter } from "./cost-meter.ts";

type Cost = (meter: CostMeter, values: readonly unknown[]) => number;

/** Finding the overload that fits. */
const dispatch = 5;
/** Formatting a time for another zone, which Intl takes its time for. */
const zoned = 2_000;
/** Reading an address, a version or the like. */
const parsing = 50;

/** Steps of calling a function with these values, the receiver first; what it returns is weighed apart. */
export function costOfCall(meter: CostMeter, name: string, values: readonly unknown[]): number {
  const special = Object.hasOwn(costs, name) ? costs[name] : undefined;
  return dispatch + (special ?? weighAll)(meter, values);
}

/** Steps of handling what a call returned. */
export function costOfResult(name: string, result: unknown): number {
  if (typeof result === "string" || result instanceof Uint8Array) return result.length / 10;
  if (passing.has(name)) return 0;
  return Array.isArray(result) ? result.length : isMap(result) ? weighType(result) : 0;
}

/** Functions that return what they were given. */
const passing = new Set(["value", "dyn", "min", "max"]);

const weighAll: Cost = (meter, values) => values.reduce((sum: number, value) => sum + meter.weigh(value), 0);
const weighTypes: Cost = (_meter, values) => values.reduce((sum: number, value) => sum + weighType(value), 0);

function lengthOf(value: unknown): number {
  return typeof value === "string" || value instanceof Uint8Array || Array.isArray(value) ? value.length : 0;
}

/** Each character, or each element, with each of another. */
function pairs(meter: CostMeter, left: unknown, right: unknown): number {
  if (!Array.isArray(left)) return Math.ceil(lengthOf(left) / 10) * Math.ceil(lengthOf(right) / 10);
  if (!Array.isArray(right)) return left.length * meter.weigh(right);
  return Math.min(left.length * meter.weigh(right), right.length * meter.weigh(left));
}

const search: Cost = (meter, values) => weighAll(meter, values) + pairs(meter, values[0], values[1]);
const ofSets: Cost = (meter, values) => weighAll(meter, values) + 2 * pairs(meter, values[1], values[2]);
const parse: Cost = (meter, values) => parsing * values.length + weighAll(meter, values) + lengthOf(values.at(-1));
/** Digits may belong to the number or to its exponent; more than 256 characters are not looked at. */
const readQuantity: Cost = (meter, values) => parse(meter, values) + Math.min(lengthOf(values[0]), 256) ** 2 / 20;
const eachCharacter: Cost = (meter, values) => weighAll(meter, values) + lengthOf(values[0]) / 2;

const getters = "Date DayOfMonth DayOfWeek DayOfYear FullYear Hours Milliseconds Minutes Month Seconds".split(" ");
const parsers = "url isURL ip isIP cidr isCIDR containsIP containsCIDR semver".split(" ");

/** Calls that take more, or less, than walking their values once. */
const costs: Readonly<Record<string, Cost>> = {
  ...Object.fromEntries(parsers.map((name) => [name, parse])),
  ...Object.fromEntries(getters.map((name) => [`get${name}`, (_meter, values) => (values.length > 1 ? zoned : 1)])),
  // Versions that are none are thrown.
  isSemver: (meter, values) => 4 * parsing + parse(meter, values),
  size: (_meter, [value]) => weighType(value) + (Array.isArray(value) ? 0 : lengthOf(value) / 10),
  dyn: weighTypes,
  type: weighTypes,
  contains: (meter, values) => (typeof values[0] === "string" ? search : ofSets)(meter, values),
  equivalent: ofSets,
  intersects: ofSets,
  indexOf: search,
  lastIndexOf: search,
  replace: search,
  // Without a separator every character is an element.
  split: (meter, values) => search(meter, values) + (values[1] === "" ? lengthOf(values[0]) : 0),
  join: (meter, values) => weighAll(meter, values) + lengthOf(values[0]) * Math.ceil(lengthOf(values[1]) / 10),
  distinct: (meter, [list]) => pairs(meter, list, list) / 4,
  sort: (meter, [list]) => meter.weigh(list) * Math.ceil(Math.log2(lengthOf(list) + 2)),
  charAt: eachCharacter,
  reverse: eachCharacter,
  json: (meter, values) => weighAll(meter, values) + lengthOf(values[0]),
  // The engine looks for a unit from every digit anew, and parts the digits in every way there is.
  duration: (meter, [text]) => 20 + meter.weigh(text) + lengthOf(text) ** 3 / 30,
  quantity: readQuantity,
  isQuantity: readQuantity,
  format: (meter, values) => 20 + weighAll(meter, values) + lengthOf(values[0]),
};

/** Steps of an operator. */
export function costOfOperator(meter: CostMeter, operator: string, left: unknown, right: unknown): number {
  if (operator === "in") return costOfIn(meter, left, right);
  if (operator === "+" && Array.isArray(left) && Array.isArray(right))
    return weighType(left) + weighType(right) + left.length + right.length;
  if (operator !== "+" && typeof left === "string" && typeof right === "string")
    return 1 + Math.min(left.length, right.length) / 10;
  return meter.weigh(left) + meter.weigh(right);
}

function costOfIn(meter: CostMeter, value: unknown, collection: unknown): number {
  if (isMap(collection)) return typeof value === "string" ? 1 : weighType(collection) + meter.weigh(value);
  const own = meter.weigh(value);
  return meter.weigh(collection) + (typeof value === "object" ? lengthOf(collection) : 1) * own;
}
