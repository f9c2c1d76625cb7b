import type { ForeignDefinition } from "../controller/index.ts";
import { statusBy } from "../health/index.ts";
import { foreignReferencesOf, type Dependant } from "./dependency.ts";

/** How a controller watches dependencies of kinds that it does not know. */
export const foreignDependencies: ForeignDefinition<Dependant> = {
  references: foreignReferencesOf,
  stateOf: (object, clock) => statusBy(clock)(object),
};
