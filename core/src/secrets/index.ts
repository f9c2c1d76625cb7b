/**
 * Masks secret text at every sink: logs, errors, events, statuses, notifications, diffs.
 *
 * Not a vault: it only knows what was registered. Entry point: {@link createMasker}.
 */
export { createMasker, type Masker, type ScopedMasker } from "./masker.ts";
