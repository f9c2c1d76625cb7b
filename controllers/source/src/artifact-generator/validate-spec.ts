import { sourceReasons, type ArtifactGenerator } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";

/**
 * Source: source-watcher `validateSpec`.
 * @throws StepError ValidationFailed, AccessDenied (terminal)
 */
export function validateSpec({ metadata, spec }: ArtifactGenerator, noCrossNamespaceRefs: boolean): void {
  const refuse = (reason: string, message: string): StepError => new StepError(reason, message, { class: "terminal" });
  const aliases = new Set<string>();
  for (const { alias, kind, name, namespace } of spec.sources) {
    if (aliases.has(alias)) throw refuse(sourceReasons.validationFailed, `duplicate source alias '${alias}' found`);
    aliases.add(alias);
    if (noCrossNamespaceRefs && namespace !== undefined && namespace !== metadata.namespace)
      throw refuse("AccessDenied", `cross-namespace reference to source ${kind}/${namespace}/${name} is not allowed`);
  }
  const names = new Set<string>();
  for (const { name, revision } of spec.artifacts) {
    if (names.has(name)) throw refuse(sourceReasons.validationFailed, `duplicate artifact name '${name}' found`);
    names.add(name);
    const alias = revision?.slice(1);
    if (alias !== undefined && alias !== "" && !aliases.has(alias))
      throw refuse(sourceReasons.validationFailed, `artifact ${name} revision source alias '${alias}' not found`);
  }
}
