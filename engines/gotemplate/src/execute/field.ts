import { memberOf } from "@eddy/core/json";
import { quoteGoString } from "../fmt/quote.ts";
import type { GoMethod, GoType } from "../value/go-type.ts";
import { type GoMap, type GoValue, isMap, Struct, tagOf, typeOf } from "../value/go-value.ts";
import { zeroOf } from "../value/zero.ts";
import type { Run } from "./run.ts";

/** A call of a method found at run time, with its arguments; undefined where the field is given none. */
export interface MethodCall {
  readonly call: (run: Run, dot: GoValue, receiver: GoValue, name: string, method: GoMethod, final: GoValue) => GoValue;
  readonly hasArguments: boolean;
}

/** Reads `.a.b.c` of a receiver as Go's evalFieldChain does; the last name may be a method with arguments. */
export function evaluateFields(
  run: Run,
  dot: GoValue,
  first: GoValue,
  names: readonly string[],
  last: MethodCall,
  bare: MethodCall,
  firstIsInterface: boolean,
  final: GoValue,
): GoValue {
  let receiver = first;
  let isInterface = firstIsInterface;
  const lastIndex = names.length - 1;
  for (let index = 0; index < lastIndex; index++) {
    const name = names[index] as string;
    const value = fieldOf(run, dot, receiver, name, bare, isInterface, undefined);
    isInterface = isPlain(receiver) || givesInterface(receiver, name);
    receiver = value;
  }
  const name = names[lastIndex] as string;
  const value = fieldOf(run, dot, receiver, name, last, isInterface, final);
  run.fieldIsInterface = isPlain(receiver) || givesInterface(receiver, name);
  return value;
}

/** Whether a name is nothing that every JavaScript object inherits, so that reading it needs no check. */
export function isOrdinaryName(name: string): boolean {
  return !(name in Object.prototype);
}

/**
 * The member that a chain of ordinary names leads to through maps of interfaces alone; undefined where something else must be
 * looked at. Most fields of most templates are read this way.
 */
export function readPlainFields(first: GoValue, names: readonly string[]): GoValue {
  let value = first;
  for (const name of names) {
    if (!isMap(value)) return undefined;
    const type = tagOf(value);
    if (type !== undefined && (type.elem?.kind !== "interface" || methodOf(type, name) !== undefined)) return undefined;
    value = value[name];
  }
  return value;
}

function isPlain(receiver: GoValue): boolean {
  return isMap(receiver) && tagOf(receiver) === undefined;
}

/** Whether the static type of a field or method's result is an interface. */
function givesInterface(receiver: GoValue, name: string): boolean {
  if (receiver === undefined || receiver === null) return false;
  const type = typeOf(receiver);
  const method = methodOf(type, name);
  if (method !== undefined) return method.result.kind === "interface";
  const field = type.kind === "map" ? type.elem : (fieldsOf(type) ?? {})[name];
  return field?.kind === "interface";
}

function methodOf(type: GoType, name: string): GoMethod | undefined {
  const { methods } = type;
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function fieldsOf(type: GoType): Readonly<Record<string, GoType>> | undefined {
  return type.kind === "ptr" ? type.elem?.fields : type.fields;
}

function fieldOf(
  run: Run,
  dot: GoValue,
  receiver: GoValue,
  name: string,
  method: MethodCall,
  isInterface: boolean,
  final: GoValue,
): GoValue {
  if (receiver === undefined) {
    if (run.missingKey === "error") run.fail(`nil data; no entry for key ${quoteGoString(name)}`);
    return undefined;
  }
  if (receiver === null) return run.fail(`nil pointer evaluating interface {}.${name}`);
  if (isMap(receiver)) {
    const type = tagOf(receiver);
    const found = type === undefined ? undefined : methodOf(type, name);
    if (found !== undefined) return method.call(run, dot, receiver, name, found, final);
    return memberOfMap(run, receiver, name, type, method.hasArguments);
  }
  return fieldOfOther(run, dot, receiver, name, method, isInterface, final);
}

function memberOfMap(run: Run, map: GoMap, name: string, type: GoType | undefined, hasArguments: boolean): GoValue {
  if (hasArguments) run.fail(`${name} is not a method but has arguments`);
  const value = memberOf(map as never, name) as GoValue;
  if (value !== undefined || run.missingKey === "default") return value;
  if (run.missingKey === "error") run.fail(`map has no entry for key ${quoteGoString(name)}`);
  return type?.elem === undefined ? null : zeroOf(type.elem);
}

function fieldOfOther(
  run: Run,
  dot: GoValue,
  receiver: GoValue,
  name: string,
  method: MethodCall,
  isInterface: boolean,
  final: GoValue,
): GoValue {
  const type = typeOf(receiver);
  const found = methodOf(type, name);
  if (found !== undefined) return method.call(run, dot, receiver, name, found, final);
  if (receiver instanceof Struct && Object.hasOwn(fieldsOf(type) ?? {}, name)) {
    if (method.hasArguments) run.fail(`${name} has arguments but cannot be invoked as function`);
    const value = memberOf(receiver.fields as never, name) as GoValue;
    return value === undefined ? zeroOf((fieldsOf(type) as Record<string, GoType>)[name] as GoType) : value;
  }
  return run.fail(`can't evaluate field ${name} in type ${isInterface ? "interface {}" : type.name}`);
}
