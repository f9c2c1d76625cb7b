import { createHmac, timingSafeEqual } from "node:crypto";
import { headerOf, WebhookRefusal, type WebhookRequest } from "../webhook-request.ts";

const algorithms: ReadonlySet<string> = new Set(["sha1", "sha256", "sha512"]);

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function equalsSecretly(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Checks `<algorithm>=<hex>` over the body. @throws WebhookRefusal */
export function checkSignature(header: string, body: Buffer, token: string): void {
  const [algorithm = "", hex = ""] = header.split("=", 2);
  if (header === "") throw new WebhookRefusal("missing signature");
  if (!algorithms.has(algorithm))
    throw new WebhookRefusal(`unknown hash type prefix: ${JSON.stringify(algorithm.slice(0, 20))}`);
  const expected = createHmac(algorithm, token).update(body).digest("hex");
  if (!equalsSecretly(expected, hex)) throw new WebhookRefusal("payload signature check failed");
}

/** The body that forges sign: JSON as it is, or the field `payload` of a form. Source: GitHub's webhooks. */
export function checkForgeSignature(request: WebhookRequest, token: string): Buffer {
  const header = headerOf(request, "x-hub-signature-256") || headerOf(request, "x-hub-signature");
  checkSignature(header, request.body, token);
  const type = headerOf(request, "content-type").split(";")[0]?.trim();
  if (type === "application/json") return request.body;
  if (type === "application/x-www-form-urlencoded") {
    return Buffer.from(new URLSearchParams(request.body.toString("utf8")).get("payload") ?? "");
  }
  throw new WebhookRefusal(`webhook request has unsupported Content-Type ${JSON.stringify(type ?? "")}`);
}
