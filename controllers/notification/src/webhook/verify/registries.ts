import { createHmac } from "node:crypto";
import { isObject } from "@eddy/core/json";
import { headerOf, parseBody, payloadOf, WebhookRefusal, type Verify } from "../webhook-request.ts";
import { equalsSecretly } from "./signature.ts";

/** Harbor's token in `Authorization`. */
export const harbor: Verify = async (request, _receiver, { secret }) => {
  if (!equalsSecretly(headerOf(request, "authorization"), secret["token"] ?? "")) {
    throw new WebhookRefusal("the Harbor Authorization header value does not match the receiver token");
  }
  return { payload: payloadOf(request) };
};

/** Registries that prove nothing: only the path is secret, and the payload must have their shape. */
export const dockerhub: Verify = async ({ body }) => ({ payload: objectIn(body, "DockerHub") });
export const quay: Verify = async ({ body }) => ({ payload: objectIn(body, "Quay") });
export const acr: Verify = async ({ body }) => ({ payload: objectIn(body, "ACR") });

function objectIn(body: Buffer, sender: string): unknown {
  const payload = parseBody(body);
  if (isObject(payload)) return payload;
  throw new WebhookRefusal(`cannot decode ${sender} webhook payload`);
}

/** Nexus signs with SHA-1, hex and without a prefix. */
export const nexus: Verify = async (request, _receiver, { secret }) => {
  const signature = headerOf(request, "x-nexus-webhook-signature");
  if (signature === "") throw new WebhookRefusal("the Nexus signature is missing from header");
  const expected = createHmac("sha1", secret["token"] ?? "")
    .update(request.body)
    .digest("hex");
  if (!equalsSecretly(signature, expected)) throw new WebhookRefusal("invalid Nexus signature");
  return { payload: objectIn(request.body, "Nexus") };
};

const googleIssuers = ["https://accounts.google.com", "accounts.google.com"];

/** Google's Pub/Sub: a token of Google's for the audience, of the Secret's service account. Source: flux2.md 3.8. */
export const gcr: Verify = async (request, _receiver, { secret, verifyToken }) => {
  const [email, audience] = [secret["email"], secret["audience"]];
  if (!email) throw new WebhookRefusal("invalid secret data: required field 'email' for GCR receiver");
  if (!audience) throw new WebhookRefusal("invalid secret data: required field 'audience' for GCR receiver");
  const claims = await verifyToken(bearerOf(headerOf(request, "authorization")), googleIssuers[0] ?? "", audience);
  if (!googleIssuers.includes(String(claims["iss"]))) {
    throw new WebhookRefusal(
      `token issuer is '${String(claims["iss"])}', want 'accounts.google.com' or 'https://accounts.google.com'`,
    );
  }
  if (claims["email"] !== email)
    throw new WebhookRefusal(`token email is '${String(claims["email"])}', want '${email}'`);
  if (claims["email_verified"] !== true) throw new WebhookRefusal(`token email '${email}' is not verified`);
  return { payload: messageOf(request.body) };
};

/** The token of a bearer header. @throws WebhookRefusal */
export function bearerOf(header: string): string {
  const token = /^Bearer (\S+)$/.exec(header.trim())?.[1];
  if (token !== undefined) return token;
  throw new WebhookRefusal("the Authorization header is missing or malformed");
}

/** What a Pub/Sub message carries. */
function messageOf(body: Buffer): unknown {
  const envelope = objectIn(body, "GCR");
  const message = isObject(envelope) && isObject(envelope["message"]) ? envelope["message"] : {};
  const data = typeof message["data"] === "string" ? message["data"] : "";
  return objectIn(Buffer.from(data, "base64"), "GCR");
}
