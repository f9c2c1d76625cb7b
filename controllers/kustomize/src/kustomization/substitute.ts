import { kustomizeSubstituteKey } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, type Json } from "@eddy/core/json";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { substitute, type SubstituteOptions, SubstitutionBudget } from "@eddy/envsubst";
import { dump, load } from "@eddy/goyaml";
import type { Resource } from "@eddy/kustomize";
import type { KustomizationSettings } from "./ports.ts";

/** One object on its way, and its text, as upstream prints it, where substitution made a new one. */
export interface Manifest {
  object: KubeObject;
  text: string | undefined;
}

/**
 * Expands variables in the text of each object that has not opted out. Without variables nothing is touched. Pure.
 * @throws EddyError SUBSTITUTION_FAILED (retry) naming the object and the variable
 */
export function substituteManifests(
  manifests: readonly Resource[],
  variables: ReadonlyMap<string, string> | undefined,
  { strictSubstitutions }: Pick<KustomizationSettings, "strictSubstitutions">,
): Manifest[] {
  const options = { strict: strictSubstitutions, budget: new SubstitutionBudget() };
  return manifests.map((manifest) => {
    const object = manifest.object();
    if (!variables || isOptedOut(object)) return { object, text: undefined };
    try {
      // As it is printed, not as it was written: quotes of the file that the text does not need are gone by now.
      const text = expand(textOf(manifest), variables, options);
      const substituted = parse(text);
      return { object: substituted, text: dump(substituted as unknown as Json) };
    } catch (cause) {
      throw postBuildError(object, `envsubst error: ${messageOf(cause)}`, cause);
    }
  });
}

/**
 * Fails for the first object that variables were for, when they could not be had; passes where there is none.
 * @throws EddyError SUBSTITUTION_FAILED (retry) naming the object
 */
export function refuseVariables(manifests: readonly Resource[], cause: unknown): void {
  const first = manifests.map((manifest) => manifest.object()).find((object) => !isOptedOut(object));
  if (first) throw postBuildError(first, messageOf(cause), cause);
}

function postBuildError(object: KubeObject, message: string, cause: unknown): EddyError {
  const { group, version, kind } = gvkOf(object);
  const id = [kind, version, group === "" ? "[noGrp]" : group].join(".");
  const text = `post build failed for '${id}/${object.metadata.name}': ${message}`;
  return new EddyError("SUBSTITUTION_FAILED", text, { cause });
}

const texts = new WeakMap<Resource, string>();

// One text for all Kustomizations that share a build.
function textOf(manifest: Resource): string {
  const known = texts.get(manifest);
  if (known !== undefined) return known;
  const text = dump(manifest.object() as unknown as Json);
  texts.set(manifest, text);
  return text;
}

function expand(text: string, variables: ReadonlyMap<string, string>, options: SubstituteOptions): string {
  try {
    return substitute(text, (name) => variables.get(name), options);
  } catch (cause) {
    throw new EddyError("SUBSTITUTION_FAILED", `variable substitution failed: ${messageOf(cause)}`, { cause });
  }
}

function parse(text: string): KubeObject {
  const value = load(text);
  if (!isObject(value)) throw new EddyError("SUBSTITUTION_FAILED", "YAMLToJSON: the result is not an object");
  return value as unknown as KubeObject;
}

function isOptedOut({ metadata }: KubeObject): boolean {
  return (
    metadata.labels?.[kustomizeSubstituteKey] === "disabled" ||
    metadata.annotations?.[kustomizeSubstituteKey] === "disabled"
  );
}
