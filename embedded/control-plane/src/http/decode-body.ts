/** Request bodies in the forms that clients send: JSON, YAML, protobuf. */
import { isObject, type Json } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import { badRequest, unsupportedMediaType } from "../status-error.ts";
import { decodeProtobuf } from "../types/decode-protobuf.ts";
import { findDuplicateKeys } from "./find-duplicate-keys.ts";

/** The value, and the keys that were set twice. */
export interface DecodedBody {
  value: Json;
  duplicates: readonly string[];
}

const accepted = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const maxDepth = 512;

/** The media type without parameters, in lower case. */
export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** Reads JSON text. @throws StatusError 400. */
export function parseJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
  if (depthOf(value) > maxDepth) throw badRequest("exceeded max depth");
  return value;
}

function depthOf(root: Json): number {
  let level: Json[] = [root];
  let depth = 0;
  while (level.length > 0 && depth <= maxDepth) {
    level = level
      .flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? (Object.values(value) as Json[]) : []))
      .filter((value) => typeof value === "object" && value !== null);
    depth++;
  }
  return depth;
}

/** Reads YAML or JSON text. The YAML reader is loaded when first needed. @throws StatusError 400. */
export async function parseYaml(text: string): Promise<Json> {
  if (text.trimStart().startsWith("{")) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // Flow style YAML also starts with a brace.
    }
  }
  const { load } = await import("@eddy/goyaml");
  try {
    return load(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${messageOf(error)}`);
  }
}

/**
 * Decodes a body by its Content-Type; an empty one is null. `findDuplicates` is for field validation.
 * @throws StatusError 400, 415.
 */
export async function decodeBody(
  body: Uint8Array,
  contentType: string | undefined,
  findDuplicates: boolean,
): Promise<DecodedBody> {
  if (body.length === 0) return { value: null, duplicates: [] };
  const type = mediaType(contentType);
  const text = (): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  switch (type) {
    case "":
    case "application/json": {
      const json = text();
      const value = parseJson(json);
      return { value, duplicates: findDuplicates ? findDuplicateKeys(json) : [] };
    }
    case "application/yaml":
      return { value: await parseYaml(text()), duplicates: [] };
    case "application/vnd.kubernetes.protobuf":
      return { value: decodeProtobuf(body), duplicates: [] };
    default:
      throw unsupportedMediaType(accepted);
  }
}
