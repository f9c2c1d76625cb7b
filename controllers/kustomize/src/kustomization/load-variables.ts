import type { Kustomization, SubstituteReference } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import { EddyError, messageOf } from "@eddy/core/errors";
import { validateVariableName } from "@eddy/envsubst";
import type { DataStore } from "@eddy/runtime/data";

/** References to every Secret and ConfigMap that `spec.postBuild.substituteFrom` names. */
export function variableRefsOf({ spec, metadata }: Kustomization): ObjectRef[] {
  return (spec.postBuild?.substituteFrom ?? []).map(({ kind, name }) => ({
    group: "",
    kind,
    name,
    namespace: metadata.namespace ?? "",
  }));
}

/**
 * The variables of `spec.postBuild`: those of `substituteFrom` in order, then the inline ones over them, without line
 * breaks; undefined when nothing is to be substituted. Source: Flux spec 3.3 "Substitution".
 * @throws EddyError INVALID_VARIABLE (retry), or a missing object's error.
 */
export async function loadVariables(
  object: Kustomization,
  data: Pick<DataStore, "read">,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { postBuild } = object.spec;
  if (!postBuild) return undefined;
  const variables = new Map<string, string>();
  for (const [index, ref] of variableRefsOf(object).entries()) {
    const reference = postBuild.substituteFrom?.[index] as SubstituteReference;
    const found = await readData(ref, data);
    if (!found && !reference.optional) {
      const resource = `${reference.kind.toLowerCase()}s`;
      throw new EddyError(
        "SUBSTITUTE_FROM",
        `substitute from '${reference.kind}/${ref.name}' error: ${resource} "${ref.name}" not found`,
      );
    }
    for (const [name, value] of Object.entries(found ?? {})) variables.set(name, value.replaceAll("\n", ""));
  }
  for (const [name, value] of Object.entries(postBuild.substitute ?? {}))
    variables.set(name, value.replaceAll("\n", ""));
  if (variables.size === 0 && postBuild.substituteStrategy !== "Always") return undefined;
  for (const name of variables.keys()) checkName(name);
  return variables;
}

async function readData(ref: ObjectRef, data: Pick<DataStore, "read">): Promise<Record<string, string> | undefined> {
  try {
    return await data.read(ref);
  } catch (cause) {
    throw new EddyError("SUBSTITUTE_FROM", `substitute from '${ref.kind}/${ref.name}' error: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function checkName(name: string): void {
  try {
    validateVariableName(name);
  } catch (cause) {
    throw new EddyError("INVALID_VARIABLE", `envsubst error: ${messageOf(cause)}`, { cause });
  }
}
