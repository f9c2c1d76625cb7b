import { isObject, type JsonObject } from "@eddy/core/json";
import type { Descriptor, ImageIndex, ImageManifest, Platform } from "./client.ts";
import { ociError } from "./oci-error.ts";

const maxParts = 10_000;

/**
 * An image manifest.
 * @throws EddyError OCI_PROTOCOL for what is none.
 */
export function parseImageManifest(bytes: Uint8Array): ImageManifest {
  const fields = parseObject(bytes);
  return {
    schemaVersion: 2,
    config: descriptorOf(fields["config"] ?? {}, "config"),
    layers: descriptorsOf(fields["layers"], "layers"),
    ...sharedOf(fields),
  };
}

/**
 * An index.
 * @throws EddyError OCI_PROTOCOL for what is none.
 */
export function parseImageIndex(bytes: Uint8Array): ImageIndex {
  const fields = parseObject(bytes);
  return { schemaVersion: 2, manifests: descriptorsOf(fields["manifests"], "manifests"), ...sharedOf(fields) };
}

function parseObject(bytes: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isObject(value)) return value;
  } catch (error) {
    throw ociError("OCI_PROTOCOL", "parse manifest: it is not JSON", error);
  }
  throw ociError("OCI_PROTOCOL", "parse manifest: it is not an object");
}

function sharedOf(fields: JsonObject): Partial<Omit<ImageManifest, "schemaVersion" | "config" | "layers">> {
  const { mediaType, artifactType, subject } = fields;
  const annotations = annotationsOf(fields["annotations"]);
  return {
    ...(typeof mediaType === "string" ? { mediaType } : {}),
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(isObject(subject) ? { subject: descriptorOf(subject, "subject") } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

function annotationsOf(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function descriptorsOf(value: unknown, where: string): Descriptor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw ociError("OCI_PROTOCOL", `parse manifest: ${where} is not a list`);
  if (value.length > maxParts) throw ociError("OCI_TOO_LARGE", `parse manifest: more than ${maxParts} ${where}`);
  return value.map((item, index) => descriptorOf(item, `${where}[${index}]`));
}

function descriptorOf(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw ociError("OCI_PROTOCOL", `parse manifest: ${where} is not an object`);
  const { mediaType, digest, size, artifactType, urls } = value;
  const annotations = annotationsOf(value["annotations"]);
  const platform = platformOf(value["platform"]);
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest: typeof digest === "string" ? digest : "",
    size: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : 0,
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(Array.isArray(urls) ? { urls: urls.filter((url) => typeof url === "string") } : {}),
    ...(annotations ? { annotations } : {}),
    ...(platform ? { platform } : {}),
  };
}

function platformOf(value: unknown): Platform | undefined {
  if (!isObject(value)) return undefined;
  const { os, architecture, variant } = value;
  const version = value["os.version"];
  return {
    os: typeof os === "string" ? os : "",
    architecture: typeof architecture === "string" ? architecture : "",
    ...(typeof variant === "string" ? { variant } : {}),
    ...(typeof version === "string" ? { "os.version": version } : {}),
  };
}
