import { encodeNode, type Node, type NodeKind, parseDocuments } from "@eddy/goyaml";
import { type BuildBudget, BudgetError, sizeOfNode, stepsPerByte, stepsPerObject } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type {
  FieldOptions,
  ReplacementEntry,
  ReplacementSource,
  ReplacementTarget,
  Selector,
} from "../model/kustomization.ts";
import { assignNode, cloneNode, isNilOrEmpty, plainScalar, textOf } from "../node/fields.ts";
import { encodeGoJson, indentGoJson } from "../node/go-json.ts";
import { jsonOf } from "../node/json.ts";
import { lookup } from "../node/lookup.ts";
import { matchPath } from "../node/match-path.ts";
import { splitFieldPath } from "../node/path.ts";
import { formatId, isSelectedBy, type ResId } from "../resid/res-id.ts";
import type { BuildObject } from "../resource/build-object.ts";
import type { ObjectSet } from "../resource/object-set.ts";
import { compileSelector, matchesId, matchesMetadata } from "../resource/select.ts";
import type { Transformer } from "./transformer.ts";

/** Copies values from fields to fields. @throws KustomizeError where a source or a field of a target is missing */
export function replaceFields(replacements: readonly ReplacementEntry[]): Transformer {
  return (set) => {
    for (const { source, sourceValue, targets } of replacements) {
      if ((source === undefined && sourceValue === undefined) || targets === undefined) {
        throw refused("replacements must specify a source and at least one target");
      }
      set.budget.step(set.objects.length * stepsPerObject);
      const value = findValue(set, source, sourceValue);
      for (const target of targets) replaceInTarget(set, value, target);
      set.changed();
    }
  };
}

function refused(message: string, object?: BuildObject, field: string = "replacements"): KustomizeError {
  return new KustomizeError(message, { position: { field, ...(object === undefined ? {} : { file: object.origin }) } });
}

/** Every id, without regard to scopes, as upstream compares them here. */
function plainIds(object: BuildObject): ResId[] {
  return [{ ...object.currentId(), clusterScoped: false }, ...object.previousIds()];
}

function findValue(set: ObjectSet, source: ReplacementSource | undefined, sourceValue: string | undefined): Node {
  if (source === undefined) return plainScalar(sourceValue ?? "");
  if (sourceValue !== undefined) throw refused("value and resource selectors are mutually exclusive");
  const object = findSource(set, source);
  const path = source.fieldPath || "metadata.name";
  const found = lookup(object.live, splitFieldPath(path));
  if (found === undefined || isNilOrEmpty(found)) {
    throw refused(`fieldPath \`${path}\` is missing for replacement source ${formatId(idOf(source))}`, object, path);
  }
  return part(found, source.options);
}

function idOf({ group = "", version = "", kind = "", name = "", namespace = "" }: ReplacementSource): ResId {
  return { group, version, kind, name, namespace, clusterScoped: false };
}

function findSource(set: ObjectSet, source: ReplacementSource): BuildObject {
  const wanted = idOf(source);
  const candidates = wanted.name === "" ? set.objects : set.withAnyName(wanted.name);
  const found = candidates.filter((object) => plainIds(object).some((id) => isSelectedBy(id, wanted)));
  const [object] = found;
  const text = `${formatId(wanted)}${source.fieldPath ? `:${source.fieldPath}` : ""}`;
  if (object === undefined) throw refused(`nothing selected by ${text}`);
  if (found.length > 1) throw refused(`multiple matches for selector ${text}`);
  return object;
}

function part(node: Node, options: FieldOptions | undefined): Node {
  if (!options?.delimiter) return node;
  if (node.kind !== "scalar") throw refused("delimiter option can only be used with scalar nodes");
  const parts = textOf(node).split(options.delimiter);
  const chosen = parts[options.index ?? 0];
  if (chosen === undefined) {
    throw refused(`options.index ${options.index ?? 0} is out of bounds for value ${textOf(node)}`);
  }
  return { ...cloneNode(node), value: chosen };
}

function replaceInTarget(set: ObjectSet, value: Node, target: ReplacementTarget): void {
  if (target.select === undefined) throw refused("target must specify resources to select");
  const select = compileSelector(target.select);
  const rejects = (target.reject ?? []).map((selector) => ({ selector, test: compileSelector(selector) }));
  for (const object of set.objects) {
    set.budget.step(stepsPerObject * (1 + rejects.length) + object.previous.length);
    if (isNilOrEmpty(object.node) || !matchesMetadata(select, object)) continue;
    const byMetadata = rejects.some(
      ({ selector, test }) => (selector.annotationSelector || selector.labelSelector) && matchesMetadata(test, object),
    );
    if (byMetadata) continue;
    const ids = plainIds(object);
    if (rejects.some(({ selector, test }) => namesObjects(selector) && ids.some((id) => matchesId(test, id)))) continue;
    if (ids.some((id) => matchesId(select, id))) copyToFields(object, value, target, set.budget);
  }
}

function namesObjects({ group, version, kind, name, namespace }: Selector): boolean {
  return Boolean(group || version || kind || name || namespace);
}

function copyToFields(object: BuildObject, value: Node, target: ReplacementTarget, budget: BuildBudget): void {
  const paths = target.fieldPaths?.length ? target.fieldPaths : ["metadata.name"];
  const create = target.options?.create ? value.kind : undefined;
  for (const path of paths) {
    const steps = splitFieldPath(path);
    budget.step(stepsPerObject + path.length * steps.length);
    if (replaceInText(object.live, value, steps, target.options, budget)) continue;
    let fields: Node[];
    const message = `unable to find ${create === undefined ? "" : "or create "}field ${JSON.stringify(path)} in replacement target`;
    try {
      fields = matchPath(object.live, steps, create);
    } catch (cause) {
      throw refused(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`, object, path);
    }
    if (fields.length === 0) throw refused(message, object, path);
    for (const field of fields) setValue(field, value, target.options, budget);
  }
}

function setValue(field: Node, value: Node, options: FieldOptions | undefined, budget: BuildBudget): void {
  // What is copied may be the field itself, or hold it: then it doubles.
  if (value.kind === "scalar") budget.writeText(value.value.length + (options?.delimiter ? field.value.length : 0));
  else budget.write(sizeOfNode(value));
  const copy = cloneNode(value);
  if (options?.delimiter) {
    if (field.kind !== "scalar") throw refused("delimiter option can only be used with scalar nodes");
    const parts = field.value.split(options.delimiter);
    const index = options.index ?? 0;
    if (index < 0) parts.unshift(textOf(copy));
    else if (index >= parts.length) parts.push(textOf(copy));
    else parts[index] = textOf(copy);
    copy.value = parts.join(options.delimiter);
  }
  if (field.kind === "scalar") field.value = copy.value;
  else assignNode(field, copy);
}

/** Replaces inside YAML or JSON that a string on the way holds; false where there is none, or nothing at the path in it. */
function replaceInText(
  root: Node,
  value: Node,
  path: readonly string[],
  options: FieldOptions | undefined,
  budget: BuildBudget,
): boolean {
  const found = findText(root, path, budget);
  if (found === undefined) return false;
  const create: NodeKind | undefined = options?.create ? value.kind : undefined;
  try {
    const [document] = parseDocuments(found.scalar.value);
    const content = document?.content[0];
    if (document === undefined || content === undefined) return false;
    const fields = matchPath(content, found.rest, create);
    if (fields.length === 0) return false;
    for (const field of fields) setValue(field, value, options, budget);
    const text = writeText(document, found.scalar.value);
    budget.writeText(text.length);
    found.scalar.value = text;
    return true;
  } catch (cause) {
    if (cause instanceof BudgetError) throw cause;
    return false;
  }
}

function findText(
  root: Node,
  path: readonly string[],
  budget: BuildBudget,
): { scalar: Node; rest: readonly string[] } | undefined {
  for (let length = 1; length < path.length; length++) {
    const scalar = tryLookup(root, path.slice(0, length));
    if (scalar?.kind !== "scalar") continue;
    // It is parsed here, to be changed, and on the way of a path that leads through it.
    budget.step(3 * scalar.value.length * stepsPerByte);
    try {
      parseDocuments(scalar.value);
      return { scalar, rest: path.slice(length) };
    } catch {
      continue;
    }
  }
  return undefined;
}

function tryLookup(root: Node, path: readonly string[]): Node | undefined {
  try {
    return lookup(root, path);
  } catch {
    return undefined;
  }
}

/** JSON stays JSON, indented if it was; anything else becomes YAML. */
function writeText(document: Node, original: string): string {
  const first = original.trim()[0];
  if (first !== "{" && first !== "[") return encodeNode(document, { indent: 2, compactSequences: true }).trim();
  const json = jsonOf(document);
  return original.includes("\n") && original.includes("  ") ? indentGoJson(json) : encodeGoJson(json);
}
