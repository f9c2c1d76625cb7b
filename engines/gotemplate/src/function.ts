import { type GoMethod, type GoType, goType } from "./value/go-type.ts";
import { type GoMap, type GoValue, type Struct, tag } from "./value/go-value.ts";
import type { Integer } from "./value/integer.ts";

/** What a function may use besides its arguments. */
export interface CallContext {
  /** What the caller of `execute` passed as `host`: ports (clock, randomness, lookup) and counters of one render. */
  readonly host: unknown;
  /** The set whose template is running: `overlay()` it for `tpl`. */
  readonly templates: Templates;
  /** Runs a template of a set within the same budget, as `include` and `tpl` do; `missingKey` is kept. */
  execute(templates: Templates, name: string, data: GoValue): string;
  /**
   * Announces work of this many steps or bytes before doing it (`repeat`, `until`, `indent`).
   * @throws BudgetError (terminal) naming the template and line when the budget is used up.
   */
  charge(amount: number): void;
}

/** Templates that know each other by name; the class TemplateSet. */
export interface Templates {
  overlay(): Templates;
  parse(name: string, text: string): void;
  has(name: string): boolean;
}

/** A function of templates: Go types of parameters and result as data, and what it does. */
export interface GoFunction {
  readonly params: readonly GoType[];
  /** Whether the last parameter takes any number of arguments. */
  readonly variadic: boolean;
  readonly result: GoType;
  /**
   * Arguments are already of their types; a parameter that can be nil gets `null`, never `undefined` (but for `value`).
   * Whatever it throws becomes `error calling <name>: <message>`, as Go's error results and panics do.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- checked against `params` before the call
  readonly call: (context: CallContext, ...args: any[]) => GoValue;
}

/** Functions by name. */
export type FunctionTable = Readonly<Record<string, GoFunction>>;

/** Names of parameter types that {@link goFunction} knows how to type. */
export interface ParameterTypes {
  string: string;
  bool: boolean;
  int: Integer;
  int32: Integer;
  int64: Integer;
  rune: Integer;
  uint: Integer;
  uint8: Integer;
  uint32: Integer;
  uint64: Integer;
  float64: number;
  any: GoValue;
  value: GoValue;
  error: GoValue;
  "map[string]any": GoMap | null;
  "map[string]string": Record<string, string> | null;
  "[]any": GoValue[] | null;
  "[]string": string[] | null;
  "[]byte": Uint8Array | null;
}

type Parameter = keyof ParameterTypes | GoType;
type VariadicParameter = `...${keyof ParameterTypes}`;
type ArgumentOf<P> = P extends keyof ParameterTypes ? ParameterTypes[P] : P extends GoType ? Struct : never;

/** Arguments that an implementation gets for these parameters. */
export type ArgumentsOf<P extends readonly unknown[]> = P extends readonly [infer First, ...infer Rest]
  ? First extends `...${infer Name}`
    ? ArgumentOf<Name>[]
    : [ArgumentOf<First>, ...ArgumentsOf<Rest>]
  : [];

/**
 * A function by the Go types of its parameters (the last may be variadic: `"...any"`) and of its result:
 * `goFunction(["int", "string"], "string", (_, count, text) => …)`. A list result is tagged with its Go type.
 */
export function goFunction<const P extends readonly (Parameter | VariadicParameter)[]>(
  params: P,
  result: string | GoType,
  call: (context: CallContext, ...args: ArgumentsOf<P>) => GoValue,
): GoFunction {
  const signature = readSignature(params, result);
  if (!needsTag(signature.result)) return { ...signature, call };
  const type = signature.result;
  const tagging = (context: CallContext, ...args: ArgumentsOf<P>): GoValue => {
    const value = call(context, ...args);
    return typeof value === "object" && value !== null ? tag(value, type) : value;
  };
  return { ...signature, call: tagging };
}

/** A method: like {@link goFunction}, its implementation gets the receiver after the context. */
export function goMethod<Self, const P extends readonly (Parameter | VariadicParameter)[]>(
  params: P,
  result: string | GoType,
  call: (context: CallContext, self: Self, ...args: ArgumentsOf<P>) => GoValue,
): GoMethod {
  const signature = readSignature(params, result);
  if (!needsTag(signature.result)) return { ...signature, call };
  const type = signature.result;
  const tagging = (context: CallContext, self: Self, ...args: ArgumentsOf<P>): GoValue => {
    const value = call(context, self, ...args);
    return typeof value === "object" && value !== null ? tag(value, type) : value;
  };
  return { ...signature, call: tagging };
}

function readSignature(
  params: readonly (string | GoType)[],
  result: string | GoType,
): { params: GoType[]; variadic: boolean; result: GoType } {
  const last = params.at(-1);
  const types = params.map((param) => (typeof param === "string" ? goType(param.replace("...", "")) : param));
  return {
    params: types,
    variadic: typeof last === "string" && last.startsWith("..."),
    result: typeof result === "string" ? goType(result) : result,
  };
}

function needsTag({ kind, name }: GoType): boolean {
  if (kind !== "slice" && kind !== "map") return false;
  return name !== "[]interface {}" && name !== "map[string]interface {}" && name !== "[]uint8";
}
