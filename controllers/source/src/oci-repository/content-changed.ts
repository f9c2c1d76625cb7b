import type { OCIRepository } from "@eddy/api";
import { deepEqual } from "@eddy/core/json";

/** Whether the same digest must be stored anew, because what is taken of it is configured differently. */
export function contentChanged({ spec, status }: OCIRepository): boolean {
  return spec.ignore !== status?.observedIgnore || !deepEqual(spec.layerSelector, status?.observedLayerSelector);
}

/** The `observed*` fields of a stored artifact. Null removes a field. */
export function observedContent({ spec }: OCIRepository): {
  observedIgnore: string | null;
  observedLayerSelector: NonNullable<OCIRepository["spec"]["layerSelector"]> | null;
} {
  return { observedIgnore: spec.ignore ?? null, observedLayerSelector: spec.layerSelector ?? null };
}
