import { createHmac } from "node:crypto";
import { isObject, type JsonObject } from "@eddy/core/json";
import { headerOf, parseObject, payloadOf, WebhookRefusal, type Verify } from "../webhook-request.ts";
import { equalsSecretly } from "./signature.ts";

/** Harbor's token in `Authorization`. */
export const harbor: Verify = async (request, _receiver, { secret }) => {
  if (!equalsSecretly(headerOf(request, "authorization"), secret["token"] ?? "")) {
    throw new WebhookRefusal("the Harbor Authorization header value does not match the receiver token");
  }
  return { payload: payloadOf(request) };
};

/** Types of members, by name; what is not there or null is not looked at. */
type Shape = { readonly [name: string]: "string" | Shape };

/** Registries that prove nothing: only the path is secret, and the payload must have their shape. */
function shaped(sender: string, shape: Shape): Verify {
  return async (request) => {
    checkShape(objectIn(request.body, sender), shape, sender);
    return { payload: payloadOf(request) };
  };
}

export const dockerhub: Verify = shaped("DockerHub", {
  push_data: { tag: "string" },
  repository: { repo_url: "string" },
});
export const quay: Verify = shaped("Quay", { docker_url: "string" });
export const acr: Verify = shaped("ACR", { action: "string", target: { repository: "string", tag: "string" } });

const nexusShape: Shape = { action: "string", repositoryName: "string" };
const gcrShape: Shape = { action: "string", digest: "string", tag: "string" };

function checkShape(payload: JsonObject, shape: Shape, sender: string): void {
  for (const [name, want] of Object.entries(shape)) {
    const value = payload[name];
    if (value === undefined || value === null) continue;
    if (typeof want === "string" ? typeof value === want : isObject(value)) {
      if (typeof want !== "string") checkShape(value as JsonObject, want, sender);
      continue;
    }
    throw new WebhookRefusal(`cannot decode ${sender} webhook payload: ${name} is of another type`);
  }
}

function objectIn(body: Buffer, sender: string): JsonObject {
  try {
    return parseObject(body);
  } catch {
    throw new WebhookRefusal(`cannot decode ${sender} webhook payload`);
  }
}

/** Nexus signs with SHA-1, hex and without a prefix. */
export const nexus: Verify = async (request, _receiver, { secret }) => {
  const signature = headerOf(request, "x-nexus-webhook-signature");
  if (signature === "") throw new WebhookRefusal("the Nexus signature is missing from header");
  const expected = createHmac("sha1", secret["token"] ?? "")
    .update(request.body)
    .digest("hex");
  if (!equalsSecretly(signature, expected)) throw new WebhookRefusal("invalid Nexus signature");
  checkShape(objectIn(request.body, "Nexus"), nexusShape, "Nexus");
  return { payload: payloadOf(request) };
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
  const message = messageOf(request.body);
  checkShape(message, gcrShape, "GCR");
  return { payload: payloadOf(request, Buffer.from(JSON.stringify(message))) };
};

/** The token of a bearer header. @throws WebhookRefusal */
export function bearerOf(header: string): string {
  const token = /^Bearer (\S+)$/.exec(header.trim())?.[1];
  if (token !== undefined) return token;
  throw new WebhookRefusal("the Authorization header is missing or malformed");
}

/** What a Pub/Sub message carries. */
function messageOf(body: Buffer): JsonObject {
  const envelope = objectIn(body, "GCR");
  const message = isObject(envelope["message"]) ? envelope["message"] : {};
  const data = typeof message["data"] === "string" ? message["data"] : "";
  return objectIn(Buffer.from(data, "base64"), "GCR");
}
