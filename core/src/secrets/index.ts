/**
 * Masks secret text at every sink: logs, errors, events, statuses, notifications, diffs.
 *
 * Not a vault: it only knows what was registered. Entry point: {@link createMasker}.
 */

/** What must not be printed, and the way around it. */
export interface Masker {
  /** Registers text that must never be printed. Shorter than 6 characters is ignored: masking it would garble everything. */
  register(secret: string): void;
  /** The text with every registered secret, also when base64-encoded, replaced by `*****`. */
  mask(text: string): string;
}

const mark = "*****";
const minLength = 6;

/** A masker with nothing registered. Registering is idempotent. */
export function createMasker(): Masker {
  const secrets = new Set<string>();
  let longestFirst: string[] | undefined;
  return {
    register(secret) {
      for (const form of [secret, secret.trim(), Buffer.from(secret).toString("base64")]) {
        if (form.length < minLength || secrets.has(form)) continue;
        secrets.add(form);
        longestFirst = undefined;
      }
    },
    mask(text) {
      longestFirst ??= [...secrets].sort((a, b) => b.length - a.length);
      let masked = text;
      for (const secret of longestFirst) {
        if (masked.includes(secret)) masked = masked.replaceAll(secret, mark);
      }
      return masked;
    },
  };
}
