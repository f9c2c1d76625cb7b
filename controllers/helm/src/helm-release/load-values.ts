import type { HelmRelease } from "@eddy/api";
import { cloneJson, type ObjectRef } from "@eddy/core/object";
import type { Values } from "@eddy/helm";
import { composeValues, type ResolvedReference } from "./compose-values.ts";
import { hasReason } from "@eddy/kube";
import type { DataStore } from "@eddy/runtime/data";

/** Every Secret and ConfigMap that `spec.valuesFrom` names. */
export function valuesRefsOf({ spec, metadata }: HelmRelease): ObjectRef[] {
  const namespace = metadata.namespace ?? "";
  return (spec.valuesFrom ?? []).map(({ kind, name }) => ({ group: "", kind, namespace, name }));
}

/**
 * The values that a release is made with: those of `spec.valuesFrom` and `spec.values`.
 * @throws EddyError VALUES_REFERENCE (retry) in upstream's words
 */
export async function loadValues(object: HelmRelease, data: DataStore): Promise<Values> {
  const refs = valuesRefsOf(object);
  const references = await Promise.all(
    (object.spec.valuesFrom ?? []).map(async (reference, index) => ({
      reference,
      ...(await resolve(refs[index] as ObjectRef, data)),
    })),
  );
  const inline = asFloats(cloneJson(object.spec.values ?? {}));
  return composeValues(object.metadata.namespace ?? "", inline, references);
}

async function resolve(ref: ObjectRef, data: DataStore): Promise<Omit<ResolvedReference, "reference">> {
  try {
    return { data: await data.require(ref) };
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
    return { data: undefined, missing: error.message };
  }
}

// Go decodes the numbers of JSON as floats, however many digits they have.
function asFloats(values: Values): Values {
  return JSON.parse(
    JSON.stringify(values, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
  ) as Values;
}
