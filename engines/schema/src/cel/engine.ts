import type * as CelModuleTypes from "@marcbachmann/cel-js";
import type { Environment, EvaluationError } from "@marcbachmann/cel-js";
import type { RE2JS as Re2 } from "re2js";
import { CostMeter } from "./cost-meter.ts";
import { registerAddresses } from "./library-addresses.ts";
import { registerLists } from "./library-lists.ts";
import { registerOptionals } from "./library-optionals.ts";
import { registerQuantities } from "./library-quantities.ts";
import { registerStrings } from "./library-strings.ts";

/** The CEL package, loaded when the first expression is compiled. */
export type CelModule = typeof CelModuleTypes;

/** What libraries need to register themselves. */
export interface LibraryContext {
  env: Environment;
  cel: CelModule;
  re2: typeof Re2;
  /** Counts the steps of the evaluation that runs; what the values of a call weigh is counted by `costOfCall`. */
  meter: CostMeter;
  /** An evaluation error with this text. */
  fail(message: string): EvaluationError;
}

/** The engine with every library function registered. */
export interface Engine {
  cel: CelModule;
  base: Environment;
  meter: CostMeter;
  fail(message: string): EvaluationError;
}

let engine: Promise<Engine> | undefined;

/** Loads and prepares the engine once. */
export function loadEngine(): Promise<Engine> {
  return (engine ??= buildEngine());
}

/** Bounds of one expression; what it may cost at run time is bounded by `meterExpression`. */
const limits = {
  maxAstNodes: 20_000,
  maxDepth: 100,
  maxListElements: 1_000,
  maxMapEntries: 1_000,
  maxCallArguments: 32,
};

async function buildEngine(): Promise<Engine> {
  // Versions bring the RE2 engine along with them, so they too are loaded late.
  const [cel, { RE2JS }, { registerVersions }] = await Promise.all([
    import("@marcbachmann/cel-js"),
    import("re2js"),
    import("./library-versions.ts"),
  ]);
  const base = new cel.Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  const fail = (message: string): EvaluationError => new cel.EvaluationError(message);
  const meter = new CostMeter();
  const context: LibraryContext = { env: base, cel, re2: RE2JS, meter, fail };
  for (const register of [
    registerStrings,
    registerLists,
    registerOptionals,
    registerQuantities,
    registerVersions,
    registerAddresses,
  ]) {
    register(context);
  }
  return { cel, base, meter, fail };
}
