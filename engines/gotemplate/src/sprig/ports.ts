import type { Zone } from "./time/zone.ts";
import type { Randomness } from "./randomness.ts";

/** What functions take from the world. */
export interface Ports {
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  /** The machine's time zone. */
  readonly local: Zone;
  readonly random: Randomness;
}
