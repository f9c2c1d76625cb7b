/**
 * Structural schemas of CRDs and OpenAPI schemas of built-in kinds: validate, prune, default, list unknown fields, CEL rules.
 *
 * Not a registry of kinds, not a general JSON schema validator. Messages and causes are the API server's. The CEL and RE2
 * engines are loaded when the first schema or expression needs them. Entry points: {@link createValidator}, {@link compileCel}.
 */
export { createValidator } from "./validator.ts";
export type { CreateValidatorOptions, Validator } from "./validator-types.ts";
export {
  duplicateValue,
  forbiddenValue,
  formatInvalid,
  invalidType,
  invalidValue,
  requiredValue,
  tooLong,
  tooMany,
  unsupportedValue,
  type ProblemReason,
  type SchemaProblem,
} from "./problem.ts";
export { checkStructural } from "./structural.ts";
export { compileCel } from "./cel/compile.ts";
export type { CelProgram, CompileCelOptions } from "./cel/types.ts";
