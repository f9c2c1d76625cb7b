import { memberOf, setMember } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import { compareGoStrings } from "../value/go-string.ts";
import { type GoMap, type GoValue, isMap, typeOf } from "../value/go-value.ts";
import { CallError } from "./call-error.ts";
import { deepCopy } from "./deep-copy.ts";
import { withMust } from "./lists.ts";
import { mergeMaps } from "./merge-maps.ts";
import { isNil, nilMap } from "./nil.ts";
import { textOf } from "./show.ts";

type Dict = GoMap | null;

function read(map: Dict, key: string): GoValue {
  return map === null ? undefined : memberOf(map as JsonObject, key);
}

function write(map: GoMap, key: string, value: GoValue): void {
  setMember(map as JsonObject, key, value as never);
}

function has(map: Dict, key: string): boolean {
  return map !== null && Object.hasOwn(map, key);
}

/** Go gives keys in no order; here they are sorted, so that two renders print the same. */
function sortedKeys(map: Dict): string[] {
  return map === null ? [] : Object.keys(map).sort(compareGoStrings);
}

function dict(values: readonly GoValue[]): GoMap {
  const map: GoMap = {};
  for (let index = 0; index < values.length; index += 2) {
    write(map, textOf(values[index] ?? null), index + 1 < values.length ? values[index + 1] : "");
  }
  return map;
}

function set(map: Dict, key: string, value: GoValue): Dict {
  if (map === null || isNil(map)) throw new CallError("assignment to entry in nil map");
  write(map, key, value);
  return map;
}

function unset(map: Dict, key: string): Dict {
  if (map !== null) Reflect.deleteProperty(map, key);
  return map ?? nilMap();
}

function select(map: Dict, isWanted: (key: string) => boolean): GoMap {
  const selected: GoMap = {};
  for (const key of sortedKeys(map)) if (isWanted(key)) write(selected, key, read(map, key) ?? null);
  return selected;
}

function merge(first: Dict, rest: readonly Dict[], overwrite: boolean): Dict {
  let target = first;
  for (const source of rest) {
    if (source === null || isNil(source)) continue;
    target ??= {};
    mergeMaps(target, source, overwrite);
  }
  return target ?? nilMap();
}

/** An error of mergo's is dropped by `merge`, and with it the value. */
function tryMerge(first: Dict, rest: readonly Dict[], overwrite: boolean): GoValue {
  try {
    return merge(first, rest, overwrite);
  } catch (error) {
    if (error instanceof CallError) return "";
    throw error;
  }
}

/** What a Go type assertion says when it fails. */
function wrongType(value: GoValue, wanted: string): CallError {
  const actual = value === null || value === undefined ? "nil" : typeOf(value).name;
  return new CallError(`interface conversion: interface {} is ${actual}, not ${wanted}`);
}

function asMap(value: GoValue): GoMap {
  const wanted = "map[string]interface {}";
  if (!isMap(value) || typeOf(value).name !== wanted) throw wrongType(value, wanted);
  return value;
}

function dig(params: readonly GoValue[]): GoValue {
  if (params.length < 3) throw new CallError("dig needs at least three arguments");
  let map = asMap(params.at(-1));
  const path = params.slice(0, -2).map((step) => {
    if (typeof step !== "string") throw wrongType(step, "string");
    return step;
  });
  for (const step of path.slice(0, -1)) {
    if (!has(map, step)) return params.at(-2);
    map = asMap(read(map, step));
  }
  const last = path.at(-1) as string;
  return has(map, last) ? (read(map, last) ?? null) : params.at(-2);
}

function copy(value: GoValue): GoValue {
  if (value === null || value === undefined) {
    throw new CallError("reflect: call of reflect.Value.Type on zero Value");
  }
  return deepCopy(value);
}

const maps = "map[string]any";

const copying: Readonly<Record<string, GoFunction>> = {
  deepCopy: goFunction(["any"], "any", (_, value) => copy(value)),
};

/** Functions on maps with string keys. */
export const dictFunctions: FunctionTable = {
  dict: goFunction(["...any"], maps, (_, ...values) => dict(values)),
  get: goFunction([maps, "string"], "any", (_, map, key) => (has(map, key) ? (read(map, key) ?? null) : "")),
  set: goFunction([maps, "string", "any"], maps, (_, map, key, value) => set(map, key, value)),
  unset: goFunction([maps, "string"], maps, (_, map, key) => unset(map, key)),
  hasKey: goFunction([maps, "string"], "bool", (_, map, key) => has(map, key)),
  pluck: goFunction(["string", `...${maps}`], "[]any", (_, key, ...all) =>
    all.filter((map) => has(map, key)).map((map) => read(map, key) ?? null),
  ),
  keys: goFunction([`...${maps}`], "[]string", (_, ...all) => all.flatMap(sortedKeys)),
  values: goFunction([maps], "[]any", (_, map) => sortedKeys(map).map((key) => read(map, key) ?? null)),
  pick: goFunction([maps, "...string"], maps, (_, map, ...keys) => {
    const wanted = new Set(keys);
    return select(map, (key) => wanted.has(key));
  }),
  omit: goFunction([maps, "...string"], maps, (_, map, ...keys) => {
    const unwanted = new Set(keys);
    return select(map, (key) => !unwanted.has(key));
  }),
  merge: goFunction([maps, `...${maps}`], "any", (_, first, ...rest) => tryMerge(first, rest, false)),
  mustMerge: goFunction([maps, `...${maps}`], "any", (_, first, ...rest) => merge(first, rest, false)),
  mergeOverwrite: goFunction([maps, `...${maps}`], "any", (_, first, ...rest) => tryMerge(first, rest, true)),
  mustMergeOverwrite: goFunction([maps, `...${maps}`], "any", (_, first, ...rest) => merge(first, rest, true)),
  dig: goFunction(["...any"], "any", (_, ...params) => dig(params)),
  ...withMust(copying),
};
