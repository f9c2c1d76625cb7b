import { hasReason } from "@eddy/kube";
import type { ForeignDefinition } from "../controller/index.ts";
import { statusBy } from "../health/index.ts";
import type { DependencyPorts } from "./check-dependencies.ts";
import { foreignReferencesOf, type Dependant } from "./dependency.ts";
import { isRefused, readerOf } from "./read-foreign.ts";

/** How a controller watches dependencies of kinds that it does not know. Who may not read one is not told of it either. */
export function foreignDependencies<T extends Dependant>(
  ports: Pick<DependencyPorts, "kube" | "settings">,
): ForeignDefinition<T> {
  return {
    references: foreignReferencesOf,
    stateOf: (object, clock) => statusBy(clock)(object),
    async mayBeTold(object, ref) {
      if (ref.namespace !== "" && isRefused(object, ref, ports)) return false;
      const reader = readerOf(object, ports);
      if (reader === ports.kube) return true;
      try {
        await reader.get(ref, { metadataOnly: true });
        return true;
      } catch (error) {
        return !hasReason(error, "Forbidden");
      }
    },
  };
}
