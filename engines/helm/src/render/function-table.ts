import type { FunctionTable } from "@eddy/gotemplate";
import type { HelmDialect } from "../dialect.ts";
import type { RenderOptions } from "./options.ts";
import { helmFunctions } from "./template-functions.ts";

/** The functions of a dialect's templates. */
export function helmFunctionsOf(_dialect: HelmDialect): FunctionTable {
  return helmFunctions;
}

/** Runs a render with the ports of its options. */
export function withPorts<T>(_options: RenderOptions, render: () => T): T {
  return render();
}
