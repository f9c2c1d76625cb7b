import { createHmac } from "node:crypto";
import { isObject } from "@eddy/core/json";
import { equalsSecretly } from "../webhook/prove.ts";

/** What a signed link lets its holder do, once a person has confirmed it. */
export interface VoteLink {
  readonly namespace: string;
  readonly name: string;
  /** Of the Approval: another one of the same name is not meant. */
  readonly uid: string;
  readonly choice: "approve" | "reject";
  /** User name, without `link:`: the same for all copies of a message, which are one vote. */
  readonly voter: string;
  /** Milliseconds since the epoch. */
  readonly expiresMs: number;
}

/** `<base64url>.<hex>`: what follows `?token=`. */
export function signLink(link: VoteLink, key: string): string {
  const text = Buffer.from(JSON.stringify(link)).toString("base64url");
  return `${text}.${signatureOf(text, key)}`;
}

/** The link, or undefined where it is none of ours, or too old. */
export function readLink(token: string, key: string, nowMs: number): VoteLink | undefined {
  if (token.length > 4_096) return undefined;
  const [text = "", signature = ""] = token.split(".", 2);
  if (!equalsSecretly(signature, signatureOf(text, key))) return undefined;
  const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  const link = isObject(value) ? (value as unknown as VoteLink) : undefined;
  return link && link.expiresMs >= nowMs ? link : undefined;
}

function signatureOf(text: string, key: string): string {
  return createHmac("sha256", key).update(`eddy vote link\n${text}`).digest("hex");
}
