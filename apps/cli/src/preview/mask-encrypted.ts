import { EddyError } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/** What stands for a value that only SOPS can read. */
export const sopsMask = "**SOPS**";

const dockerConfig = "kubernetes.io/dockerconfigjson";

/**
 * A Secret whose encrypted values are masked: all of them where the Secret itself is encrypted, else those that hold an
 * encrypted file. Other objects are given back as they are. Source: fluxcd/flux2 2.9.5 internal/build `maskSopsData`; unlike it,
 * text in `stringData` is masked as text.
 * @throws EddyError MALFORMED_SECRET (terminal) for data that is not base64
 */
export function maskEncrypted(object: KubeObject): KubeObject {
  if (object.kind !== "Secret") return object;
  const { sops, ...secret } = object;
  if (isObject(sops) && typeof sops["mac"] === "string" && sops["mac"].startsWith("ENC[")) {
    const mask = object["type"] === dockerConfig ? JSON.stringify({ mask: sopsMask }) : sopsMask;
    return withFields(secret as KubeObject, (_value, form) => (form === "base64" ? encode(mask) : mask));
  }
  return withFields(object, (value, form, key) => {
    const text = form === "base64" ? decode(value, object, key) : value;
    if (!text.includes("sops") || !text.includes("ENC[")) return value;
    return form === "base64" ? encode(sopsMask) : sopsMask;
  });
}

function withFields(
  secret: KubeObject,
  mask: (value: string, form: "base64" | "text", key: string) => string,
): KubeObject {
  const map = (values: unknown, form: "base64" | "text"): JsonObject | undefined =>
    isObject(values)
      ? Object.fromEntries(
          Object.entries(values).map(([key, value]) => [
            key,
            typeof value === "string" ? mask(value, form, key) : value,
          ]),
        )
      : undefined;
  const [data, stringData] = [map(secret["data"], "base64"), map(secret["stringData"], "text")];
  return { ...secret, ...(data ? { data } : {}), ...(stringData ? { stringData } : {}) };
}

function decode(value: string, { metadata }: KubeObject, key: string): string {
  const text = value.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new EddyError(
      "MALFORMED_SECRET",
      `mask Secret '${metadata.name}': data ${JSON.stringify(key)} is not base64`,
      { class: "terminal" },
    );
  return Buffer.from(text, "base64").toString("latin1");
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
