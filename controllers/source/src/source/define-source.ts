import { fluxFinalizer, sourceControllerName, sourceStatusManager } from "@eddy/api";
import {
  defineController,
  suspendedConditions,
  type ControllerDefinition,
  type WatchDefinition,
} from "@eddy/runtime/controller";
import type { Source } from "./source.ts";

/** The fields that are the same for every source. */
type Given = "name" | "fieldManager" | "finalizer";

/** A controller definition of the source controller, under its name, field manager and finalizer. */
export function defineSource<T extends Source, Ports>(
  definition: Omit<ControllerDefinition<T, Ports>, Given>,
): ControllerDefinition<T, Ports> {
  return defineController<T, Ports>({
    name: sourceControllerName,
    fieldManager: sourceStatusManager,
    finalizer: fluxFinalizer,
    // One that was never looked at stays in progress.
    observesSuspended: ({ status }) => (status?.conditions?.length ?? 0) > 0,
    conditionsWhenSuspended: suspendedConditions,
    ...definition,
  });
}

/** Secrets that are read when a pass needs them: their metadata tells when they changed. */
export const secretWatch: WatchDefinition = { kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true };

/** What a pass over the object reads of Secrets; names that are absent are passed over. */
export function secretReferences(
  { metadata }: Source,
  ...refs: readonly ({ name: string } | undefined)[]
): { group: string; kind: string; namespace: string; name: string }[] {
  const namespace = metadata.namespace ?? "";
  return refs.flatMap((ref) => (ref ? [{ group: "", kind: "Secret", namespace, name: ref.name }] : []));
}
