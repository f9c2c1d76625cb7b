import { sortKeys, type Json } from "@eddy/core/json";

/** FNV-1a of 32 bits over the UTF-8 bytes of a text. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/**
 * The hash that names ReplicaSets and revisions: decimal FNV-1a in Kubernetes' alphabet without vowels. Upstream hashes
 * Go's memory dump of the template, which nothing else can reproduce: the form is the same, the value is not.
 */
export function templateHash(template: unknown, collisionCount = 0): string {
  const canonical = JSON.stringify(sortKeys(template as Json));
  const text = String(fnv32a(collisionCount === 0 ? canonical : `${canonical}#${collisionCount}`));
  return [...text].map((character) => alphabet[character.charCodeAt(0) % alphabet.length]).join("");
}
