import { isObject, type JsonObject } from "@eddy/core/json";
import { unionSets } from "../fields/field-set.ts";
import { MergeError } from "../merge-error.ts";
import { formatTypeProblems, validateType } from "../typed/validate.ts";
import { capUpdateManagers } from "./cap-managers.ts";
import {
  decodeManagedFields,
  encodeManagedFields,
  formatIdentity,
  isManagedFieldsReset,
  managedFieldsOf,
  withManagedFields,
} from "./managed-fields.ts";
import { describeObject, formatKind } from "./describe.ts";
import { stripServerFields } from "./strip-meta.ts";
import type { Managed, ResourceSchema, WriteRequest } from "./types.ts";
import { mergeUpdate } from "./updater.ts";
import { formatWriteTime } from "./write-time.ts";
import { inVersion } from "./versions.ts";

/**
 * The written object with its managedFields after a create, PUT or any patch but apply.
 *
 * `live` is the stored object, or for a create the kind's zero object (`{apiVersion, kind}` for custom resources; built-in
 * kinds with the structs that Go always writes, such as `spec: {strategy: {}}`); `next` is what is about to be stored. The
 * managedFields that `next` carries are taken, unless they are missing, broken or sent to a subresource; `[]` and `[{}]` reset
 * them. An object that has owners nowhere stays without. Never throws: where live or next does not fit the schema the result has
 * no managedFields, as on the API server. Source: apimachinery `managedfields/internal/fieldmanager.go` (UpdateNoErrors).
 */
export function update(schema: ResourceSchema, live: JsonObject, next: JsonObject, request: WriteRequest): JsonObject {
  const written = withManagedFields(next, undefined);
  const managed = managedOf(live, next, request);
  try {
    return withManagedFields(written, encodeManagedFields(trackUpdate(schema, live, written, managed, request)));
  } catch (error) {
    if (error instanceof MergeError) return written;
    throw error;
  }
}

function managedOf(live: JsonObject, next: JsonObject, request: WriteRequest): Managed {
  const sent = managedFieldsOf(next);
  if (!request.subresource) {
    if (isManagedFieldsReset(sent)) return { fields: new Map(), times: new Map() };
    const managed = decodeOrEmpty(sent);
    if (managed.fields.size > 0) return managed;
  }
  return decodeOrEmpty(managedFieldsOf(live));
}

function decodeOrEmpty(entries: ReturnType<typeof managedFieldsOf>): Managed {
  try {
    return decodeManagedFields(entries);
  } catch (error) {
    if (error instanceof MergeError) return { fields: new Map(), times: new Map() };
    throw error;
  }
}

/** An object that was never tracked stays so until its first apply; a create is always tracked. */
function trackUpdate(
  schema: ResourceSchema,
  live: JsonObject,
  next: JsonObject,
  managed: Managed,
  request: WriteRequest,
): Managed {
  const hasUid = isObject(live.metadata) && Boolean(live.metadata.uid);
  if (managed.fields.size === 0 && hasUid) return managed;
  return recordUpdate(schema, live, next, managed, request);
}

/** Runs under a name of its own, so that the manager's earlier fields are neither taken from it nor lost. */
const currentOperation = "current-operation";

/** Ownership after the write; the writer's entry gets the time only if it took a field. Also used for `before-first-apply`. */
export function recordUpdate(
  schema: ResourceSchema,
  live: JsonObject,
  next: JsonObject,
  managed: Managed,
  request: WriteRequest,
): Managed {
  const { apiVersion } = request;
  const typedNext = typed(schema, next, request, "new");
  const objects = { live: typed(schema, live, request, "live"), next: typedNext };
  const fields = mergeUpdate(schema, objects, managed.fields, { id: currentOperation, apiVersion });
  stripServerFields(fields, currentOperation);
  const result: Managed = { fields, times: managed.times };
  const mine = fields.get(currentOperation);
  if (mine !== undefined) {
    fields.delete(currentOperation);
    const id = formatIdentity({ ...identityOf(request), operation: "Update" });
    const previous = fields.get(id);
    fields.set(id, previous === undefined ? mine : { ...mine, set: unionSets(mine.set, previous.set) });
    result.times.set(id, formatWriteTime(request.now));
  }
  capUpdateManagers(result);
  return result;
}

/** Manager, version and subresource of a request, without the operation. */
export function identityOf(request: WriteRequest): { manager: string; apiVersion: string; subresource: string } {
  const { manager, apiVersion, subresource = "" } = request;
  return { manager: manager === "" ? "unknown" : manager, apiVersion, subresource };
}

function typed(schema: ResourceSchema, object: JsonObject, request: WriteRequest, which: string): JsonObject {
  const { apiVersion } = request;
  const versioned = inVersion(schema, withManagedFields(object, undefined), apiVersion);
  const type = schema.typeOf(apiVersion);
  if (type === undefined)
    throw new MergeError(500, `no corresponding type for ${formatKind(apiVersion, request.kind)}`);
  const problems = validateType(type, versioned, { allowDuplicates: true });
  if (problems.length > 0) {
    const named = describeObject(versioned, request);
    throw new MergeError(
      500,
      `failed to convert ${which} object (${named}) to smd typed: ${formatTypeProblems(problems)}`,
    );
  }
  return versioned;
}
