import type { Kustomization } from "@eddy/api";
import { proveUntouched, type ChangeSet } from "@eddy/runtime/apply";
import type { Rest } from "@eddy/runtime/controller";
import { proveDependencies } from "./check-dependencies.ts";
import { checksOthers } from "./check-health.ts";
import { keysRefOf } from "./decryption/decryption-ref.ts";
import { variableRefsOf } from "./load-variables.ts";
import type { Cluster, Ports } from "./ports.ts";
import { artifactOf, isSameArtifact, type ResolvedSource } from "./resolve-source.ts";

type Proof = Rest["holds"];

/**
 * How to see that another pass over this Kustomization would find what this one found: all that a pass reads besides the object is as it
 * was. Undefined where that cannot be seen, as with another cluster. To be asked for before health is waited for, so that a verdict is
 * never older than the versions: the state of an object that is waited for does not change without its version.
 */
export function proveRest(
  object: Kustomization,
  source: ResolvedSource,
  changes: ChangeSet,
  { target }: Pick<Cluster, "target">,
  ports: Pick<Ports, "caches" | "data" | "settings" | "random">,
): Proof | undefined {
  if (checksOthers(object)) return undefined;
  const { metadata } = object;
  const owner = { name: metadata.name, namespace: metadata.namespace ?? "" };
  const proofs = [
    proveArtifact(source, ports),
    proveDependencies(object, source, ports),
    proveData(object, ports),
    proveUntouched(changes, target, { owner, random: ports.random }),
  ];
  return proofs.every((proof) => proof !== undefined) ? () => proofs.every((holds) => holds()) : undefined;
}

function proveArtifact({ ref, artifact }: ResolvedSource, { caches }: Pick<Ports, "caches">): Proof {
  return () => {
    const source = caches.get(ref);
    return source !== undefined && isSameArtifact(artifactOf(source), artifact);
  };
}

function proveData(object: Kustomization, { data, settings }: Pick<Ports, "data" | "settings">): Proof | undefined {
  const keys = keysRefOf(object, settings);
  const seen = [...variableRefsOf(object), ...(keys ? [keys] : [])].map((ref) => ({
    ref,
    version: data.versionOf(ref),
  }));
  if (seen.some(({ version }) => version === undefined)) return undefined;
  return () => seen.every(({ ref, version }) => data.versionOf(ref) === version);
}
