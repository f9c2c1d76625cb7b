import { legacyKeys } from "@eddy/api";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "@eddy/core/object";

/** One step of a JSON patch. */
export interface JsonPatchStep {
  op: "remove" | "replace" | "test";
  path: string;
  value?: unknown;
}

interface ManagerRule {
  prefix: string;
  operation: "Apply" | "Update";
}

const { annotations: legacyAnnotations, labels: legacyLabels } = legacyKeys;

/** Managers whose fields the owner takes over. `overridden` are those of `--override-manager`. */
function rulesOf(fieldManager: string, overridden: readonly string[]): ManagerRule[] {
  return [
    { prefix: "kubectl", operation: "Apply" },
    { prefix: "kubectl", operation: "Update" },
    { prefix: "before-first-apply", operation: "Update" },
    { prefix: fieldManager, operation: "Update" },
    ...overridingRules(overridden),
  ];
}

function overridingRules(overridden: readonly string[]): ManagerRule[] {
  return overridden.flatMap((prefix): ManagerRule[] => [
    { prefix, operation: "Apply" },
    { prefix, operation: "Update" },
  ]);
}

/** Options of {@link planTakeover}. */
export interface TakeoverOptions {
  fieldManager: string;
  overridden?: readonly string[];
}

/**
 * The JSON patch that makes the owner the manager of what kubectl and its own past hold, so that fields that left Git
 * leave the cluster too, and that removes bookkeeping of older tools. Empty when there is nothing to do.
 * Source: Flux ssa `PatchReplaceFieldsManagers`, spec 3.4 "Pre-clean".
 */
export function planTakeover(live: KubeObject, options: TakeoverOptions): JsonPatchStep[] {
  const { metadata } = live;
  const steps: JsonPatchStep[] = [];
  for (const key of legacyAnnotations)
    if (metadata.annotations?.[key] !== undefined) steps.push(removal("annotations", key));
  for (const key of legacyLabels) if (metadata.labels?.[key] !== undefined) steps.push(removal("labels", key));
  steps.push(...replacement(metadata, options.fieldManager, rulesOf(options.fieldManager, options.overridden ?? [])));
  return guarded(metadata, steps);
}

/**
 * The JSON patch that makes the owner the manager of what the `overridden` ones hold, and of nothing else. Empty when there is nothing
 * to do. Source: helm-controller `replaceDisallowedFieldManagers`.
 */
export function planOverride(
  { metadata }: KubeObject,
  { fieldManager, overridden = [] }: TakeoverOptions,
): JsonPatchStep[] {
  return guarded(metadata, replacement(metadata, fieldManager, overridingRules(overridden)));
}

function replacement(metadata: ObjectMeta, fieldManager: string, rules: readonly ManagerRule[]): JsonPatchStep[] {
  const entries = takenOver(metadata.managedFields ?? [], fieldManager, rules);
  return entries ? [{ op: "replace", path: "/metadata/managedFields", value: entries }] : [];
}

/** What was read is what is changed. */
function guarded({ resourceVersion }: ObjectMeta, steps: readonly JsonPatchStep[]): JsonPatchStep[] {
  if (steps.length === 0 || resourceVersion === undefined) return [...steps];
  return [{ op: "test", path: "/metadata/resourceVersion", value: resourceVersion }, ...steps];
}

/** Whether an object's metadata alone shows that {@link planTakeover} has something to do. */
export function needsTakeover(metadata: ObjectMeta, options: TakeoverOptions): boolean {
  if (legacyAnnotations.some((key) => metadata.annotations?.[key] !== undefined)) return true;
  if (legacyLabels.some((key) => metadata.labels?.[key] !== undefined)) return true;
  const { fieldManager, overridden = [] } = options;
  return foreignEntries(metadata.managedFields ?? [], fieldManager, rulesOf(fieldManager, overridden)).length > 0;
}

function removal(field: "annotations" | "labels", key: string): JsonPatchStep {
  return { op: "remove", path: `/metadata/${field}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}` };
}

function takenOver(
  entries: readonly ManagedFieldsEntry[],
  fieldManager: string,
  rules: readonly ManagerRule[],
): ManagedFieldsEntry[] | undefined {
  const foreign = foreignEntries(entries, fieldManager, rules);
  const [firstForeign] = foreign;
  if (!firstForeign) return undefined;
  const own = entries.find((entry) => isOwn(entry, fieldManager)) ?? { ...firstForeign, fieldsV1: {} };
  const fieldsV1 = foreign.reduce((fields, entry) => unionOfFields(fields, entry.fieldsV1 ?? {}), own.fieldsV1 ?? {});
  const rest = entries.filter((entry) => !isOwn(entry, fieldManager) && !foreign.includes(entry));
  return [...rest, { ...own, manager: fieldManager, operation: "Apply", fieldsV1 }];
}

function foreignEntries(
  entries: readonly ManagedFieldsEntry[],
  fieldManager: string,
  rules: readonly ManagerRule[],
): ManagedFieldsEntry[] {
  return entries.filter((entry) => !isOwn(entry, fieldManager) && rules.some((rule) => matches(entry, rule)));
}

function isOwn({ manager, operation, subresource }: ManagedFieldsEntry, fieldManager: string): boolean {
  return manager === fieldManager && operation === "Apply" && !subresource;
}

function matches(entry: ManagedFieldsEntry, { prefix, operation }: ManagerRule): boolean {
  return entry.operation === operation && !entry.subresource && (entry.manager ?? "").startsWith(prefix);
}

/** Every field of either set. */
function unionOfFields(left: JsonObject, right: JsonObject): JsonObject {
  const union: JsonObject = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const known = union[key];
    union[key] = isObject(known) && isObject(value) ? unionOfFields(known, value) : (known ?? value);
  }
  return union;
}
