import type { HelmRelease } from "@eddy/api";
import { cloneJson, type ObjectRef } from "@eddy/core/object";
import type { Values } from "@eddy/helm";
import { composeValues } from "./compose-values.ts";
import type { ValuesStore } from "./values-store.ts";

/** Every Secret and ConfigMap that `spec.valuesFrom` names. */
export function valuesRefsOf({ spec, metadata }: HelmRelease): ObjectRef[] {
  const namespace = metadata.namespace ?? "";
  return (spec.valuesFrom ?? []).map(({ kind, name }) => ({ group: "", kind, namespace, name }));
}

/**
 * The values that a release is made with: those of `spec.valuesFrom` and `spec.values`.
 * @throws EddyError VALUES_REFERENCE (retry) in upstream's words
 */
export async function loadValues(object: HelmRelease, values: ValuesStore): Promise<Values> {
  const refs = valuesRefsOf(object);
  const references = await Promise.all(
    (object.spec.valuesFrom ?? []).map(async (reference, index) => ({
      reference,
      ...(await values.read(refs[index] as ObjectRef)),
    })),
  );
  const inline = asFloats(cloneJson(object.spec.values ?? {}));
  return composeValues(object.metadata.namespace ?? "", inline, references);
}

// Go decodes the numbers of JSON as floats, however many digits they have.
function asFloats(values: Values): Values {
  return JSON.parse(
    JSON.stringify(values, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
  ) as Values;
}
