import type { ApprovalSubject } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";

/** What an Approval is bound to. */
export interface ApprovalChange {
  readonly subject: ApprovalSubject;
  readonly from: string;
  readonly to: string;
  readonly digest?: string | undefined;
}

/** `<kind>-<name>-<10 hex>`: equal changes have one Approval; another digest under the same tag has another. */
export function approvalName({ subject, from, to, digest }: ApprovalChange): string {
  const { apiVersion, kind, name } = subject;
  // The version of an API is no part of what an object is.
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const hash = sha256(JSON.stringify([group, kind, name, from, to, digest ?? ""])).slice(0, 10);
  return `${`${kind}-${name}`.toLowerCase().slice(0, 240)}-${hash}`;
}
