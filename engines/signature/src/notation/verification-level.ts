import { isObject } from "@eddy/core/json";

/** What is checked of a signature. */
export type ValidationType = "integrity" | "authenticity" | "authenticTimestamp" | "expiry" | "revocation";

/** What becomes of a check that fails: the signature is refused, it is told, or it is not made at all. */
export type ValidationAction = "enforce" | "log" | "skip";

/** What becomes of each check. */
export interface VerificationLevel {
  readonly name: "strict" | "permissive" | "audit" | "skip" | "custom";
  readonly actions: Readonly<Record<ValidationType, ValidationAction>>;
}

const types: readonly ValidationType[] = ["integrity", "authenticity", "authenticTimestamp", "expiry", "revocation"];
const actions: readonly ValidationAction[] = ["enforce", "log", "skip"];

function level(name: VerificationLevel["name"], words: string): VerificationLevel {
  const [integrity, authenticity, authenticTimestamp, expiry, revocation] = words.split(" ") as ValidationAction[];
  return {
    name,
    actions: { integrity, authenticity, authenticTimestamp, expiry, revocation } as VerificationLevel["actions"],
  };
}

const levels: readonly VerificationLevel[] = [
  level("strict", "enforce enforce enforce enforce enforce"),
  level("permissive", "enforce enforce log log log"),
  level("audit", "enforce log log log log"),
  level("skip", "skip skip skip skip skip"),
];

/**
 * The level of a name, with its overrides. Source: notation-go `SignatureVerification.GetVerificationLevel`.
 * @throws what `refuse` makes of notation's words
 */
export function determineLevel(name: string, override: unknown, refuse: (why: string) => Error): VerificationLevel {
  if (name === "") throw refuse("signature verification level is empty or missing in the trust policy statement");
  const base = levels.find((one) => one.name === name);
  if (!base) throw refuse(`invalid signature verification level ${JSON.stringify(name)}`);
  const changes = isObject(override) ? Object.entries(override) : [];
  if (changes.length === 0) return base;
  if (name === "skip")
    throw refuse(`signature verification level "skip" can't be used to customize signature verification`);
  const changed = { ...base.actions };
  for (const [key, value] of changes) {
    const [type, action] = [types.find((one) => one === key), actions.find((one) => one === value)];
    const supported = (kind: string, text: string, all: readonly string[]): Error =>
      refuse(
        `verification ${kind} ${JSON.stringify(text)} in custom signature verification is not supported, supported values are [${all.map((one) => JSON.stringify(one)).join(" ")}]`,
      );
    if (!type) throw supported("type", key, types);
    if (!action) throw supported("action", String(value), actions);
    if (type === "integrity")
      throw refuse(`"${key}" verification can not be overridden in custom signature verification`);
    if (type !== "revocation" && action === "skip")
      throw refuse(`"${key}" verification can not be skipped in custom signature verification`);
    changed[type] = action;
  }
  return { name: "custom", actions: changed };
}
