import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { WebhookRefusal } from "./push-hint.ts";

/** A call as it came. */
export interface ReceivedCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What follows the format in the path: `/v1/webhooks/<format>/<proof>`. */
  readonly proof: string;
}

/** The last step of the path that proves a call of this format: of senders that can neither sign nor send a header. */
export function pathProof(token: string, format: string): string {
  return createHmac("sha256", token).update(`/v1/webhooks/${format}`).digest("hex");
}

/**
 * Checks that a call comes from somebody who knows the token: by a signature of the body (`X-Hub-Signature-256`, `X-Eddy-Signature`),
 * by the token itself (`Authorization`, also as Bearer or the password of Basic), or by the path.
 * @throws WebhookRefusal 401
 */
export function proveCall({ headers, body, proof }: ReceivedCall, token: string, format: string): void {
  const signature = headerOf(headers, "x-hub-signature-256") || headerOf(headers, "x-eddy-signature");
  if (signature !== "") {
    const expected = `sha256=${createHmac("sha256", token).update(body).digest("hex")}`;
    if (equalsSecretly(signature, expected)) return;
    throw new WebhookRefusal("the signature is wrong", 401);
  }
  const authorization = headerOf(headers, "authorization");
  if (authorization !== "" && equalsSecretly(tokenOf(authorization), token)) return;
  if (proof !== "" && equalsSecretly(proof, pathProof(token, format))) return;
  throw new WebhookRefusal("the call does not prove itself", 401);
}

function tokenOf(authorization: string): string {
  const [scheme = "", value] = authorization.split(" ", 2);
  if (value === undefined) return authorization;
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return authorization;
  const text = Buffer.from(value, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function equalsSecretly(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A header's first value, or "". */
export function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
