import { createSecretForms, type SecretForms } from "./secret-forms.ts";

/** What must not be printed, and the way around it. */
export interface Masker {
  /** Registers text that must never be printed, to whomever. Shorter than 6 characters is ignored: masking it would garble everything. */
  register(secret: string): void;
  /** The text with every registered secret, of whatever scope, in any form in which it may be quoted, replaced by `*****`. */
  mask(text: string): string;
  /**
   * What one namespace knows. Its secrets are masked in what is said of its objects, and in nothing that is said of others': there
   * they would garble words, and tell whoever guesses them that he was right.
   */
  of(namespace: string | undefined): ScopedMasker;
}

/** A masker for what is said of one object. */
export interface ScopedMasker extends Pick<Masker, "register" | "mask"> {
  /** Names, kinds and revisions, which anybody can read: a value that is part of one is not masked here. */
  reveal(...texts: (string | undefined)[]): void;
}

const mark = "*****";
const maxScopes = 10_000;

/** A masker with nothing registered. Registering is idempotent. */
export function createMasker(): Masker {
  const everywhere = createSecretForms();
  const scopes = new Map<string, SecretForms>();
  const formsOf = (scope: string): SecretForms => {
    const forms = scopes.get(scope) ?? createSecretForms();
    scopes.delete(scope);
    scopes.set(scope, forms);
    if (scopes.size > maxScopes) scopes.delete(scopes.keys().next().value ?? "");
    return forms;
  };
  return {
    register: (secret) => everywhere.add(secret),
    mask: (text) => maskForms(text, [everywhere, ...scopes.values()]),
    of(namespace = "") {
      const open = new Set<string>();
      return {
        register: (secret) => formsOf(namespace).add(secret),
        reveal(...texts) {
          for (const text of texts) if (text) open.add(text);
        },
        mask(text) {
          const own = scopes.get(namespace);
          return maskForms(text, own ? [everywhere, own] : [everywhere], open);
        },
      };
    },
  };
}

function maskForms(text: string, known: readonly SecretForms[], open: ReadonlySet<string> = new Set()): string {
  const found = known.flatMap((forms) => forms.in(text)).filter((form) => !isPartOf(form, open));
  if (found.length === 0) return text;
  let masked = text;
  for (const form of found.sort((left, right) => right.length - left.length)) masked = masked.replaceAll(form, mark);
  return masked;
}

function isPartOf(form: string, texts: ReadonlySet<string>): boolean {
  for (const text of texts) if (text.includes(form)) return true;
  return false;
}
