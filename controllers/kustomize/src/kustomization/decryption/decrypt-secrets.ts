import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { formatObjectName, refOf, type KubeObject } from "@eddy/core/object";
import { nodeOf } from "@eddy/goyaml";
import type { Resource } from "@eddy/kustomize";
import {
  decryptWithKey,
  formatOfPath,
  readEncryptedFile,
  SopsError,
  type EncryptedFile,
  type FormatName,
} from "@eddy/sops";
import { isOptedOut } from "./opted-out.ts";

/** How what a build gave is decrypted. */
export interface DecryptSecretsOptions {
  recoverKey(file: EncryptedFile): Promise<Uint8Array>;
  register(secret: string): void;
  ignoreMac: boolean;
  onMacMismatch(subject: string): void;
}

/**
 * Decrypts what the files did not show as encrypted: values of Secrets that are SOPS documents themselves, and objects that
 * came from elsewhere. What has opted out by annotation stays.
 * @throws EddyError (retry) naming the object and the key
 */
export async function decryptSecrets(
  resources: readonly Resource[],
  options: DecryptSecretsOptions,
): Promise<readonly Resource[]> {
  let changed = false;
  const decrypted = await Promise.all(
    resources.map(async (resource) => {
      const object = resource.object();
      const plain = isOptedOut(object) ? undefined : await decryptObject(object, options);
      if (!plain) return resource;
      changed = true;
      return { node: nodeOf(plain as never), object: () => plain, origin: resource.origin };
    }),
  );
  return changed ? decrypted : resources;
}

async function decryptObject(object: KubeObject, options: DecryptSecretsOptions): Promise<KubeObject | undefined> {
  const subject = formatObjectName(refOf(object));
  if (isObject(object["sops"])) {
    const plain = await decryptText(Buffer.from(JSON.stringify(object)), "json", subject, options);
    if (plain) return JSON.parse(plain.toString("utf8")) as KubeObject;
  }
  if (object.kind !== "Secret" || !isObject(object["data"])) return undefined;
  const data: JsonObject = {};
  for (const [key, value] of Object.entries(object["data"])) {
    const bytes = Buffer.from(typeof value === "string" ? value : "", "base64");
    if (!bytes.includes("ENC[AES256_GCM,")) continue;
    const plain = await decryptText(bytes, formatOfKey(key), `${subject}, data ${JSON.stringify(key)}`, options);
    if (plain) data[key] = plain.toString("base64");
  }
  if (Object.keys(data).length === 0) return undefined;
  return { ...object, data: { ...object["data"], ...data } } as KubeObject;
}

function formatOfKey(key: string): FormatName {
  return key.endsWith(".dockerconfigjson") ? "json" : formatOfPath(key);
}

async function decryptText(
  bytes: Buffer,
  format: FormatName,
  subject: string,
  options: DecryptSecretsOptions,
): Promise<Buffer | undefined> {
  try {
    const file = readEncryptedFile(bytes, format);
    const key = await options.recoverKey(file);
    const result = decryptWithKey(file, key, { ignoreMac: options.ignoreMac });
    for (const secret of result.secrets) options.register(secret);
    if (result.mac !== "matched") options.onMacMismatch(subject);
    return Buffer.from(result.plain);
  } catch (cause) {
    if (!(cause instanceof SopsError)) throw cause;
    if (cause.code === "SOPS_NO_METADATA" || (format === "binary" && cause.code === "SOPS_MALFORMED")) return undefined;
    throw new EddyError(cause.code, `failed to decrypt ${subject}: ${messageOf(cause)}`, { cause });
  }
}
