import { matchesLabels, parseSelector, type Requirement } from "@eddy/core/labels";
import { RE2JS } from "re2js";
import { KustomizeError } from "../error.ts";
import type { Selector } from "../model/kustomization.ts";
import type { Gvk } from "../resid/gvk.ts";
import { effectiveNamespace, type ResId } from "../resid/res-id.ts";
import type { BuildObject } from "./build-object.ts";
import type { ObjectSet } from "./object-set.ts";

type TextTest = (text: string) => boolean;

/** A selector whose expressions are compiled. */
export interface CompiledSelector {
  matchesGvk: (gvk: Gvk) => boolean;
  matchesName: TextTest;
  matchesNamespace: TextTest;
  labels: readonly Requirement[];
  annotations: readonly Requirement[];
  /** The only name that can match, where the expression is a plain word. */
  plainName: string | undefined;
}

const plainWord = /^[A-Za-z0-9_-]+$/;
const maxExpressionLength = 10_000;
const compiled = new Map<string, RE2JS>();

/** A regular expression in Go's syntax, in linear time whatever it is. @throws KustomizeError */
export function compileExpression(pattern: string, field: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > maxExpressionLength) {
    throw new KustomizeError(
      `compile the expression of "${field}": it has ${pattern.length} characters, ${maxExpressionLength} are allowed`,
      {
        position: { field },
      },
    );
  }
  try {
    const expression = RE2JS.compile(pattern);
    if (compiled.size >= 1_000) compiled.clear();
    compiled.set(pattern, expression);
    return expression;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KustomizeError(`compile the expression of "${field}": ${reason}`, { position: { field }, cause });
  }
}

function textTest(pattern: string | undefined, field: string): TextTest {
  if (pattern === undefined || pattern === "") return () => true;
  if (plainWord.test(pattern)) return (text) => text === pattern;
  const expression = compileExpression(`^(?:${pattern})$`, field);
  return (text) => expression.test(text);
}

/** Compiles a selector. @throws KustomizeError for a bad expression, EddyError for a bad label selector */
export function compileSelector(selector: Selector): CompiledSelector {
  const group = textTest(selector.group, "target.group");
  const version = textTest(selector.version, "target.version");
  const kind = textTest(selector.kind, "target.kind");
  return {
    matchesGvk: (gvk) => group(gvk.group) && version(gvk.version) && kind(gvk.kind),
    matchesName: textTest(selector.name, "target.name"),
    matchesNamespace: textTest(selector.namespace, "target.namespace"),
    labels: parseSelector(selector.labelSelector ?? ""),
    annotations: parseSelector(selector.annotationSelector ?? ""),
    plainName: selector.name !== undefined && plainWord.test(selector.name) ? selector.name : undefined,
  };
}

/** Whether an object's labels and annotations meet a selector. */
export function matchesMetadata(selector: CompiledSelector, object: BuildObject): boolean {
  return (
    (selector.labels.length === 0 || matchesLabels(selector.labels, Object.fromEntries(object.labels()))) &&
    (selector.annotations.length === 0 || matchesLabels(selector.annotations, Object.fromEntries(object.annotations())))
  );
}

/** Whether a selector chooses one id. */
export function matchesId(selector: CompiledSelector, id: ResId): boolean {
  return selector.matchesGvk(id) && selector.matchesName(id.name) && selector.matchesNamespace(id.namespace);
}

/** The objects that a patch's target chooses by their first or their current names. */
export function selectObjects(set: ObjectSet, selector: Selector): BuildObject[] {
  const test = compileSelector(selector);
  const candidates = test.plainName === undefined ? set.objects : set.withAnyName(test.plainName);
  return candidates.filter((object) => {
    const current = object.currentId();
    if (!test.matchesGvk(current)) return false;
    const original = object.originalId();
    return (
      (test.matchesNamespace(effectiveNamespace(original)) || test.matchesNamespace(effectiveNamespace(current))) &&
      (test.matchesName(original.name) || test.matchesName(current.name)) &&
      matchesMetadata(test, object)
    );
  });
}
