/**
 * Go's text/template and fmt, with sprig's and Helm's functions.
 *
 * Not Helm: charts, values and `include` are engines/helm. What a template sees is described at {@link GoValue}; functions are
 * data made by {@link goFunction}. Entry points: {@link TemplateSet}, {@link sprintf}.
 */
export type { BudgetOptions } from "./execute/budget.ts";
export { isEqual, isLess } from "./execute/compare.ts";
export type { MissingKey } from "./execute/run.ts";
export { isTrue } from "./execute/truth.ts";
export { formatFloat, type FloatFormat } from "./fmt/float.ts";
export { quoteGoString } from "./fmt/quote.ts";
export { sprint } from "./fmt/sprint.ts";
export { sprintf } from "./fmt/sprintf.ts";
export { sprintln } from "./fmt/sprintln.ts";
export {
  type ArgumentsOf,
  type CallContext,
  type FunctionTable,
  goFunction,
  type GoFunction,
  goMethod,
  type ParameterTypes,
  type Templates,
} from "./function.ts";
export { type Randomness, seededRandomness, systemRandomness } from "./sprig/randomness.ts";
export { helmFunctions, type HelmFunctionsOptions } from "./sprig/table.ts";
export { formatTimestamp } from "./sprig/time/format-timestamp.ts";
export { BudgetError, ExecuteError, ParseError, TemplateError, type TemplatePlace } from "./template-error.ts";
export { type ExecuteOptions, TemplateSet, type TemplateSetOptions } from "./template-set.ts";
export {
  byteLength,
  compareGoStrings,
  decodeGoString,
  encodeGoString,
  isAscii,
  normalizeGoString,
  sliceGoString,
  toValidText,
} from "./value/go-string.ts";
export {
  type GoKind,
  type GoMethod,
  goType,
  type GoType,
  type GoTypeOptions,
  namedType,
  pointerTo,
  structType,
} from "./value/go-type.ts";
export { Complex, type GoMap, type GoValue, isMap, Sequence, Struct, tag, tagOf, typeOf } from "./value/go-value.ts";
export { int, int64, integer, Integer, type IntegerType } from "./value/integer.ts";
export { toPlain } from "./value/to-plain.ts";
export { zeroOf } from "./value/zero.ts";
