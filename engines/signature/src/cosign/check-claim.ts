import { isObject } from "@eddy/core/json";

/**
 * Refuses a simple-signing payload that is about another image. Source: cosign specification, `docker-manifest-digest`.
 * @throws Error.
 */
export function checkSimpleClaim(payload: Uint8Array, digest: string): void {
  const critical = memberOf(parseJson(payload), "critical");
  const claimed = memberOf(memberOf(critical, "image"), "docker-manifest-digest");
  if (claimed !== digest)
    throw new Error(`the payload is about ${JSON.stringify(claimed ?? null)}, not about ${digest}`);
}

/**
 * Refuses an in-toto statement none of whose subjects is the image. Source: in-toto Statement v1.
 * @throws Error.
 */
export function checkStatement(payload: Uint8Array, digest: string): void {
  const subjects = memberOf(parseJson(payload), "subject");
  const [algorithm = "", hex = ""] = digest.split(":", 2);
  const isSubject = (subject: unknown): boolean => memberOf(memberOf(subject, "digest"), algorithm) === hex;
  if (hex === "" || !Array.isArray(subjects) || !subjects.some(isSubject))
    throw new Error(`the statement is not about ${digest}`);
}

function parseJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
