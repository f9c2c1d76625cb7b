import { createPublicKey, randomBytes, verify } from "node:crypto";

/** Bearer tokens that count, and those that are given out for a signed assertion. */
export interface BearerTokens {
  isKnown(authorization: string | undefined): boolean;
  /** A new token for an assertion (RFC 7523) signed by one of the accounts, or undefined. */
  exchange(assertion: string): string | undefined;
}

/** `accounts`: public keys (PEM) by email. */
export function createBearerTokens(
  accepted: readonly string[],
  accounts: Readonly<Record<string, string>>,
  now: () => number,
): BearerTokens {
  const tokens = new Set(accepted);
  return {
    isKnown: (authorization) => tokens.has(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? ""),
    exchange(assertion) {
      const [header = "", claims = "", signature = ""] = assertion.split(".");
      const { iss, exp, scope } = decode(claims);
      const key = typeof iss === "string" ? accounts[iss] : undefined;
      if (key === undefined || typeof exp !== "number" || exp * 1000 < now() || typeof scope !== "string")
        return undefined;
      const content = Buffer.from(`${header}.${claims}`);
      if (!verify("RSA-SHA256", content, createPublicKey(key), Buffer.from(signature, "base64url"))) return undefined;
      const token = randomBytes(16).toString("hex");
      tokens.add(token);
      return token;
    },
  };
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
