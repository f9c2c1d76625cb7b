import type { Kustomization } from "@eddy/api";
import { proveUntouched, type ChangeSet } from "@eddy/runtime/apply";
import type { Cluster, Ports } from "./ports.ts";
import { artifactOf, type ResolvedSource } from "./resolve-source.ts";

/**
 * How to see that another pass over this Kustomization would find what this one found: the same artifact, and every object in the version
 * that it has now. Whatever else a pass reads is watched, and asks for a pass when it changes. Undefined where that does not hold: health or
 * readiness of objects that are not applied here, and keys that no reference names. To be asked for before health is waited for, so that a
 * verdict is never older than the versions. The state of an object that is waited for does not change without its version.
 */
export function proveRest(
  { spec, metadata }: Kustomization,
  { ref, artifact }: Pick<ResolvedSource, "ref" | "artifact">,
  changes: ChangeSet,
  { target }: Pick<Cluster, "target">,
  { caches, settings, random }: Pick<Ports, "caches" | "settings" | "random">,
): (() => boolean) | undefined {
  const { healthChecks = [], dependsOn = [], decryption, wait } = spec;
  const looksElsewhere =
    (!wait && healthChecks.length > 0) ||
    dependsOn.some(({ readyExpr, kind = "Kustomization" }) => readyExpr !== undefined || kind !== "Kustomization") ||
    (decryption && !decryption.secretRef && settings.sopsAgeSecret !== undefined);
  if (looksElsewhere) return undefined;
  const owner = { name: metadata.name, namespace: metadata.namespace ?? "" };
  const isUntouched = proveUntouched(changes, target, { owner, random });
  const { digest, revision } = artifact;
  return (
    isUntouched &&
    (() => {
      const source = caches.get(ref);
      const now = source && artifactOf(source);
      return now?.digest === digest && now.revision === revision && isUntouched();
    })
  );
}
