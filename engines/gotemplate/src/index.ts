/**
 * Go's text/template and fmt, with sprig's and Helm's functions.
 *
 * What a template sees is described at {@link GoValue}; functions are data made by {@link goFunction}. Entry points: a set of
 * templates that know each other, and `sprintf`.
 */
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
export { BudgetError, ExecuteError, ParseError, TemplateError, type TemplatePlace } from "./template-error.ts";
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
