/** PATCH in its four forms. Source: apiserver endpoints/handlers/patch.go. */
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { apply, applyJsonPatch, applyMergePatch, applyStrategicMergePatch, MergeError } from "@eddy/merge";
import { resourceSchema, schemaNameOf, zeroObject } from "../apply/resource-schema.ts";
import { loadPack } from "../data/pack.ts";
import { mediaType, parseJson, parseYaml } from "../http/decode-body.ts";
import { isTrue } from "../http/request-info.ts";
import type { ApiRequest } from "../http/api-request.ts";
import type { Kernel } from "../kernel.ts";
import { groupVersionOf, storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import {
  badRequest,
  conflict,
  invalid,
  invalidValue,
  notFound,
  StatusError,
  unsupportedMediaType,
} from "../status-error.ts";
import { decodeObject, type Decoded, type FieldValidation } from "./decode-object.ts";
import { inRequestedVersion } from "./list.ts";
import { fieldManagerRequired, readFieldValidation, readWriteOptions } from "./write-options.ts";
import { createObject, trackManagers, updateObject } from "./write-object.ts";

/** The patched or created object. */
export interface PatchOutcome {
  created: boolean;
  object: KubeObject;
  warnings: string[];
}

const applyType = "application/apply-patch+yaml";
const strategicType = "application/strategic-merge-patch+json";
const types = [
  "application/json-patch+json",
  "application/merge-patch+json",
  strategicType,
  applyType,
  "application/apply-patch+cbor",
];
const reasons: Readonly<Record<number, string>> = { 400: "BadRequest", 413: "RequestEntityTooLarge", 422: "Invalid" };

/** What the merge engine refuses, as the server says it. */
function asStatusError(error: unknown): unknown {
  if (!(error instanceof MergeError)) return error;
  return new StatusError(
    error.status,
    reasons[error.status] ?? "",
    error.message,
    error.status === 422 ? {} : undefined,
  );
}

/** Patches the object that the path names; an apply creates what is missing. @throws StatusError 400, 404, 409, 415, 422, 500. */
export async function patchObject(
  kernel: Kernel,
  info: ResourceInfo,
  target: { namespace: string; name: string; subresource: string },
  request: ApiRequest,
): Promise<PatchOutcome> {
  const type = mediaType(request.headers["content-type"]);
  const text = Buffer.from(request.body).toString("utf8");
  if (!types.includes(type) || type === "application/apply-patch+cbor" || (info.custom && type === strategicType)) {
    if (!types.includes(type) || !info.custom)
      throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
    throw unsupportedMediaType(types.filter((each) => each !== strategicType && !each.endsWith("cbor")));
  }
  const patch = type === applyType ? await parseYaml(text) : parseJson(text);
  try {
    if (type === applyType) return applyObject(kernel, info, target, request, patch);
    return mergeObject(kernel, info, target, request, patch, type);
  } catch (error) {
    throw asStatusError(error);
  }
}

type Target = { namespace: string; name: string; subresource: string };

function liveOf(kernel: Kernel, info: ResourceInfo, target: Target): KubeObject | undefined {
  const live = kernel.store.get(info.collection, storageKey(info, target.namespace, target.name))?.object;
  return live && inRequestedVersion(live, info);
}

function checkTarget(object: JsonObject, target: Target): void {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const { name, namespace } = metadata;
  if (name !== undefined && name !== "" && name !== target.name)
    throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${target.name})`);
  if (namespace !== undefined && namespace !== "" && namespace !== target.namespace) {
    throw badRequest(
      `the namespace of the object (${String(namespace)}) does not match the namespace on the URL (${target.namespace})`,
    );
  }
}

function applyObject(
  kernel: Kernel,
  info: ResourceInfo,
  target: Target,
  request: ApiRequest,
  config: Json,
): PatchOutcome {
  const options = readWriteOptions(request, "PatchOptions");
  if ((request.query.get("fieldManager") ?? "") === "") throw fieldManagerRequired();
  if (!isObject(config)) throw badRequest("error decoding YAML: the patch is not an object");
  const live = liveOf(kernel, info, target);
  if (!live && target.subresource !== "")
    throw notFound({ group: info.group, resource: info.resource, name: target.name });
  const apiVersion = groupVersionOf(info);
  const base =
    (live as JsonObject | undefined) ??
    (info.custom ? { apiVersion, kind: info.kind } : zeroObject(apiVersion, info.kind));
  const named = withTarget(config, target);
  const outcome = apply(resourceSchema(kernel.registry, info, target.subresource), base, named, {
    manager: options.manager,
    apiVersion,
    kind: info.kind,
    now: new Date(kernel.clock.now()),
    force: isTrue(request.query.get("force")),
    ...(target.subresource === "" ? {} : { subresource: target.subresource }),
  });
  if (outcome.kind === "conflict") throw new StatusError(409, "Conflict", outcome.message, { causes: outcome.causes });
  const { object, warnings } = decodeObject(outcome.object, info, readFieldValidation(request, "PatchOptions"));
  if (live)
    return { created: false, object: updateObject(kernel, info, target.subresource, live, object, options), warnings };
  if (object.metadata.uid) {
    throw conflict(
      { group: info.group, resource: info.resource, name: target.name },
      `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`,
    );
  }
  return {
    created: true,
    object: createObject(kernel, info, target.namespace, object, { ...options, tracked: true }),
    warnings,
  };
}

/** The path names the object when the patch does not; the merge does not own names. */
function withTarget(config: JsonObject, target: Target): JsonObject {
  checkTarget(config, target);
  const metadata = isObject(config["metadata"]) ? config["metadata"] : {};
  return metadata["name"] === undefined ? { ...config, metadata: { ...metadata, name: target.name } } : config;
}

function mergeObject(
  kernel: Kernel,
  info: ResourceInfo,
  target: Target,
  request: ApiRequest,
  patch: Json,
  type: string,
): PatchOutcome {
  const options = readWriteOptions(request, "PatchOptions");
  if (request.query.get("force") !== null)
    throw new StatusError(
      422,
      "Invalid",
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      {
        group: "meta.k8s.io",
        kind: "PatchOptions",
        causes: [
          {
            reason: "FieldValueForbidden",
            message: "Forbidden: may not be specified for non-apply patch",
            field: "force",
          },
        ],
      },
    );
  const live = liveOf(kernel, info, target);
  if (!live) throw notFound({ group: info.group, resource: info.resource, name: target.name });
  const patched = patchJson(live as JsonObject, patch, info, type);
  if (!isObject(patched)) throw badRequest("the patch does not leave an object");
  checkTarget(patched, target);
  const { object, warnings } = decodePatched(patched, info, readFieldValidation(request, "PatchOptions"));
  const tracked = trackManagers(kernel, info, target.subresource, live, object, options.manager);
  return { created: false, object: updateObject(kernel, info, target.subresource, live, tracked, options), warnings };
}

/** A patch that leaves no object of the kind is an invalid patch, where the same body would be a bad request. */
function decodePatched(patched: JsonObject, info: ResourceInfo, validation: FieldValidation): Decoded {
  try {
    return decodeObject(patched, info, validation);
  } catch (error) {
    if (!(error instanceof StatusError) || error.httpStatus !== 400) throw error;
    const why = error.message.slice(
      error.message.indexOf("cannot be handled as a ") < 0 ? 0 : error.message.indexOf(": ") + 2,
    );
    throw invalid({ group: "", kind: "", name: "" }, [invalidValue("patch", JSON.stringify(patched), why)]);
  }
}

function patchJson(live: JsonObject, patch: Json, info: ResourceInfo, type: string): Json {
  if (type === "application/json-patch+json") return applyJsonPatch(live, patch);
  if (type === "application/merge-patch+json") return applyMergePatch(live, patch);
  if (!isObject(patch) || !info.struct)
    throw badRequest("json: cannot unmarshal the patch into Go value of type map[string]interface {}");
  const schemas = loadPack("schemas");
  const schema: JsonObject = { $ref: `#/components/schemas/${schemaNameOf(info.struct)}` };
  return applyStrategicMergePatch(live, patch, schema, (ref) => schemas[ref.slice(ref.lastIndexOf("/") + 1)]);
}
