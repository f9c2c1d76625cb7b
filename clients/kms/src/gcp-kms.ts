import type { HttpClient } from "@eddy/http";
import { KmsError } from "./kms-error.ts";
import { askService, textMember } from "./ask-service.ts";

/** What Google Cloud KMS is reached through. */
export interface GcpKmsOptions {
  http: HttpClient;
  /** A bearer token for the scope `cloud-platform`. */
  token(): Promise<string>;
  /** Default `https://cloudkms.googleapis.com`. */
  endpoint?: string;
}

/** Encrypts and decrypts up to 64 KiB with a key `projects/…/locations/…/keyRings/…/cryptoKeys/…`. */
export interface GcpKms {
  /** @throws KmsError */
  encrypt(resourceId: string, plaintext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** @throws KmsError */
  decrypt(resourceId: string, ciphertext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

const resourcePattern =
  /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+(?:\/cryptoKeyVersions\/[^/]+)?$/;

/** A client of Google Cloud KMS. Source: its REST API, v1. */
export function createGcpKms({ http, token, endpoint = "https://cloudkms.googleapis.com" }: GcpKmsOptions): GcpKms {
  const call = async (
    operation: "encrypt" | "decrypt",
    resourceId: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array> => {
    if (!resourcePattern.test(resourceId)) {
      throw new KmsError(`no valid resource ID found in ${JSON.stringify(resourceId)}`, { terminal: true });
    }
    const doing = `${operation} with GCP KMS`;
    const [input, output] =
      operation === "encrypt" ? (["plaintext", "ciphertext"] as const) : (["ciphertext", "plaintext"] as const);
    const answer = await askService(http, {
      doing,
      url: `${endpoint}/v1/${resourceId.split("/").map(encodeURIComponent).join("/")}:${operation}`,
      body: JSON.stringify({ [input]: Buffer.from(bytes).toString("base64") }),
      credentials: { authorization: `Bearer ${await token()}` },
      signal,
    });
    return Buffer.from(textMember(answer, output, doing), "base64");
  };
  return {
    encrypt: (resourceId, plaintext, signal) => call("encrypt", resourceId, plaintext, signal),
    decrypt: (resourceId, ciphertext, signal) => call("decrypt", resourceId, ciphertext, signal),
  };
}
