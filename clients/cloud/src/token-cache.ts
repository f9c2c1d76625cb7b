import type { Clock } from "@eddy/core/clock";

/** Things that expire, kept until shortly before. One creation for all who ask at the same time; failures are not kept. */
export interface TokenCache {
  get<T extends { readonly expiresAtMs?: number }>(key: string, create: () => Promise<T>): Promise<T>;
}

/** Bounds of a cache. Source: Flux spec 3.0, `--token-cache-max-size`, `--token-cache-max-duration`. */
export interface TokenCacheOptions {
  clock: Clock;
  /** Default 100; the oldest goes. */
  maxEntries?: number;
  /** Default one hour. */
  maxAgeMs?: number;
}

/** Of its life, how much of it a token is used. */
const usedPart = 0.8;

/** An empty cache. A token is used for 80 % of its life, as fluxcd/pkg/cache does. */
export function createTokenCache({ clock, maxEntries = 100, maxAgeMs = 3_600_000 }: TokenCacheOptions): TokenCache {
  const known = new Map<string, { value: unknown; staleAtMs: number }>();
  const pending = new Map<string, Promise<unknown>>();
  const keep = (key: string, value: { readonly expiresAtMs?: number }): void => {
    const lifeMs = Math.min(maxAgeMs, ((value.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.now()) * usedPart);
    if (lifeMs <= 0) return;
    known.delete(key);
    known.set(key, { value, staleAtMs: clock.now() + lifeMs });
    if (known.size > maxEntries) known.delete(known.keys().next().value ?? "");
  };
  return {
    async get<T extends { readonly expiresAtMs?: number }>(key: string, create: () => Promise<T>): Promise<T> {
      const entry = known.get(key);
      if (entry && clock.now() < entry.staleAtMs) return entry.value as T;
      const creating =
        pending.get(key) ??
        create().then((value) => {
          keep(key, value);
          return value;
        });
      pending.set(key, creating);
      try {
        return (await creating) as T;
      } finally {
        pending.delete(key);
      }
    },
  };
}
