import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { controlsOf } from "./control-metadata.ts";
import { needsTakeover, type TakeoverOptions } from "./foreign-managers.ts";

/** Which labels and annotations of an object are its owner's. */
export interface OwnedKeys {
  labels: readonly string[];
  annotations: readonly string[];
}

/** The keys that an object sets. */
export function ownedKeysOf(object: KubeObject): OwnedKeys {
  return {
    labels: Object.keys(object.metadata.labels ?? {}).sort(),
    annotations: Object.keys(object.metadata.annotations ?? {}).sort(),
  };
}

/**
 * Two metadata of one object with the same fingerprint have the same owned content: where the server counts generations,
 * the content is that of the generation and status updates do not matter; where it does not, every write counts.
 * Foreign managers that are to be taken over and controls that people set are part of it.
 */
export function fingerprintOf(metadata: ObjectMeta, owned: OwnedKeys, takeover: TakeoverOptions): string {
  const version = metadata.generation === undefined ? `rv${metadata.resourceVersion}` : `g${metadata.generation}`;
  return JSON.stringify([
    metadata.uid,
    version,
    metadata.deletionTimestamp !== undefined,
    owned.labels.map((key) => metadata.labels?.[key]),
    owned.annotations.map((key) => metadata.annotations?.[key]),
    Object.values(controlsOf(metadata)),
    needsTakeover(metadata, takeover),
  ]);
}
