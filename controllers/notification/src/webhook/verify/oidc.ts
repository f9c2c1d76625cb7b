import type { OidcProvider } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { headerOf, payloadOf, WebhookRefusal, type Verify } from "../webhook-request.ts";
import { compileProvider } from "../oidc-expressions.ts";
import { bearerOf } from "./registries.ts";

const defaultAudience = "notification-controller";

/** A token of one of the issuers that the receiver names, with claims that its expressions accept. */
export const genericOidc: Verify = async (request, receiver, { verifyToken }) => {
  const token = bearerOf(headerOf(request, "authorization"));
  const issuer = issuerOf(token);
  const provider = receiver.spec.oidcProviders?.find(({ issuerURL }) => issuerURL === issuer);
  if (!provider) throw new WebhookRefusal(`no oidcProvider configured for issuer ${JSON.stringify(issuer)}`);
  const claims = await verifyToken(token, provider.issuerURL, provider.audience ?? defaultAudience);
  await checkClaims(provider, claims);
  return { payload: payloadOf(request), claims };
};

/** Only to find the provider: the token is verified before anything of it counts. */
function issuerOf(token: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (isObject(claims) && typeof claims["iss"] === "string") return claims["iss"];
  } catch {
    // What it is instead does not matter.
  }
  throw new WebhookRefusal("failed to parse bearer token: it is no JWT with an issuer");
}

async function checkClaims(provider: OidcProvider, claims: Record<string, unknown>): Promise<void> {
  const { variables, validations } = await compileProvider(provider);
  const vars: Record<string, unknown> = {};
  const failures: string[] = [];
  try {
    for (const { name, program } of variables) vars[name] = program.evaluate({ claims, vars });
    for (const { message, program } of validations)
      if (program.evaluate({ claims, vars }) !== true) failures.push(message);
  } catch (cause) {
    throw new WebhookRefusal(`failed to evaluate validation: ${messageOf(cause)}`);
  }
  if (failures.length > 0) throw new WebhookRefusal(`token validation failed: ${failures.join("; ")}`);
}
