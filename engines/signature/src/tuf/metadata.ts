import { createHash, createPublicKey, verify } from "node:crypto";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";

/** Roles of TUF that are used here. */
export type TufRole = "root" | "timestamp" | "snapshot" | "targets";

/** Signed metadata that was not verified yet. */
export interface TufEnvelope {
  readonly signed: JsonObject;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What a root says of who may sign a role. */
export interface TufAuthority {
  readonly keys: ReadonlyMap<string, JsonObject>;
  readonly threshold: number;
}

const maxSignatures = 100;

/** @throws Error for what is no metadata of the role. */
export function parseMetadata(bytes: Uint8Array, role: TufRole): TufEnvelope {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const signed = isObject(value) ? value["signed"] : undefined;
  const signatures = isObject(value) ? value["signatures"] : undefined;
  if (!isObject(signed) || signed["_type"] !== role || !Array.isArray(signatures))
    throw new Error(`it is no ${role} metadata`);
  return {
    signed,
    signatures: signatures.slice(0, maxSignatures).flatMap((entry) => {
      if (!isObject(entry)) return [];
      const { keyid, sig } = entry;
      return typeof keyid === "string" && typeof sig === "string" ? [{ keyid, sig }] : [];
    }),
  };
}

/** Who may sign a role by this root. @throws Error for a root that does not say. */
export function authorityOf(root: JsonObject, role: TufRole): TufAuthority {
  const roles = root["roles"];
  const entry = isObject(roles) ? roles[role] : undefined;
  const keys = root["keys"];
  if (!isObject(entry) || !isObject(keys)) throw new Error(`the root names no keys for ${role}`);
  const { keyids, threshold } = entry;
  const known = new Map<string, JsonObject>();
  for (const keyid of Array.isArray(keyids) ? keyids : []) {
    const key = typeof keyid === "string" && Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
    if (isObject(key)) known.set(String(keyid), key);
  }
  if (typeof threshold !== "number" || !Number.isSafeInteger(threshold) || threshold < 1)
    throw new Error(`the root has no threshold for ${role}`);
  return { keys: known, threshold };
}

/**
 * Counts keys that signed, each once however it is named. Source: TUF specification 1.0, "detailed client workflow".
 * @throws Error below the threshold.
 */
export function verifySignatures(
  { signed, signatures }: TufEnvelope,
  authority: TufAuthority,
  bytes: Uint8Array,
): void {
  const signers = new Set<string>();
  for (const { keyid, sig } of signatures) {
    const key = authority.keys.get(keyid);
    const pem = key && publicKeyOf(key);
    if (pem && isSignedBy(pem, bytes, sig)) signers.add(pem);
  }
  if (signers.size < authority.threshold)
    throw new Error(
      `${String(signed["_type"])} metadata has ${signers.size} valid signatures, want ${authority.threshold}`,
    );
}

function publicKeyOf(key: JsonObject): string | undefined {
  const value = isObject(key["keyval"]) ? key["keyval"]["public"] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** ECDSA keys come as PEM, Ed25519 keys as hex. */
function isSignedBy(publicKey: string, bytes: Uint8Array, sig: string): boolean {
  try {
    const isRaw = /^[0-9a-f]{64}$/i.test(publicKey);
    const key = isRaw
      ? createPublicKey({
          key: Buffer.from(`302a300506032b6570032100${publicKey}`, "hex"),
          format: "der",
          type: "spki",
        })
      : createPublicKey(publicKey);
    const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    return verify(hash, bytes, key, Buffer.from(sig, "hex"));
  } catch {
    return false;
  }
}

/** Version of metadata. @throws Error for one without. */
export function versionOf(signed: JsonObject): number {
  const version = signed["version"];
  if (typeof version === "number" && Number.isSafeInteger(version) && version > 0) return version;
  throw new Error(`${String(signed["_type"])} metadata has no version`);
}

/** @throws Error for metadata that has expired. */
export function checkExpiry(signed: JsonObject, now: number): void {
  const expires = Date.parse(String(signed["expires"]));
  if (expires > now) return;
  throw new Error(`${String(signed["_type"])} metadata expired at ${String(signed["expires"])}`);
}

/** What other metadata says of a file: version, length and digests, as far as given. @throws Error for none. */
export function fileInfo(signed: JsonObject, member: "meta" | "targets", name: string): JsonObject {
  const files = signed[member];
  const info: Json | undefined = isObject(files) && Object.hasOwn(files, name) ? files[name] : undefined;
  if (isObject(info)) return info;
  throw new Error(`${String(signed["_type"])} metadata does not name ${name}`);
}

/** @throws Error for bytes that are not what the metadata says. */
export function checkFile(bytes: Uint8Array, { length, hashes }: JsonObject, name: string): void {
  if (typeof length === "number" && bytes.length !== length)
    throw new Error(`${name} has ${bytes.length} bytes, want ${length}`);
  if (!isObject(hashes)) return;
  for (const [algorithm, want] of Object.entries(hashes)) {
    if (algorithm !== "sha256" && algorithm !== "sha512") continue;
    if (createHash(algorithm).update(bytes).digest("hex") !== want) throw new Error(`${name} has another ${algorithm}`);
  }
}
