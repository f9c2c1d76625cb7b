/**
 * Seeing at once when an applied object is changed by another's hand.
 *
 * Not the correction: the owner's next pass is. Entry point: {@link createDriftWatch}.
 */
export { createDriftWatch, type DriftWatch, type DriftWatchOptions } from "./drift-watch.ts";
