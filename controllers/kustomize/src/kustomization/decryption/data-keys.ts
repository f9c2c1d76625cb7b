import { sha256 } from "@eddy/core/digest";
import type { KeyServices, Metadata } from "@eddy/sops";

/** The master keys of one Kustomization. */
export interface KeyRing {
  services: KeyServices;
  /** Differs when the keys do; tells nothing about them. */
  identity: string;
}

/** Data keys of encrypted files, recovered once for as long as the file and the master keys stay what they are. */
export interface DataKeys {
  recover(metadata: Metadata, ring: KeyRing, signal: AbortSignal): Promise<Uint8Array>;
}

// A data key is 32 bytes: what is kept is small, and what falls out is recovered again.
const maxKept = 5_000;

/** Empty; the longest unused key is forgotten first. */
export function createDataKeys(): DataKeys {
  const kept = new Map<string, Uint8Array>();
  return {
    async recover(metadata, ring, signal) {
      const id = sha256(JSON.stringify([ring.identity, metadata.keyGroups, metadata.shamirThreshold]));
      const known = kept.get(id);
      const key = known ?? (await recover(metadata, ring, signal));
      kept.delete(id);
      kept.set(id, key);
      if (kept.size > maxKept) kept.delete(kept.keys().next().value ?? "");
      return key;
    },
  };
}

async function recover(metadata: Metadata, { services }: KeyRing, signal: AbortSignal): Promise<Uint8Array> {
  // Loaded for those who decrypt: with its cryptography it is one of the larger parts.
  const { recoverDataKey } = await import("@eddy/sops");
  return recoverDataKey(metadata, services, signal);
}
