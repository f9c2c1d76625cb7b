/** From the JSON of a request, a patch or a merge to the object as the server holds it: typed, defaulted, without unknown members. */
import { isObject, type JsonObject } from "@eddy/core/json";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { decodeCustom } from "../crd/decode-custom.ts";
import { strategyOf } from "../kinds/index.ts";
import { groupVersionOf, type ResourceInfo } from "../resources/resource-info.ts";
import { badRequest, StatusError } from "../status-error.ts";
import { decodeStruct, TypeMismatch, type DecodeFindings } from "../types/decode-typed.ts";
import { structOfKind, type GoStruct } from "../types/go-type.ts";

/** What `fieldValidation` asks for. */
export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** An object and what is to be said about it in `Warning` headers. */
export interface Decoded {
  object: KubeObject;
  warnings: string[];
}

/**
 * Decodes and defaults. The result is fresh: nothing of it is shared with `value` but opaque leaves.
 * @throws StatusError 400 for wrong types, another kind or version, and with Strict for unknown or duplicate fields.
 */
export function decodeObject(
  value: unknown,
  info: ResourceInfo,
  validation: FieldValidation,
  duplicates: readonly string[] = [],
): Decoded {
  const source = typedMeta(value, info);
  const findings: DecodeFindings = { unknown: [] };
  const object = info.custom ? decodeCustom(source, info, findings) : decodeBuiltIn(source, info, findings);
  const warnings = judgeFindings([...duplicates, ...findings.unknown], info, validation);
  strategyOf(info).applyDefaults?.(object);
  return { object, warnings };
}

/** With apiVersion and kind filled in, or refused when they are another's. */
function typedMeta(value: unknown, info: ResourceInfo): JsonObject {
  if (!isObject(value))
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? "array" : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  const apiVersion = groupVersionOf(info);
  const { apiVersion: sentVersion, kind: sentKind } = value;
  if (sentKind !== undefined && sentKind !== "" && sentKind !== info.kind) {
    const known = structOfKind(String(sentVersion ?? apiVersion), String(sentKind)) !== undefined;
    const internal = info.group === "" ? "core" : (info.group.split(".")[0] ?? "");
    const why = known
      ? `converting (${info.version}.${String(sentKind)}) to (${internal}.${info.kind}): unknown conversion`
      : notRegistered(sentKind, sentVersion);
    throw badRequest(`${formatKind(sentVersion, sentKind)} cannot be handled as a ${info.kind}: ${why}`);
  }
  if (sentVersion !== undefined && sentVersion !== "" && sentVersion !== apiVersion) {
    if (info.custom || structOfKind(String(sentVersion), info.kind))
      throw badRequest(
        `the API version in the data (${String(sentVersion)}) does not match the expected API version (${apiVersion})`,
      );
    throw badRequest(
      `${formatKind(sentVersion, info.kind)} cannot be handled as a ${info.kind}: ${notRegistered(info.kind, sentVersion)}`,
    );
  }
  return { ...value, apiVersion, kind: info.kind };
}

const notRegistered = (kind: unknown, apiVersion: unknown): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;

const formatKind = (apiVersion: unknown, kind: unknown): string => {
  const text = String(apiVersion ?? "");
  return `${String(kind)} in version ${JSON.stringify(text.slice(text.indexOf("/") + 1))}`;
};

const prefixOf = (info: ResourceInfo): string =>
  `${info.kind} in version ${JSON.stringify(info.version)} cannot be handled as a ${info.kind}: `;

function decodeBuiltIn(source: JsonObject, info: ResourceInfo, findings: DecodeFindings): KubeObject {
  const { struct } = info;
  if (!struct) throw new StatusError(500, "InternalError", `decode ${info.kind}: its type is not known`);
  return readTyped(source, struct, findings, prefixOf(info)) as unknown as KubeObject;
}

/** Decodes by a struct, with Go's errors as 400. */
export function readTyped(source: unknown, struct: GoStruct, findings: DecodeFindings, prefix: string): JsonObject {
  try {
    return decodeStruct(source, struct, findings);
  } catch (error) {
    if (error instanceof TypeMismatch) throw badRequest(`${prefix}${error.message}`);
    throw error;
  }
}

function judgeFindings(texts: readonly string[], info: ResourceInfo, validation: FieldValidation): string[] {
  if (texts.length === 0 || validation === "Ignore") return [];
  if (validation === "Warn") return texts.slice(0, 64);
  throw badRequest(`${prefixOf(info)}strict decoding error: ${texts.join(", ")}`);
}

/** `metadata` of a custom object, which is typed like every other. */
export function readMeta(metadata: unknown, findings: DecodeFindings): JsonObject {
  const struct = structOfKind("meta.k8s.io/v1", "ObjectMeta");
  if (!struct) throw new StatusError(500, "InternalError", "decode metadata: ObjectMeta is not known");
  const nested: DecodeFindings = { unknown: [] };
  const meta = readTyped(cloneJson(metadata ?? {}), struct, nested, "");
  for (const text of nested.unknown) findings.unknown.push(text.replace('"', '"metadata.'));
  return meta;
}
