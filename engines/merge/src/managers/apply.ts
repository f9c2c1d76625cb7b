import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import type { MergeType } from "../typed/merge-type.ts";
import { formatTypeProblems, validateType } from "../typed/validate.ts";
import { conflictOutcome, conflictsOutside, listConflicts } from "./conflict.ts";
import { describeObject, formatKind } from "./describe.ts";
import { forgivenConflicts, refreshLastApplied } from "./last-applied.ts";
import {
  decodeManagedFields,
  encodeManagedFields,
  formatIdentity,
  managedFieldsOf,
  withManagedFields,
} from "./managed-fields.ts";
import { stripServerFields } from "./strip-meta.ts";
import type { ApplyOutcome, ApplyRequest, Managed, ResourceSchema } from "./types.ts";
import { identityOf, recordUpdate } from "./update.ts";
import { mergeApply, type Conflicts } from "./updater.ts";
import { inVersion } from "./versions.ts";
import { formatWriteTime } from "./write-time.ts";

/** Only this manager migrates from client-side apply; any other name opts out. */
const migratingManager = "kubectl";

/**
 * Server-side apply of `config` to `live` (for a create: the kind's zero object, see {@link update}).
 *
 * Conflicts are an outcome; everything else that the API server refuses is thrown. Nothing is changed in place; the result shares
 * structure with both inputs. An object without owners gets `before-first-apply` first. The manager named exactly `kubectl` is
 * forgiven conflicts on fields that its last-applied annotation explains, and has the annotation rewritten.
 * @throws MergeError 400 for a wrong kind or version or for `metadata.managedFields` in the config; 500 where live, its
 * managedFields or the config do not fit the schema (`failed to create typed patch object (ns/name; apps/v1, Kind=K): …`).
 * Source: apimachinery `managedfields/internal`, v0.36.
 */
export function apply(
  schema: ResourceSchema,
  live: JsonObject,
  config: JsonObject,
  request: ApplyRequest,
): ApplyOutcome {
  const type = checkKind(schema, config, request);
  const managed = decodeForApply(live);
  const stripped = withManagedFields(live, undefined);
  const tracked = managed.fields.size === 0 ? trackExisting(schema, stripped, managed, request) : managed;
  checkConfig(type, config, request);
  const liveVersioned = inVersion(schema, stripped, request.apiVersion);
  checkType(type, liveVersioned, request, "live", true);
  const objects = { live: liveVersioned, config, type };

  const outcome = applyTyped(schema, objects, tracked, request);
  if (outcome.kind === "conflict") {
    return request.manager === migratingManager
      ? migrate(schema, objects, tracked, request, outcome.conflicts)
      : refuse(outcome.conflicts);
  }
  return finish(stripped, config, outcome, request);
}

interface TypedObjects {
  live: JsonObject;
  config: JsonObject;
  type: MergeType;
}

type TypedOutcome =
  | { kind: "merged"; object: JsonObject | undefined; managed: Managed }
  | { kind: "conflict"; conflicts: Conflicts };

function applyTyped(
  schema: ResourceSchema,
  objects: TypedObjects,
  managed: Managed,
  request: ApplyRequest,
): TypedOutcome {
  const id = formatIdentity({ ...identityOf(request), operation: "Apply" });
  const writer = { id, apiVersion: request.apiVersion, force: request.force };
  const outcome = mergeApply(schema, objects, managed.fields, writer);
  if (outcome.kind === "conflict") return outcome;
  stripServerFields(outcome.fields, id);
  const times = new Map(managed.times);
  // An apply that changes nothing leaves the time alone: a new co-owner has none.
  if (outcome.object !== undefined) times.set(id, formatWriteTime(request.now));
  return { kind: "merged", object: outcome.object, managed: { fields: outcome.fields, times } };
}

function finish(
  live: JsonObject,
  config: JsonObject,
  outcome: TypedOutcome & { kind: "merged" },
  request: ApplyRequest,
): ApplyOutcome {
  const merged = outcome.object ?? live;
  const object = request.manager === migratingManager ? refreshLastApplied(merged, config) : merged;
  const changed = object !== live && !(outcome.object === undefined && deepEqual(object, live));
  return { kind: "applied", object: withManagedFields(object, encodeManagedFields(outcome.managed)), changed };
}

function refuse(conflicts: Conflicts): ApplyOutcome {
  return conflictOutcome(listConflicts(conflicts));
}

function migrate(
  schema: ResourceSchema,
  objects: TypedObjects,
  managed: Managed,
  request: ApplyRequest,
  conflicts: Conflicts,
): ApplyOutcome {
  const allowed = forgivenConflicts(objects.type, objects.live, request.apiVersion);
  if (allowed === undefined) return refuse(conflicts);
  const left = conflictsOutside(listConflicts(conflicts), allowed);
  if (left.length > 0) return conflictOutcome(left);
  const outcome = applyTyped(schema, objects, managed, { ...request, force: true });
  return outcome.kind === "conflict"
    ? refuse(outcome.conflicts)
    : finish(objects.live, objects.config, outcome, request);
}

function trackExisting(schema: ResourceSchema, live: JsonObject, managed: Managed, request: ApplyRequest): Managed {
  const empty: JsonObject = schema.zeroObject?.(request.apiVersion) ?? {
    apiVersion: request.apiVersion,
    kind: request.kind,
  };
  try {
    return recordUpdate(schema, empty, live, managed, { ...request, manager: "before-first-apply" });
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new MergeError(error.status, `failed to create manager for existing fields: ${error.message}`);
  }
}

function decodeForApply(live: JsonObject): Managed {
  try {
    return decodeManagedFields(managedFieldsOf(live));
  } catch (error) {
    if (error instanceof MergeError) throw new MergeError(500, `failed to decode managed fields: ${error.message}`);
    throw error;
  }
}

function checkKind(schema: ResourceSchema, config: JsonObject, request: ApplyRequest): MergeType {
  if (config.apiVersion !== request.apiVersion || config.kind !== request.kind) {
    throw new MergeError(400, `invalid object type: ${formatKind(config.apiVersion, config.kind)}`);
  }
  const type = schema.typeOf(request.apiVersion);
  if (type === undefined)
    throw new MergeError(500, `no corresponding type for ${formatKind(request.apiVersion, request.kind)}`);
  return type;
}

function checkConfig(type: MergeType, config: JsonObject, request: ApplyRequest): void {
  const metadata = config.metadata;
  if (isObject(metadata) && metadata.managedFields !== undefined && metadata.managedFields !== null) {
    throw new MergeError(400, "metadata.managedFields must be nil");
  }
  checkType(type, config, request, "patch", false);
}

function checkType(
  type: MergeType,
  object: JsonObject,
  request: ApplyRequest,
  which: "patch" | "live",
  allowDuplicates: boolean,
): void {
  const problems = validateType(type, object, { allowDuplicates });
  if (problems.length === 0) return;
  const named = describeObject(object, request);
  throw new MergeError(500, `failed to create typed ${which} object (${named}): ${formatTypeProblems(problems)}`);
}
