import { randomBytes, timingSafeEqual } from "node:crypto";
import { escapeXml } from "@eddy/core/xml";
import type { Answer, Exchange } from "../exchange.ts";
import type { FindKey } from "./check-signature.ts";

const lifeMs = 3_600_000;

/** Temporary keys, and who may have some. */
export interface TokenService {
  /** Answers a `POST /`. Source: AWS STS API 2011-06-15, MinIO's STS for LDAP. */
  answer(request: Exchange): Answer;
  findKey: FindKey;
}

/** A service that knows these users and roles. */
export function createTokenService(options: {
  ldapUsers: Readonly<Record<string, string>>;
  webIdentities: Readonly<Record<string, string>>;
  now: () => number;
}): TokenService {
  const given = new Map<string, { secretKey: string; sessionToken: string; expiresAtMs: number }>();
  return {
    findKey(accessKey) {
      const key = given.get(accessKey);
      return key && key.expiresAtMs > options.now() ? key : undefined;
    },
    answer({ body }) {
      const form = new URLSearchParams(Buffer.from(body).toString());
      const action = form.get("Action") ?? "";
      const [secret, wanted] =
        action === "AssumeRoleWithLDAPIdentity"
          ? [form.get("LDAPPassword"), options.ldapUsers[form.get("LDAPUsername") ?? ""]]
          : action === "AssumeRoleWithWebIdentity"
            ? [form.get("WebIdentityToken"), options.webIdentities[form.get("RoleArn") ?? ""]]
            : [null, undefined];
      if (secret === null || wanted === undefined || !isSame(secret, wanted)) return refused();
      const [accessKey, secretKey, sessionToken] = [randomHex(8), randomHex(20), randomHex(20)];
      const expiresAtMs = options.now() + lifeMs;
      given.set(accessKey, { secretKey, sessionToken, expiresAtMs });
      const credentials = `<AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>${secretKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${new Date(expiresAtMs).toISOString()}</Expiration>`;
      return xml(
        200,
        `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${credentials}</Credentials></${action}Result></${action}Response>`,
      );
    },
  };
}

function isSame(given: string, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

function refused(): Answer {
  const message = escapeXml("Not authorized to perform this action with these credentials");
  return xml(
    403,
    `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
}

function xml(status: number, body: string): Answer {
  return { status, headers: { "content-type": "application/xml" }, body };
}
