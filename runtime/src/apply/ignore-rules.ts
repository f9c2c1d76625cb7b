import { RE2JS } from "re2js";
import { EddyError } from "@eddy/core/errors";
import { deepEqual, isObject, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { matchesLabels, parseSelector, type Requirement } from "@eddy/core/labels";
import { cloneJson, gvkOf, type KubeObject, type ManagedFieldsEntry } from "@eddy/core/object";
import type { IgnoreRule, Selector } from "@eddy/api";

/** Rules of `spec.ignore`, ready to be matched. */
export interface CompiledIgnoreRules {
  /** JSON pointers that are ignored on this object, split and unescaped. */
  pathsFor(object: KubeObject): readonly (readonly string[])[];
}

/** Compiles rules. @throws EddyError INVALID_IGNORE_RULE (terminal) for a wrong pointer, selector or expression. */
export function compileIgnoreRules(rules: readonly IgnoreRule[]): CompiledIgnoreRules {
  const compiled = rules.map(({ paths, target }) => ({
    paths: paths.map(parsePointer),
    matches: compileSelector(target),
  }));
  return { pathsFor: (object) => compiled.filter(({ matches }) => matches(object)).flatMap(({ paths }) => paths) };
}

function parsePointer(pointer: string): readonly string[] {
  if (!pointer.startsWith("/")) {
    throw invalid(`invalid JSON pointer ${JSON.stringify(pointer)}: want one that starts with "/"`);
  }
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function compileSelector(target: Selector | undefined): (object: KubeObject) => boolean {
  if (!target) return () => true;
  const expressions = (["group", "version", "kind", "name", "namespace"] as const).map((field) =>
    compileExpression(target[field]),
  );
  const [group, version, kind, name, namespace] = expressions;
  const labels = compileRequirements(target.labelSelector);
  const annotations = compileRequirements(target.annotationSelector);
  return (object) => {
    const gvk = gvkOf(object);
    return (
      !!group?.(gvk.group) &&
      !!version?.(gvk.version) &&
      !!kind?.(gvk.kind) &&
      !!name?.(object.metadata.name) &&
      !!namespace?.(object.metadata.namespace ?? "") &&
      matchesLabels(labels, object.metadata.labels) &&
      matchesLabels(annotations, object.metadata.annotations)
    );
  };
}

function compileRequirements(text: string | undefined): Requirement[] {
  return text === undefined || text === "" ? [] : parseSelector(text);
}

// Anchored at both ends, as upstream's selectors are.
function compileExpression(text: string | undefined): (value: string) => boolean {
  if (text === undefined || text === "") return () => true;
  try {
    const pattern = RE2JS.compile(`^(?:${text})$`);
    return (value) => pattern.matches(value);
  } catch (cause) {
    throw invalid(`invalid expression ${JSON.stringify(text)} in a target of spec.ignore`, cause);
  }
}

function invalid(message: string, cause?: unknown): EddyError {
  return new EddyError("INVALID_IGNORE_RULE", message, {
    class: "terminal",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A copy without the values at these paths. */
export function withoutPaths(object: KubeObject, paths: readonly (readonly string[])[]): KubeObject {
  if (paths.length === 0) return object;
  const copy = cloneJson(object);
  for (const path of paths) removeAt(copy, path);
  return copy;
}

/**
 * The wanted object as it is sent where rules ignore fields that differ in the cluster: a field that another manager
 * applied is left out, so that its ownership is ceded; any other keeps the cluster's value. Source: Flux spec 3.4
 * "Ignore rules".
 */
export function cedeIgnoredFields(
  desired: KubeObject,
  live: KubeObject,
  dryRun: KubeObject,
  options: { rules: CompiledIgnoreRules; fieldManager: string },
): KubeObject {
  const copy = cloneJson(desired);
  for (const path of options.rules.pathsFor(dryRun)) {
    const current = lookUp(live, path);
    if (deepEqual(current, lookUp(dryRun, path))) continue;
    if (isAppliedByOther(live, path, options.fieldManager)) removeAt(copy, path);
    else if (lookUp(copy, path) !== undefined) replaceAt(copy, path, current);
  }
  return copy;
}

function lookUp(root: unknown, path: readonly string[]): unknown {
  let current = root;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    // A path is anybody's text: `__proto__` leads to what all objects share.
    else if (isObject(current)) current = Object.hasOwn(current, step) ? current[step] : undefined;
    else return undefined;
  }
  return current;
}

function removeAt(root: unknown, path: readonly string[]): void {
  const parent = lookUp(root, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  if (Array.isArray(parent)) {
    const index = Number(last);
    if (Number.isInteger(index) && index >= 0 && index < parent.length) parent.splice(index, 1);
  } else if (isObject(parent)) delete parent[last];
}

function replaceAt(root: unknown, path: readonly string[], value: unknown): void {
  if (value === undefined) return removeAt(root, path);
  const parent = lookUp(root, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isObject(parent)) setMember(parent, last, value as Json);
}

function isAppliedByOther(live: KubeObject, path: readonly string[], fieldManager: string): boolean {
  const others = (live.metadata.managedFields ?? []).filter(
    (entry) => entry.operation === "Apply" && !entry.subresource && entry.manager !== fieldManager,
  );
  return others.some((entry) => ownsPath(entry, live, path));
}

function ownsPath(entry: ManagedFieldsEntry, live: KubeObject, path: readonly string[]): boolean {
  let fields: JsonObject | undefined = entry.fieldsV1;
  let value: unknown = live;
  for (const step of path) {
    const key: string | undefined = Array.isArray(value) ? keyOfItem(fields ?? {}, value[Number(step)]) : `f:${step}`;
    const child: unknown = key === undefined ? undefined : fields?.[key];
    if (child === undefined) return false;
    fields = isObject(child) ? child : {};
    value = lookUp(value, [step]);
  }
  return true;
}

function keyOfItem(fields: JsonObject, item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  return Object.keys(fields).find((key) => {
    if (!key.startsWith("k:")) return false;
    const wanted = JSON.parse(key.slice(2)) as JsonObject;
    return Object.entries(wanted).every(([name, value]) => deepEqual(item[name], value));
  });
}
