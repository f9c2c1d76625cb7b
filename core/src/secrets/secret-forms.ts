/** Texts in which registered secrets may stand somewhere. */
export interface SecretForms {
  add(secret: string): void;
  /** The forms that the text has in it. */
  in(text: string): string[];
}

const minLength = 6;
/** Shorter lines of a value with several are like lines of any file. */
const minLineLength = 16;
const maxWholeLength = 8_192;
const maxLines = 200;
/** The oldest are forgotten beyond this: what is looked for takes time with every message. */
const maxForms = 10_000;

/** None yet. */
export function createSecretForms(): SecretForms {
  const forms = new Set<string>();
  const remember = (form: string): void => {
    if (form.length < minLength) return;
    forms.delete(form);
    forms.add(form);
    if (forms.size > maxForms) forms.delete(forms.values().next().value ?? "");
  };
  return {
    add(secret) {
      if (secret.length < minLength) return;
      for (const form of formsOf(secret)) remember(form);
    },
    in(text) {
      const found: string[] = [];
      for (const form of forms) if (text.includes(form)) found.push(form);
      return found;
    },
  };
}

function formsOf(secret: string): string[] {
  const lines = secret.split("\n", maxLines).map((line) => line.trim());
  const long =
    lines.length > 1 ? lines.filter((line) => line.length >= minLineLength && !line.startsWith("-----")) : [];
  if (secret.length > maxWholeLength) return long;
  const bytes = Buffer.from(secret);
  const quoted = JSON.stringify(secret).slice(1, -1);
  // Go's JSON writes these three as their numbers, and so does what an API server quotes.
  const inGo = quoted.replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const inUrl = encodeURIComponent(secret.toWellFormed());
  return [secret, secret.trim(), quoted, inGo, inUrl, bytes.toString("base64"), bytes.toString("base64url"), ...long];
}
