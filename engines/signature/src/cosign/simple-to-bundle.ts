import { createHash, X509Certificate } from "node:crypto";
import { bundleFromJSON, type Bundle } from "@sigstore/bundle";
import { isObject } from "@eddy/core/json";
import type { SimpleSignature } from "./material.ts";

const prefix = "dev.sigstore.cosign";

/**
 * A keyless signature of cosign 1 and 2 in the form of a sigstore bundle: certificate, log entry, and the timestamp of an authority
 * stand in annotations. Source: cosign specification "SIGNATURE_SPEC", `bundle` and `certificate`.
 * @throws Error where one is missing or cannot be read.
 */
export function simpleToBundle({ payload, annotations }: SimpleSignature): Bundle {
  const timestamp = annotations[`${prefix}/rfc3161timestamp`];
  return bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: createHash("sha256").update(payload).digest("base64") },
      signature: annotations["dev.cosignproject.cosign/signature"] ?? "",
    },
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificateOf(annotations) }] },
      tlogEntries: [logEntryOf(annotations)],
      ...(timestamp === undefined ? {} : { timestampVerificationData: timestampOf(timestamp) }),
    },
  });
}

function certificateOf(annotations: SimpleSignature["annotations"]): string {
  const pem = annotations[`${prefix}/certificate`];
  if (!pem) throw new Error("no certificate found on signature");
  return new X509Certificate(pem).raw.toString("base64");
}

function logEntryOf(annotations: SimpleSignature["annotations"]): object {
  const entry: unknown = JSON.parse(annotations[`${prefix}/bundle`] ?? "null");
  const payload = isObject(entry) ? entry["Payload"] : undefined;
  if (!isObject(entry) || !isObject(payload)) throw new Error("no entry of a transparency log found on signature");
  const body = String(payload["body"]);
  return {
    logIndex: String(payload["logIndex"]),
    logId: { keyId: Buffer.from(String(payload["logID"]), "hex").toString("base64") },
    kindVersion: kindOf(body),
    integratedTime: String(payload["integratedTime"]),
    inclusionPromise: { signedEntryTimestamp: String(entry["SignedEntryTimestamp"]) },
    canonicalizedBody: body,
  };
}

function kindOf(body: string): { kind: string; version: string } {
  const value: unknown = JSON.parse(Buffer.from(body, "base64").toString("utf8"));
  if (!isObject(value)) throw new Error("the log entry's body is not an object");
  return { kind: String(value["kind"]), version: String(value["apiVersion"]) };
}

function timestampOf(text: string): object {
  const value: unknown = JSON.parse(text);
  const signed = isObject(value) ? value["SignedRFC3161Timestamp"] : undefined;
  if (typeof signed !== "string") throw new Error("the timestamp on signature cannot be read");
  return { rfc3161Timestamps: [{ signedTimestamp: signed }] };
}
